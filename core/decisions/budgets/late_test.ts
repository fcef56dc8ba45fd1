/**
 * What comes late: terms at a node, notices through another, clocks that were set.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { memoryBook, termsOf } from "./memory_book_test.ts";
import { bid, join, open, sent, standing, TENANT } from "./two_nodes_test.ts";

const SILENT = { notices: { lostAfterSeconds: 1, lifeSeconds: 600 } };

Deno.test("no decision rests on terms older than a quarter of a minute, however sync fares", async () => {
  const book = memoryBook();
  const [one, two] = [join(book, "one"), join(book, "two")];
  await two.ready();
  await one.put(TENANT, termsOf());
  book.now += 15_001;
  const payer = () =>
    two.payerOf(
      TENANT,
      { campaign: "c-1" },
      new Date(book.now).toISOString(),
    )?.id;
  assert.equal(payer(), undefined);
  book.failure = new EngineError("store_unavailable", "Cannot");
  await assert.rejects(two.ready() ?? Promise.resolve(), {
    code: "store_unavailable",
  });
  book.failure = null;
  await two.ready();
  assert.equal(payer(), "b");
  assert.equal(two.ready(), null);
});

Deno.test("a clock that is set back stops no renewal", async () => {
  const { book, one, first, go } = await open();
  await go(5000, one);
  book.now -= 3_600_000;
  const { calls } = book;
  await one.sync();
  assert.equal(book.calls - calls, 2, "terms and account");
  assert.deepEqual(bid(first), { refusal: "waiting" });
});

Deno.test("a win that another node heard in time is counted before silence ends its bid", async () => {
  const { one, two, first, go } = await open(SILENT);
  const won = sent(first, 100);
  await go(1000, one);
  await two.notices(TENANT, [{ bid: won, chargedMicros: 90 }]);
  await go(59_000, one);
  const { spentMicros, stopped } = await standing(one);
  assert.deepEqual([spentMicros, stopped], [0, null]);
  await go(5000, one);
  assert.equal((await standing(one)).spentMicros, 90);
  assert.equal((await standing(one)).stopped, null);
  await two.notices(TENANT, [{ bid: won, chargedMicros: 90 }]);
  await go(60_000, one);
  await go(60_000, one);
  assert.equal((await standing(one)).spentMicros, 90);
  assert.equal((await standing(one)).stopped, null);
});

Deno.test("notices that do not fit wait with whoever tells them, and none is dropped", async () => {
  const { one, two, first, go } = await open();
  const won = sent(first, 100);
  const losses = (count: number) =>
    Array.from({ length: count }, () => ({ bid: won, chargedMicros: null }));
  const full = await two.notices(TENANT, losses(10_000));
  assert.deepEqual(full, { taken: 0, routed: 10_000, unknown: 0 });
  const win = [{ bid: won, chargedMicros: 40 }];
  await assert.rejects(two.notices(TENANT, win), {
    code: "store_unavailable",
  });
  await go(5000, one);
  await go(5000, one);
  assert.equal((await two.notices(TENANT, win)).routed, 1);
});

Deno.test("a part that nobody asks for any more is left when its bids' life is over", async () => {
  const { one, first, go, book } = await open();
  sent(first);
  await go(600_001, one);
  await go(59_000, one);
  assert.equal(one.held().length, 1);
  await go(5000, one);
  assert.deepEqual(one.held(), []);
  const { calls } = book;
  await go(60_000, one);
  assert.equal(book.calls - calls, 1, "terms alone are read");
});
