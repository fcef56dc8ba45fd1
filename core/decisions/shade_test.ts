/**
 * Shaded bids against a search of every micro.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { scorerOf } from "./memory_ports_test.ts";
import { bidLadder, shadeBid, shadeByModel, winCurve } from "./shade.ts";

type Curve = (bidMicros: number) => number;

/** Most that is left of the worth, over all whole bids. */
function bestSurplus(worth: number, chanceOf: Curve): number {
  let best = 0;
  for (let bid = 1; bid <= worth; bid++) {
    best = Math.max(best, (worth - bid) * chanceOf(bid));
  }
  return best;
}

/** Prices are log-logistic: how steep, and at which bid half is won. */
const smooth = fc.record({
  steepness: fc.double({ min: 0.3, max: 8, noNaN: true }),
  middle: fc.integer({ min: 2, max: 20_000 }),
}).map(({ steepness, middle }): Curve => (bid) =>
  1 / (1 + (middle / bid) ** steepness)
);
/** Two kinds of competitors. */
const mixed = fc.tuple(
  smooth,
  smooth,
  fc.double({ min: 0, max: 1, noNaN: true }),
)
  .map(([one, other, share]): Curve => (bid) =>
    share * one(bid) + (1 - share) * other(bid)
  );
/** As trees say it. */
const stepped = fc.array(
  fc.record({
    from: fc.integer({ min: 1, max: 5000 }),
    rise: fc.double({ min: 0.001, max: 0.2, noNaN: true }),
  }),
  { minLength: 1, maxLength: 5 },
).map((steps): Curve => (bid) =>
  0.01 +
  steps.reduce((sum, { from, rise }) => sum + (bid >= from ? rise : 0), 0)
);
const worths = fc.integer({ min: 10, max: 5000 });

Deno.test.each([
  { kind: "one kind of competitor", curves: smooth, share: 0.9999 },
  { kind: "two kinds", curves: mixed, share: 0.99 },
  { kind: "steps", curves: stepped, share: 6 / 7 },
])(
  "shadeBid() leaves as much as trying every bid: $kind",
  ({ curves, share }) => {
    fc.assert(
      fc.property(curves, worths, (chanceOf, worth) => {
        const { bidMicros, winChance, outcome } = shadeBid(worth, chanceOf);
        assert.ok(Number.isSafeInteger(bidMicros) && bidMicros <= worth);
        if (outcome !== "shaded") return;
        assert.equal(winChance, chanceOf(bidMicros));
        const left = (worth - bidMicros) * winChance;
        const best = bestSurplus(worth, chanceOf);
        assert.ok(
          left >= share * best - 1 - 0.01 * worth * chanceOf(worth),
          `${left} of ${best} by a bid of ${bidMicros} for ${worth}`,
        );
      }),
      { numRuns: 150 },
    );
  },
);

Deno.test("shadeBid() finds the known optimum of a straight curve", () => {
  const { bidMicros } = shadeBid(4_000_000, (bid) => bid / 1e7);
  assert.ok(Math.abs(bidMicros - 2_000_000) <= 2, `${bidMicros}`);
});

Deno.test.each(
  [
    {
      note: "nothing is worth nothing",
      worth: 0,
      chance: 0.5,
      want: [0, "unwinnable"],
    },
    {
      note: "a negative worth",
      worth: -5,
      chance: 0.5,
      want: [0, "unwinnable"],
    },
    { note: "no number", worth: NaN, chance: 0.5, want: [0, "unwinnable"] },
    { note: "nothing wins", worth: 900, chance: 0, want: [0, "unwinnable"] },
    {
      note: "the curve is no number",
      worth: 900,
      chance: NaN,
      want: [0, "unwinnable"],
    },
    {
      note: "all bids win alike",
      worth: 900.5,
      chance: 0.4,
      want: [900, "flat"],
    },
  ] as const,
)("shadeBid(): $note", ({ worth, chance, want }) => {
  const { bidMicros, outcome } = shadeBid(worth, () => chance);
  assert.deepEqual([bidMicros, outcome], want);
});

Deno.test("shadeBid() takes a fall of the curve as flat", () => {
  const fallen: Curve = (bid) => bid < 100 ? bid / 100 : bid < 900 ? 1 : 0.2;
  const { bidMicros } = shadeBid(1000, fallen);
  assert.ok(bidMicros >= 90 && bidMicros <= 110, `${bidMicros}`);
});

Deno.test("winCurve() rises and meets its points", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 128,
      maxLength: 128,
    }),
    (given) => {
      const bids = bidLadder(1e6);
      const sorted = Float64Array.from(given).sort();
      const curve = winCurve(bids, sorted);
      bids.forEach((bid, place) => {
        assert.ok(Math.abs(curve(bid) - (sorted[place] ?? 0)) < 1e-9);
      });
      const tried = Float64Array.from({ length: 200 }, (_, n) => 1.1 ** n);
      tried.reduce((before, bid) => {
        const chance = curve(bid);
        assert.ok(chance >= before - 1e-12);
        return chance;
      }, 0);
    },
  ));
});

Deno.test("shadeByModel() asks for the bids in the place of the bid", async () => {
  const landscape = scorerOf({ kind: "win", currency: "EUR" }, {
    score: ({ values: [device, bid] }) =>
      device === 3 ? Number(bid) / 1e7 : Number.NaN,
  });
  const asked = { worthMicros: 4_000_000, values: [3, null], bidPlace: 1 };
  const { bidMicros } = await shadeByModel(landscape, asked);
  assert.ok(Math.abs(bidMicros / 2_000_000 - 1) < 0.05, `${bidMicros}`);
});
