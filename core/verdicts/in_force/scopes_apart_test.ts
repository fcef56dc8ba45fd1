/**
 * What one scope does wrong holds up no other, and no kill switch.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import type { PolicyRule, Switch } from "../../domain/verdict.ts";
import type { BoardSwitch, Scope } from "../../ports/governance.ts";
import { bid, cap, createSource } from "./book_desk_test.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { joinOwn } from "./join_own.ts";
import { createPolicyBook, POLICIES } from "./policy_book.ts";

const BROKEN = '[{"policy":"own_broken"}]';

Deno.test("a tenant's policies that do not hold hold up nobody, and no switch", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 9)]);
  source.put("acme", [cap("own_day", 4)]);
  await book.renew();
  source.point("acme", POLICIES, source.keep(BROKEN));
  source.put(null, [cap("day", 8)]);
  source.turnOn("blue", { id: "stop", stops: {}, reason: "Wrong prices" });
  assert.equal(await book.renew(), true);
  assert.match(book.problems().join(), /^the policies of tenant "acme" stay/);
  assert.equal(bid(book.active("acme"), "acme"), 4, "its own, as they were");
  assert.equal(bid(book.active("other"), "other"), 8);
  assert.equal(bid(book.active("blue"), "blue"), null);
  source.turnOn("acme", { id: "stop", stops: {}, reason: "Wrong prices" });
  await book.renew();
  assert.equal(bid(book.active("acme"), "acme"), null);
  source.put("acme", [cap("own_day", 3)]);
  await book.renew();
  assert.deepEqual(book.problems(), []);
});

Deno.test("a tenant whose own policies do not hold at the start is stopped, alone", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 9)]);
  source.point("acme", POLICIES, source.keep(BROKEN));
  await book.renew();
  assert.match(book.problems().join(), /^tenant "acme" is stopped: /);
  assert.equal(bid(book.active("acme"), "acme"), null);
  assert.equal(bid(book.active("other"), "other"), 9);
  source.put(null, [cap("day", 8)]);
  await book.renew();
  assert.equal(bid(book.active("acme"), "acme"), null, "still");
  source.put("acme", [cap("own_day", 3)]);
  await book.renew();
  assert.equal(bid(book.active("acme"), "acme"), 3);
});

Deno.test("without policies of the deployment that hold, nothing starts", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.point(null, POLICIES, source.keep(BROKEN));
  await assert.rejects(book.renew(), { code: "policy_invalid" });
  await assert.rejects(book.renew(), { code: "policy_invalid" });
});

Deno.test("a text that is not what was approved is not put into force, however sound", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 9)]);
  source.damage(source.active(), compilePolicySet([cap("day", 99)]).text);
  await assert.rejects(book.renew(), {
    ...{ code: "policy_invalid", message: /not what was approved/ },
  });
  source.put(null, [cap("day", 8)]);
  source.put("acme", [cap("own_day", 4)]);
  source.damage(source.active("acme"), "[]");
  await book.renew();
  assert.match(book.problems().join(), /^tenant "acme" is stopped: /);
  assert.equal(bid(book.active("acme"), "acme"), null);
  assert.equal(bid(book.active("other"), "other"), 8);
});

Deno.test("switches of one id that two tenants turned on here stop each its own", async () => {
  const { book, here } = openBoard();
  here.push(boardOf("acme", { channel: "tv" }), boardOf("blue", {}));
  await book.renew();
  const judge = (tenant: string, channel: string) =>
    book.active(tenant).judge("bid", { context: { channel } }, {
      ...{ tenant, channel, amountMicros: 100 },
    }).allowed;
  assert.deepEqual(
    [judge("acme", "tv"), judge("acme", "search"), judge("blue", "search")],
    [false, true, false],
  );
});

Deno.test("a switch that stops more here than for all is on as it is here", async () => {
  const { book, here, source } = openBoard();
  source.turnOn(null, { ...boardOf(null, { channel: "tv" }).switch });
  here.push(boardOf(null, {}));
  await book.renew();
  assert.equal(bid(book.active("acme")), null);
});

Deno.test("a board that cannot be read is no board without switches", async () => {
  const { book, here, source, damage } = openBoard();
  here.push(boardOf(null, { tenant: "acme" }));
  await book.renew();
  damage();
  source.turnOn("blue", { id: "stop", stops: {}, reason: "Wrong prices" });
  await assert.rejects(book.renew(), { code: "file_unreadable" });
  assert.equal(bid(book.active("acme")), null, "still on");
  assert.equal(bid(book.active("blue"), "blue"), null, "on for all since");
  const anew = createPolicyBook(source, {
    list: () => Promise.reject(new EngineError("file_unreadable", "Damaged")),
  });
  await assert.rejects(anew.renew(), { code: "file_unreadable" });
});

Deno.test("two trials of the same content are each their own scope's", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  const none = source.keep("[]");
  const trial = {
    ...{ cycle: 1, content: none, stage: "shadow", permille: 0 } as const,
  };
  source.put(null, [cap("day", 9)]);
  source.put("acme", [cap("own_day", 4)]);
  source.point(null, POLICIES, source.active(), { ...trial, change: "chg_1" });
  source.point("acme", POLICIES, source.active("acme"), {
    ...{ ...trial, change: "chg_2" },
  });
  await book.renew();
  const { trial: seen } = book.choose("acme", "key");
  assert.equal(seen?.change, "chg_1");
  assert.equal(bid(seen.beside, "acme"), 4, "the tenant's own stay");
});

Deno.test("what a tenant limits is counted for it alone", () => {
  const rule: PolicyRule = {
    ...{ id: "most", effect: "limit", most: 5, within: "1d", reason: "Enough" },
  };
  const own = { ...cap("own_day", 4), rules: [rule], cases: [] };
  const casesOf = [{ note: "free", facts: {}, want: ["most"] }];
  const policies = [{ ...own, cases: casesOf }];
  const set = joinOwn(
    { policies: [], lists: [] },
    { policies, lists: [] },
    "a",
  );
  assert.deepEqual(set.limits("bid").map(({ per }) => per), [["tenant"]]);
});

function boardOf(scope: Scope, stops: Switch["stops"]): BoardSwitch {
  const reason = "Wrong prices";
  return {
    ...{ scope, reason, switch: { id: "stop", stops, reason } },
    ...{ by: { name: "ann", human: true, groups: [] }, at: "2026-01-01" },
    recorded: false,
  };
}

function openBoard() {
  const source = createSource();
  const here: BoardSwitch[] = [];
  let damaged = false;
  const book = createPolicyBook(source, {
    list: () =>
      damaged
        ? Promise.reject(new EngineError("file_unreadable", "Damaged"))
        : Promise.resolve([...here]),
  });
  source.put(null, [cap("day", 9)]);
  const damage = () => {
    damaged = true;
  };
  return { book, here, source, damage };
}
