/**
 * Reservations, against a list of bids that is added up anew each time.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createLedger } from "./ledger.ts";

/** A bid as the oracle knows it. */
interface Kept {
  readonly micros: number;
  readonly at: number;
  state: "out" | "won" | "lost";
  charged: number;
}

const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("bid"), n: fc.nat(60) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("win"), n: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("lose"), n: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("lapse"), n: fc.nat(9) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("limit"), n: fc.nat(500) }),
  },
);

Deno.test("a ledger adds up as a list does, and never lets more out than its limit", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 120, size: "max" }), (steps) => {
      const ledger = createLedger(300);
      const kept: Kept[] = [];
      let [limit, highest, now] = [300, 300, 0];
      for (const { do: what, n } of steps) {
        now++;
        const out = kept.flatMap((bid, at) => bid.state === "out" ? [at] : []);
        const chosen = out[n % Math.max(1, out.length)];
        if (what === "limit") {
          limit = n;
          highest = Math.max(highest, n);
          ledger.limit(n);
        } else if (what === "bid") {
          const used = charged(kept) + reserved(kept);
          const fits = n > 0 && used + n <= limit;
          const bid = ledger.reserve(n, 1, now);
          assert.equal(bid, fits ? kept.length : -1);
          if (fits) {
            kept.push({ micros: n, at: now, state: "out", charged: 0 });
          }
        } else if (what === "lapse") {
          ledger.lapse(now - n, -Infinity);
          for (const bid of kept) {
            if (bid.state === "out" && bid.at < now - n) bid.state = "lost";
          }
        } else if (chosen !== undefined) {
          const bid = kept[chosen] as Kept;
          bid.state = what === "win" ? "won" : "lost";
          if (what === "win") {
            bid.charged = n % (bid.micros + 1);
            ledger.win(chosen, bid.charged);
            ledger.win(chosen, bid.charged);
          } else {
            ledger.lose(chosen);
            ledger.lose(chosen);
          }
        }
        const sums = ledger.sums();
        assert.equal(sums.chargedMicros, charged(kept));
        assert.equal(sums.reservedMicros, reserved(kept));
        assert.equal(sums.breachMicros, 0);
        assert.ok(sums.chargedMicros + sums.reservedMicros <= highest);
        assert.equal(
          ledger.free(),
          Math.max(0, limit - charged(kept) - reserved(kept)),
        );
      }
    }),
    { numRuns: 300 },
  );
});

function charged(kept: readonly Kept[]): number {
  return kept.reduce((sum, bid) => sum + bid.charged, 0);
}

function reserved(kept: readonly Kept[]): number {
  return kept.reduce(
    (sum, { state, micros }) => sum + (state === "out" ? micros : 0),
    0,
  );
}

Deno.test("bids keep their places when there are more than the ledger had room for", () => {
  const ledger = createLedger(1e9);
  for (let bid = 0; bid < 5000; bid++) {
    assert.equal(ledger.reserve(bid + 1, bid, bid), bid);
    if (bid % 2 === 0) ledger.win(bid, bid + 1);
  }
  const { chargedMicros, reservedMicros, wins, wonValue } = ledger.sums();
  assert.equal(chargedMicros, 2500 * 2500);
  assert.equal(reservedMicros, 2500 * 2501);
  assert.equal(wins, 2500);
  assert.equal(wonValue, 2500 * 2499);
});

Deno.test("a report counts for all bids before it, notices or not", () => {
  const ledger = createLedger(100);
  const [told, untold, later] = [10, 20, 30].map((micros, at) =>
    ledger.reserve(micros, 1, at)
  );
  ledger.win(told ?? -1, 10);
  ledger.reconcile(2, 27);
  assert.equal(ledger.sums().chargedMicros, 27);
  assert.equal(ledger.sums().reservedMicros, 30);
  ledger.win(untold ?? -1, 17);
  assert.equal(ledger.sums().chargedMicros, 27, "the report held it already");
  ledger.win(later ?? -1, 30);
  assert.equal(ledger.sums().chargedMicros, 57);
  assert.equal(ledger.sums().breachMicros, 0);
});

