/**
 * What is in force: whole, one set for each decision, and nothing that does not hold.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import type { BoardSwitch } from "../../ports/governance.ts";
import { compilePolicySet } from "../judge/policy_set.ts";
import { bid, cap, createSource } from "./book_desk_test.ts";
import { createPolicyBook, POLICIES } from "./policy_book.ts";
import { drawPermille } from "./draw.ts";

Deno.test("a book swaps what is in force as a whole, and keeps it if what follows fails", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 5)]);
  assert.equal(await book.renew(), true);
  const first = book.active("acme");
  assert.equal(bid(first), 5);
  assert.equal(await book.renew(), false, "nothing moved");
  assert.equal(book.active("acme"), first, "the same set, not one like it");
  source.put(null, [cap("day", 7)]);
  assert.equal(bid(book.active("acme")), 5, "not before it is renewed");
  assert.equal(await book.renew(), true);
  assert.equal(bid(book.active("acme")), 7);
  assert.equal(bid(first), 5, "a decision that began goes on with what it saw");
  for (const hash of ["gone", source.keep('[{"policy":"broken"}]')]) {
    source.point(null, POLICIES, hash);
    await book.renew();
    assert.match(book.problems()[0] ?? "", /deployment stay as they were/);
    assert.equal(bid(book.active("acme")), 7);
  }
  source.put(null, [cap("day", 8)]);
  await book.renew();
  assert.deepEqual([book.problems(), bid(book.active("acme"))], [[], 8]);
});

Deno.test("a tenant's own policies and switches stand beside the deployment's and bind nobody else", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 9)]);
  source.put("acme", [{
    ...cap("own_day", 4),
    appliesTo: { tenants: ["blue"] },
  }]);
  source.turnOn("blue", { id: "stop", stops: {}, reason: "Wrong prices" });
  await book.renew();
  assert.equal(bid(book.active("acme"), "acme"), 4);
  assert.equal(bid(book.active("blue"), "blue"), null);
  assert.equal(bid(book.active("other"), "other"), 9);
  assert.equal(
    bid(book.active("acme"), "blue"),
    9,
    "acme's set asked for blue",
  );
  assert.equal(book.active("other").switches.length, 0);
});

Deno.test("a switch of this node is on while the database is away, and once where it is on for all", async () => {
  const source = createSource();
  const stop = { id: "stop", stops: {}, reason: "Wrong prices" };
  const here: BoardSwitch[] = [];
  let away = false;
  const book = createPolicyBook({
    ...source,
    everyPointer: () =>
      away
        ? Promise.reject(new EngineError("store_unavailable", "Cannot read"))
        : source.everyPointer(),
  }, { list: () => Promise.resolve(here) });
  source.put(null, [cap("day", 5)]);
  await book.renew();
  away = true;
  here.push({
    ...{ scope: null, switch: stop, reason: stop.reason, recorded: false },
    ...{ by: { name: "ann", human: true, groups: [] }, at: "2026-01-01" },
  });
  await assert.rejects(book.renew(), { code: "store_unavailable" });
  assert.equal(
    bid(book.active("acme")),
    null,
    "on, whatever the database says",
  );
  away = false;
  source.turnOn(null, stop);
  await book.renew();
  assert.equal(book.active("acme").switches.length, 1, "the same switch");
  here.pop();
  await book.renew();
  assert.equal(bid(book.active("acme")), null, "still on for all");
});

Deno.test("a canary decides for the same share of keys always, and judges beside for the rest", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 5)]);
  const tried = source.keep(compilePolicySet([cap("day", 3)]).text);
  const trial = { change: "chg_1", cycle: 1, content: tried } as const;
  source.point(null, POLICIES, source.active(), {
    ...trial,
    stage: "canary",
    permille: 200,
  });
  await book.renew();
  const keys = Array.from({ length: 5000 }, (_, at) => `subject-${at}`);
  const decided = keys.filter((key) => book.choose("acme", key).trial?.decides);
  for (const key of keys) {
    const { policies, trial } = book.choose("acme", key);
    assert.ok(trial);
    const decides = decided.includes(key);
    assert.equal(bid(policies), decides ? 3 : 5);
    assert.equal(bid(trial.beside), decides ? 5 : 3);
  }
  assert.ok(Math.abs(decided.length - 1000) < 120, `${decided.length} of 5000`);
  source.point(null, POLICIES, source.active(), {
    ...trial,
    stage: "canary",
    permille: 500,
  });
  await book.renew();
  assert.ok(
    decided.every((key) => book.choose("acme", key).trial?.decides),
    "a larger share holds the smaller one",
  );
  source.point(null, POLICIES, source.active(), {
    ...trial,
    stage: "shadow",
    permille: 0,
  });
  await book.renew();
  assert.ok(keys.every((key) => bid(book.choose("acme", key).policies) === 5));
});

Deno.test("drawPermille() spreads keys evenly, whatever they look like", () => {
  for (const name of ["c-", "user:000", "a"]) {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let at = 0; at < 20_000; at++) {
      const place = Math.floor(drawPermille(`${name}${at}`) / 100);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    const chi = counts.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0);
    assert.ok(chi < 35, `${name}: chi square ${chi} at 9 degrees of freedom`);
  }
});

Deno.test("a switch stops decisions while the policies that it names are in force, and other acts by themselves", async () => {
  const source = createSource();
  const book = createPolicyBook(source);
  source.put(null, [cap("day", 5)]);
  const { content } = (await source.everyPointer())
    .find(({ pointer: { subject } }) => subject === POLICIES)?.pointer ?? {};
  assert.ok(content);
  const reason = "Wrong prices";
  const on = { id: "bad_set", stops: { policies: content }, reason };
  source.turnOn(null, on);
  source.turnOn("blue", { id: "ads", stops: { connector: "ads" }, reason });
  await book.renew();
  assert.equal(bid(book.active("acme")), null);
  const apply = { act: "apply", connector: "ads" } as const;
  assert.equal(book.stopping("blue", apply)?.id, "ads");
  assert.equal(book.stopping("acme", apply), null);
  source.put(null, [cap("day", 6)]);
  await book.renew();
  assert.equal(bid(book.active("acme")), 6);
  assert.equal(
    bid(book.active("blue"), "blue"),
    6,
    "connectors decide nothing",
  );
});

Deno.test("a switch of this node is in force though the store hangs, and no answer of before takes it back", async () => {
  const source = createSource();
  const here: BoardSwitch[] = [];
  let { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const book = createPolicyBook({
    ...source,
    everyPointer: async () => {
      const told = await source.everyPointer();
      await answered;
      return told;
    },
  }, { list: () => Promise.resolve([...here]) });
  source.put(null, [cap("day", 5)]);
  answer();
  await book.renew();
  ({ promise: answered, resolve: answer } = Promise.withResolvers<void>());
  const hanging = book.renew();
  here.push({
    scope: null,
    switch: { id: "stop", stops: {}, reason: "Wrong prices" },
    ...{ reason: "Wrong prices", recorded: false, at: "2026-01-01" },
    by: { name: "ann", human: true, groups: [] },
  });
  await book.renewSwitches();
  assert.equal(bid(book.active("acme")), null);
  answer();
  await hanging;
  assert.equal(bid(book.active("acme")), null);
  here.pop();
  await book.renewSwitches();
  assert.equal(bid(book.active("acme")), 5);
});
