/**
 * Two nodes on one book: who pays, what is lent, and how it ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../domain/error.ts";
import { memoryBook, termsOf } from "./memory_book_test.ts";
import { LEASE_MS } from "./pace_terms.ts";
import { bid, join, open, sent, standing, TENANT } from "./two_nodes_test.ts";

Deno.test("lowered caps, other bounds and a close hold on all nodes within seconds", async () => {
  const { one, two, first, second, go } = await open({ capMicros: 10_000 });
  await two.put(TENANT, termsOf({ capMicros: 600 }));
  bid(second);
  await go(0, two);
  assert.equal((await standing(two)).lentMicros, 2500);
  assert.deepEqual(bid(second), { refusal: "not_leased" });
  await go(5000, one, two);
  assert.ok((await standing(two)).lentMicros <= 600);
  sent(second);
  await assert.rejects(two.put(TENANT, termsOf({ currency: "USD" })), {
    code: "request_invalid",
  });
  await two.close(TENANT, "b");
  assert.deepEqual(bid(second), { refusal: "ended" });
  await go(5000, one);
  assert.deepEqual(bid(first), { refusal: "ended" });
  assert.equal((await standing(one)).state, "ended");
  await assert.rejects(one.put(TENANT, termsOf()), { code: "request_invalid" });
});

Deno.test("a cap that another node lowered holds for all that is lent from then on", async () => {
  const { one, two, first, go } = await open({ capMicros: 10_000 });
  await two.put(TENANT, termsOf({ capMicros: 600 }));
  await go(5000, one);
  let bids = 0;
  for (let round = 0; round < 9; round++) {
    while ("bid" in bid(first, 100)) bids++;
    await go(1000, one);
  }
  assert.equal(bids, 6);
});

Deno.test("a stop gives back all that no bid is out for, and nothing is bid any more", async () => {
  const { one, two, first, second, go } = await open();
  const won = sent(first, 100);
  assert.deepEqual(await one.release(), []);
  assert.equal((await standing(two)).lentMicros, 100);
  assert.deepEqual(bid(first), { refusal: "not_leased" });
  const calls = first.book.calls;
  assert.deepEqual(await one.sync(), []);
  assert.ok(first.book.calls - calls <= 1, "terms alone are read");
  bid(second);
  await go(0, two);
  assert.equal((await standing(two)).lentMicros, 100 + 900 / 4);
  await one.notices(TENANT, [{ bid: won, chargedMicros: 40 }]);
  await one.release();
  assert.equal((await standing(two)).spentMicros, 40);
  assert.equal((await standing(two)).slices.length, 1);
});

Deno.test("a node that is not asked for gives back, and joins again when it is", async () => {
  const { one, first, go } = await open();
  const won = sent(first);
  await go(600_001, one);
  assert.equal((await standing(one)).lentMicros, 50);
  await one.notices(TENANT, [{ bid: won, chargedMicros: null }]);
  await go(5000, one);
  assert.equal((await standing(one)).slices.length, 0);
  assert.deepEqual(one.held(), []);
  assert.deepEqual(bid(first), { refusal: "not_leased" });
  await go(0, one);
  sent(first);
});

Deno.test("a store that is away costs bids when the lease is over, and no sooner", async () => {
  const { book, one, first } = await open();
  book.failure = new EngineError("store_unavailable", "Cannot");
  book.now += LEASE_MS - 1;
  assert.equal((await one.sync()).length, 2);
  sent(first);
  book.now += 1;
  assert.deepEqual(bid(first), { refusal: "not_leased" });
});

Deno.test("terms that were never read refuse decisions rather than let bids go without a cap", async () => {
  const book = memoryBook();
  const node = join(book, "one");
  book.failure = new EngineError("store_unavailable", "Cannot");
  await assert.rejects(node.ready() ?? Promise.resolve(), {
    code: "store_unavailable",
  });
  book.failure = null;
  await node.ready();
  assert.equal(node.ready(), null);
});

Deno.test("terms that were read later are not replaced by those read before", async () => {
  const book = memoryBook();
  await book.create(TENANT, termsOf());
  const { terms } = book;
  const { promise: held, resolve } = Promise.withResolvers<void>();
  book.terms = async () => {
    const early = await terms();
    await held;
    return early;
  };
  const node = join(book, "one");
  const slow = node.ready();
  await new Promise((turn) => setTimeout(turn));
  book.terms = terms;
  await node.put(TENANT, termsOf({ capMicros: 7 }));
  resolve();
  await slow;
  const at = new Date(book.now).toISOString();
  assert.equal(node.payerOf(TENANT, { campaign: "c-1" }, at)?.capMicros, 7);
});

Deno.test("of several budgets the one in its flight pays, then the narrowest, then the oldest", async () => {
  const book = memoryBook();
  const node = join(book, "one");
  const at = new Date(book.now).toISOString();
  const later = new Date(book.now + 1000).toISOString();
  const put = (id: string, given = {}) =>
    node.put(TENANT, termsOf({ id, ...given }));
  const payer = (ids = {}) => node.payerOf(TENANT, ids, at)?.id ?? null;
  const asked = { campaign: "c-1", channel: "display" };
  await node.ready();
  assert.equal(payer(asked), null);
  await put("whole", { paysFor: [`tenant:${TENANT}`] });
  assert.equal(payer(asked), "whole");
  await put("channel", { paysFor: ["channel:display"] });
  await put("waits", { from: later });
  assert.equal(payer(asked), "channel");
  await put("campaign", {});
  await put("younger", {});
  assert.equal(payer(asked), "campaign");
  assert.equal(payer({ campaign: "c-2" }), "whole");
  assert.equal(node.payerOf("rival", asked, at), null);
  for (const id of ["campaign", "younger", "channel", "whole"]) {
    await node.close(TENANT, id);
  }
  assert.equal(payer(asked), "younger");
});
