/**
 * What exchanges tell, at any node: taken once, by whom it concerns.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { START_MS, termsOf } from "./memory_book_test.ts";
import { LEASE_MS } from "./pace_terms.ts";
import { bid, open, sent, standing, TENANT } from "./two_nodes_test.ts";

const TARGET = {
  ...{ kind: "roas", returnPermille: 2000 },
  ...{ outcomeValueMicros: 100, withinHours: 1 },
} as const;

Deno.test("a notice reaches the node that bid, whichever node hears of it, and counts once", async () => {
  const { one, two, first, go } = await open();
  const [won, lost] = [sent(first), sent(first)];
  const told = [
    { bid: won, chargedMicros: 30 },
    { bid: won, chargedMicros: 30 },
    { bid: lost, chargedMicros: null },
    { bid: won.replace(/\d+$/, "99"), chargedMicros: 7 },
    { bid: "b.node_gone-0.1", chargedMicros: 7 },
    { bid: "other.node_one-0.1", chargedMicros: 7 },
    { bid: "nonsense", chargedMicros: 7 },
  ];
  assert.deepEqual(await two.notices(TENANT, told), {
    ...{ taken: 0, routed: 4, unknown: 3 },
  });
  await go(5000, one);
  await go(5000, one);
  assert.equal((await standing(two)).spentMicros, 30);
  assert.deepEqual(await one.notices(TENANT, told), {
    ...{ taken: 3, routed: 0, unknown: 4 },
  });
  await go(5000, one);
  const { spentMicros, slices, stopped } = await standing(one);
  assert.deepEqual([spentMicros, stopped], [30, null]);
  assert.deepEqual(slices[0]?.mail?.waiting, []);
});

Deno.test("mail that is taken while the answer is lost is taken once", async () => {
  const { book, one, two, first, go } = await open();
  const won = sent(first);
  await two.notices(TENANT, [{ bid: won, chargedMicros: 30 }]);
  const { change } = book;
  book.change = async (...asked) => {
    await change(...asked);
    throw new EngineError("store_unavailable", "Cannot answer");
  };
  book.now += 5000;
  assert.equal((await one.sync()).length, 1);
  book.change = change;
  await two.notices(TENANT, [{ bid: won, chargedMicros: 30 }]);
  await go(5000, one);
  await go(5000, one);
  assert.equal((await standing(one)).spentMicros, 30);
  assert.equal((await standing(one)).stopped, null);
});

Deno.test("the slice of a node that is gone is taken back by a report, and not before its bids are over", async () => {
  const { book, two, first, second, go } = await open();
  sent(first, 100);
  const gone = "node_one-0";
  const report = (before: number, slice = gone) =>
    two.reports(TENANT, "b", [{ slice, before, chargedMicros: 60 }]);
  assert.deepEqual(await report(book.now), ["routed"]);
  assert.deepEqual(await report(book.now, "node_x-0"), ["unknown"]);
  await assert.rejects(report(book.now + 1), { code: "request_invalid" });
  book.now += LEASE_MS + 59_000;
  assert.deepEqual(await report(book.now), ["early"]);
  const before = await standing(two);
  assert.equal(before.slices.length, 1);
  book.now += 1000;
  assert.deepEqual(await report(book.now), ["reclaimed"]);
  const { slices, spentMicros, lentMicros } = await standing(two);
  assert.deepEqual([slices.length, spentMicros, lentMicros], [0, 60, 0]);
  bid(second);
  await go(0, two);
  sent(second);
  assert.deepEqual(bid(first), { refusal: "not_leased" });
});

Deno.test("a report ends what no notice told of, at this node and through the account", async () => {
  const { book, one, two, first, go } = await open();
  for (let bids = 0; bids < 2; bids++) sent(first, 100);
  book.now += 1000;
  const [before, slice] = [book.now, "node_one-0"];
  const told = [{ slice, before, chargedMicros: 100 }];
  assert.deepEqual(await two.reports(TENANT, "b", told), ["routed"]);
  await go(5000, one);
  await go(5000, one);
  assert.equal((await standing(one)).spentMicros, 100);
  const older = { slice, before: before - 1, chargedMicros: 0 };
  assert.deepEqual(await one.reports(TENANT, "b", [older]), ["taken"]);
  await go(5000, one);
  assert.equal((await standing(one)).spentMicros, 100);
});

Deno.test("a charge beyond its bid stops the budget on all nodes, until it is resumed", async () => {
  const { one, two, first, second, go } = await open({ capMicros: 100_000 });
  bid(second);
  await go(0, two);
  const won = sent(first);
  await two.notices(TENANT, [{ bid: won, chargedMicros: 51 }]);
  await go(5000, one, two);
  assert.deepEqual(bid(first), { refusal: "stopped" });
  await go(5000, one, two);
  assert.deepEqual(bid(second), { refusal: "stopped" });
  assert.match((await standing(two)).stopped ?? "", /exceed/);
  assert.equal((await one.resume(TENANT, "b")).stopped, null);
  await go(5000, one, two);
  sent(second);
});

Deno.test("an outcome counts once by its id, and where a return is held alone", async () => {
  const { one, two, first, go } = await open({ target: TARGET });
  const won = sent(first);
  await one.notices(TENANT, [{ bid: won, chargedMicros: 50 }]);
  await go(60_000, one);
  await go(60_000, one);
  const wonAt = START_MS + 60_000;
  const outcome = { bid: won, id: "order-1", wonAt, value: 500 };
  const other = { ...outcome, bid: "other.node_one-0.0", id: "order-2" };
  assert.deepEqual(await two.outcomes(TENANT, [outcome, outcome, other]), {
    ...{ booked: 1, repeated: 1, unknown: 1 },
  });
  assert.deepEqual(await one.outcomes(TENANT, [outcome]), {
    ...{ booked: 0, repeated: 1, unknown: 0 },
  });
  const kept = await first.book.find(TENANT, "b");
  const [cohort] = kept?.account?.pacing.target?.cohorts ?? [];
  assert.equal(cohort?.observedValue, 500);
  await one.put(TENANT, termsOf());
  const { book } = first;
  assert.equal((await book.find(TENANT, "b"))?.account?.pacing.target, null);
  assert.equal((await one.outcomes(TENANT, [other, outcome])).unknown, 2);
});
