/**
 * What other nodes heard is taken once, whatever was forgotten since.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type HeldSlice, lapse, takeMail, takeNotice } from "./held_slice.ts";
import { createLedger } from "./ledger.ts";

function sliceOf(bids: number): HeldSlice {
  const ledger = createLedger(1000);
  for (let bid = 0; bid < bids; bid++) ledger.reserve(10, 20, bid);
  return {
    ...{ id: "s", day: { from: 0, until: 1 }, ledger, lent: true },
    ...{ told: ledger.sums(), mailTaken: 0 },
  };
}

Deno.test("mail that comes again, after its bids were forgotten, breaks no promise", () => {
  const slice = sliceOf(3);
  const won = { bid: 1, chargedMicros: 7 };
  takeMail(slice, { taken: 0, waiting: [won] });
  slice.ledger.lapse(9, 9);
  const more = { bid: 0, chargedMicros: null };
  takeMail(slice, { taken: 0, waiting: [won, more] });
  takeMail(slice, { taken: 1, waiting: [more] });
  const { chargedMicros, breachMicros, wins } = slice.ledger.sums();
  assert.deepEqual([chargedMicros, breachMicros, wins], [7, 0, 1]);
  assert.equal(slice.mailTaken, 2);
});

Deno.test("a notice of a bid that was never sent is none", () => {
  const slice = sliceOf(1);
  assert.equal(takeNotice(slice, { bid: 1, chargedMicros: 5 }), false);
  assert.equal(takeNotice(slice, { bid: 0, chargedMicros: 5 }), true);
  assert.equal(slice.ledger.sums().chargedMicros, 5);
});

Deno.test("of few bids none is forgotten that no silence ends, so that late reports correct them", () => {
  const slice = sliceOf(100);
  for (let bid = 0; bid < 100; bid++) slice.ledger.win(bid, 5);
  lapse(slice.ledger, 1e9, { silence: null, lifetimeMs: 1000 });
  slice.ledger.reconcile(50, 300);
  assert.equal(slice.ledger.sums().chargedMicros, 550);
});