Deno.test.each([
  {
    note: "a charge above its reservation",
    tells: (ledger: ReturnType<typeof createLedger>) => ledger.win(0, 14),
    breach: 4,
    charged: 14,
  },
  {
    note: "a win after a loss",
    tells: (ledger: ReturnType<typeof createLedger>) => {
      ledger.lose(0);
      ledger.win(0, 9);
    },
    breach: 9,
    charged: 9,
  },
  {
    note: "a win after the promised silence",
    tells: (ledger: ReturnType<typeof createLedger>) => {
      ledger.lapse(1, 1);
      ledger.win(0, 9);
    },
    breach: 9,
    charged: 9,
  },
  {
    note: "a report above all reservations",
    tells: (ledger: ReturnType<typeof createLedger>) => ledger.reconcile(1, 12),
    breach: 2,
    charged: 12,
  },
])("$note is a breach, and counts", ({ tells, breach, charged }) => {
  const ledger = createLedger(100);
  ledger.reserve(10, 1, 0);
  tells(ledger);
  assert.equal(ledger.sums().breachMicros, breach);
  assert.equal(ledger.sums().chargedMicros, charged);
});

Deno.test("what bids cost on average is learnt of those whose end is known", () => {
  const ledger = createLedger(1e9);
  for (let bid = 0; bid < 3000; bid++) {
    ledger.reserve(100, 1, bid);
    if (bid % 5 === 0) ledger.win(bid, 50);
  }
  ledger.lapse(2900, 2900);
  const { chargedMicros, reservedMicros, expectedMicros } = ledger.sums();
  const share = (expectedMicros - chargedMicros) / reservedMicros;
  assert.ok(Math.abs(share - 0.1) < 0.005, `${share}`);
});

Deno.test("a notice of a bid that was never sent is refused", () => {
  const ledger = createLedger(100);
  ledger.reserve(10, 1, 0);
  for (const bid of [-1, 1, 0.5, NaN]) {
    assert.throws(() => ledger.win(bid, 1), /never sent/);
    assert.throws(() => ledger.lose(bid), /never sent/);
  }
  for (const micros of [-1, 0.5, NaN]) {
    assert.throws(() => ledger.win(0, micros), /whole micros/);
  }
});

Deno.test("what was told of is forgotten in order, and told again says nothing", () => {
  const ledger = createLedger(1e9);
  for (let bid = 0; bid < 6; bid++) ledger.reserve(10, 1, bid);
  ledger.win(0, 7);
  ledger.lose(1);
  ledger.win(3, 5);
  ledger.forgetTold(4);
  assert.equal(ledger.kept, 4);
  ledger.win(0, 7);
  ledger.win(1, 7);
  ledger.lose(2);
  ledger.forgetTold(4);
  assert.equal(ledger.kept, 2);
  const { chargedMicros, reservedMicros, breachMicros } = ledger.sums();
  assert.deepEqual([chargedMicros, reservedMicros, breachMicros], [12, 20, 0]);
  ledger.reconcile(5, 12);
  ledger.win(5, 9);
  assert.equal(ledger.sums().chargedMicros, 21);
});

Deno.test("no more bids are out than a ledger keeps", () => {
  const ledger = createLedger(1e9, 1024);
  for (let bid = 0; bid < 1024; bid++) {
    assert.equal(ledger.reserve(1, 1, bid), bid);
  }
  assert.equal(ledger.reserve(1, 1, 1024), -1);
  ledger.reconcile(1, 0);
  assert.equal(ledger.reserve(1, 1, 1024), 1024);
});

Deno.test("a report that is older than what was forgotten takes no charge back", () => {
  const ledger = createLedger(1e9);
  for (let bid = 0; bid < 4; bid++) {
    ledger.reserve(10, 1, bid);
    ledger.win(bid, 9);
  }
  ledger.lapse(4, 3);
  ledger.reconcile(2, 18);
  assert.equal(ledger.sums().chargedMicros, 36);
  ledger.reconcile(3, 27);
  assert.equal(ledger.sums().chargedMicros, 36);
  ledger.reconcile(4, 40);
  const { chargedMicros, breachMicros } = ledger.sums();
  assert.deepEqual([chargedMicros, breachMicros], [40, 4]);
});
