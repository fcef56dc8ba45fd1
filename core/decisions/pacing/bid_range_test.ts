/**
 * Recommended bids, their ranges and limits.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type BidLimits, recommendBid } from "./bid_range.ts";
import type { Shade } from "./worth.ts";

const FREE: BidLimits = {
  floorMicros: 0,
  capMicros: 1e9,
  todayMicros: null,
  stepPermille: 200,
};

const SHADE_STEPS = 1000;

/** The best of a thousand bids; it may miss the best of all by a step. */
const shade: Shade = (worth, chanceOf) => {
  let [most, at] = [0, 0];
  for (let step = 1; step <= SHADE_STEPS; step++) {
    const bid = worth * step / SHADE_STEPS;
    const left = (worth - bid) * chanceOf(bid);
    if (left > most) [most, at] = [left, bid];
  }
  return at;
};
const curve = (half: number) => (bid: number) => bid / (bid + half);

Deno.test("a second-price range is the value's, over the multiplier", () => {
  const value = { low: 600, expected: 1000, high: 1600 };
  assert.deepEqual(
    recommendBid({ value, multiplier: 2, firstPrice: null }, FREE),
    { lowMicros: 300, bidMicros: 500, highMicros: 800, limitedBy: null },
  );
});

Deno.test.each([
  {
    note: "a step up",
    given: { todayMicros: 400 },
    want: [400 * 0.8, 480, 480, "step"],
  },
  {
    note: "a step down",
    given: { todayMicros: 900 },
    want: [720, 720, 800, "step"],
  },
  { note: "the cap", given: { capMicros: 450 }, want: [300, 450, 450, "cap"] },
  {
    note: "the floor",
    given: { floorMicros: 550 },
    want: [550, 550, 800, "floor"],
  },
  {
    note: "the cap above a floor",
    given: { floorMicros: 550, capMicros: 450 },
    want: [450, 450, 450, "cap"],
  },
  {
    note: "the cap above a step",
    given: { todayMicros: 1000, capMicros: 700 },
    want: [700, 700, 700, "cap"],
  },
  {
    note: "steps round inwards",
    given: { todayMicros: 333, stepPermille: 100 },
    want: [300, 366, 366, "step"],
  },
])("limits: $note", ({ given, want }) => {
  const value = { low: 600, expected: 1000, high: 1600 };
  const { lowMicros, bidMicros, highMicros, limitedBy } = recommendBid(
    { value, multiplier: 2, firstPrice: null },
    { ...FREE, ...given },
  );
  assert.deepEqual([lowMicros, bidMicros, highMicros, limitedBy], want);
});

const anyEvidence = fc.record({
  low: fc.integer({ min: 0, max: 1000 }),
  expected: fc.integer({ min: 0, max: 1000 }),
  high: fc.integer({ min: 0, max: 1000 }),
  multiplier: fc.double({ min: 0.1, max: 10, noNaN: true }),
  halves: fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 3 }),
});
const anyLimits = fc.record({
  floorMicros: fc.nat(500),
  capMicros: fc.nat(3000),
  todayMicros: fc.option(fc.nat(3000), { nil: null }),
  stepPermille: fc.nat(1000),
});

function recommend(
  { low, expected, high, multiplier, halves }: {
    low: number;
    expected: number;
    high: number;
    multiplier: number;
    halves: readonly number[];
  },
  limits: BidLimits,
) {
  const [first, ...rest] = halves.map(curve);
  const firstPrice = first === undefined
    ? null
    : { shade, curves: [first, ...rest] as [typeof first] };
  return recommendBid(
    { value: { low, expected, high }, multiplier, firstPrice },
    limits,
  );
}

Deno.test("a range holds its bid, keeps its limits, and rises with the value", () => {
  fc.assert(
    fc.property(
      anyEvidence,
      anyLimits,
      fc.nat(500),
      (evidence, limits, more) => {
        const range = recommend(evidence, limits);
        assert.ok(range.lowMicros <= range.bidMicros);
        assert.ok(range.bidMicros <= range.highMicros);
        const { todayMicros, stepPermille, floorMicros, capMicros } = limits;
        for (
          const bid of [range.lowMicros, range.bidMicros, range.highMicros]
        ) {
          assert.ok(Number.isSafeInteger(bid) && bid >= 0 && bid <= capMicros);
          assert.ok(bid >= Math.min(floorMicros, capMicros));
          if (
            todayMicros === null || bid === capMicros || bid === floorMicros
          ) {
            continue;
          }
          assert.ok(
            1000 * Math.abs(bid - todayMicros) <= stepPermille * todayMicros,
          );
        }
        const higher = recommend({
          ...evidence,
          low: evidence.low + more,
          expected: evidence.expected + more,
          high: evidence.high + more,
        }, limits);
        const most = more + Math.max(evidence.expected, evidence.high);
        const step = evidence.halves.length === 0
          ? 1
          : 1 + 2 * most / evidence.multiplier / SHADE_STEPS;
        assert.ok(higher.lowMicros >= range.lowMicros - step);
        assert.ok(higher.bidMicros >= range.bidMicros - step);
        assert.ok(higher.highMicros >= range.highMicros - step);
      },
    ),
    { numRuns: 200 },
  );
});
