/**
 * Texts that somebody alters in the store while they are in force: they are noticed,
 * loosen nothing, and are no problem any more once they are as they were approved.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Scope } from "../../ports/governance.ts";
import { bid, cap, createSource } from "./book_desk_test.ts";
import { createPolicyBook } from "./policy_book.ts";

Deno.test("a text altered while it is in force is noticed, and what was approved decides", async () => {
  const { source, book } = await openBook();
  source.alter("acme", true);
  assert.equal(await book.renew(), false, "nobody reads it again");
  await book.verifyTexts();
  const [problem, ...others] = book.problems();
  assert.match(
    problem ?? "",
    /^tenant "acme" goes on as approved: what is kept /,
  );
  assert.deepEqual(others, []);
  assert.equal(await book.renew(), false, "told as it is");
  source.turnOn("blue", { id: "stop", stops: {}, reason: "Wrong prices" });
  await book.renew();
  assert.deepEqual(
    [bids(book), book.problems().length],
    [{ acme: 4, blue: null, other: 9 }, 1],
  );
  source.alter("acme", false);
  await book.renew();
  assert.deepEqual([bids(book).acme, book.problems()], [4, []]);
});

Deno.test("what replaces an altered text is in force at once, and ends the problem", async () => {
  const { source, book } = await openBook();
  source.alter("acme", true);
  await book.verifyTexts();
  source.put("acme", [cap("own_day", 3)]);
  await book.renew();
  assert.deepEqual([bids(book).acme, book.problems()], [3, []]);
});

Deno.test("a tenant that an altered text stopped goes on once it is as approved", async () => {
  const { source } = await openBook();
  source.alter("acme", true);
  const book = createPolicyBook(source);
  await book.renew();
  assert.equal(bids(book).acme, null);
  assert.equal(await book.renew(), false, "nothing moved");
  source.alter("acme", false);
  assert.equal(await book.renew(), true);
  assert.deepEqual([bids(book).acme, book.problems()], [4, []]);
});

Deno.test("a kill switch that cannot be read stops all that it might, alone", async () => {
  const { source, book: running } = await openBook();
  source.turnOn("blue", {
    ...{ id: "stop", stops: { channel: "tv" }, reason: "Wrong prices" },
  });
  await running.renew();
  source.alter("blue", true);
  const book = createPolicyBook(source);
  await book.renew();
  assert.match(book.problems().join(), /"blue" is stopped by switch:stop: /);
  assert.deepEqual([search(book, "blue"), search(book, "acme")], [null, 4]);
  source.turnOn("acme", { id: "stop", stops: {}, reason: "Wrong prices" });
  await book.renew();
  assert.equal(search(book, "acme"), null, "it holds up no other");
  await running.verifyTexts();
  assert.equal(search(running, "blue"), 9, "who knows it goes on");
  source.alter("blue", false);
  await book.renew();
  assert.deepEqual([search(book, "blue"), book.problems()], [9, []]);
});

Deno.test("a switch that is off stays so without its text", async () => {
  const { source } = await openBook();
  source.point("acme", "switch:stop", source.keep("null"));
  source.alter("acme", true);
  source.put("acme", [cap("own_day", 3)]);
  const book = createPolicyBook(source);
  await book.renew();
  assert.deepEqual([bids(book).acme, book.problems()], [3, []]);
  await book.verifyTexts();
  assert.equal(book.problems().length, 1, "yet it is told of");
});

const SCOPES: readonly Scope[] = [null, "acme", "blue"];
const NO_CAP = 100;
const scope = fc.constantFrom(...SCOPES);
const step = fc.oneof(
  fc.record({
    ...{ kind: fc.constant("put" as const), scope },
    to: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({
    ...{ kind: fc.constant("alter" as const), scope },
    isAltered: fc.boolean(),
  }),
  fc.constantFrom(
    ...(["renew", "verify", "restart"] as const).map((kind) => ({ kind })),
  ),
);

Deno.test("whatever is altered, nothing decides but what was approved, and all is told", () =>
  fc.assert(fc.asyncProperty(fc.array(step), async (steps) => {
    const { source, book: first } = await openBook();
    const approved = new Map<Scope, number[]>([[null, [9]], ["acme", [4]]]);
    const ever = (scope: Scope) => approved.get(scope) ?? [NO_CAP];
    let book = first;
    for (const one of steps) {
      if (one.kind === "put") {
        source.put(one.scope, [cap(one.scope ?? "day", one.to)]);
        approved.set(one.scope, [...ever(one.scope), one.to]);
      } else if (one.kind === "alter") {
        source.alter(one.scope, one.isAltered);
      } else if (one.kind === "renew") {
        await book.renew();
      } else if (one.kind === "verify") {
        await book.renew();
        await book.verifyTexts();
        const altered = SCOPES.filter((scope) => source.isAltered(scope));
        assert.equal(book.problems().length, altered.length);
      } else if (!source.isAltered(null)) {
        book = createPolicyBook(source);
        await book.renew();
      }
      for (const [tenant, to] of Object.entries(bids(book))) {
        const may = ever(null).flatMap((day) =>
          ever(tenant).map((own) => Math.min(day, own))
        );
        assert.ok(to === null || may.includes(to), `${tenant}: ${to}`);
      }
    }
    for (const scope of SCOPES) source.alter(scope, false);
    await book.renew();
    const last = (scope: Scope) => ever(scope).at(-1) ?? NO_CAP;
    assert.deepEqual(book.problems(), []);
    assert.deepEqual(bids(book), {
      acme: Math.min(last(null), last("acme")),
      blue: Math.min(last(null), last("blue")),
      other: last(null),
    });
  })));

async function openBook() {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 9)]);
  source.put("acme", [cap("own_day", 4)]);
  await book.renew();
  return { source, book };
}

function bids(book: ReturnType<typeof createPolicyBook>) {
  const of = (tenant: string) => bid(book.active(tenant), tenant);
  return { acme: of("acme"), blue: of("blue"), other: of("other") };
}

function search(book: ReturnType<typeof createPolicyBook>, tenant: string) {
  const context = { channel: "search" };
  return book.active(tenant).judge("bid", { context }, {
    ...{ tenant, channel: "search", amountMicros: 100 },
  }).amountMicros;
}
