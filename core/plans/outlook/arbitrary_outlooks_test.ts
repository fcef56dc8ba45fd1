/**
 * Problems over draws for tests, and whether amounts are within their bounds.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { OutlookProblem } from "./problem.ts";

/** Draws of each entity. */
export const DRAWS = 12;

/** A problem that admits a plan, its slopes up to `most`. */
export function arbitraryOutlook(
  { most = 1, entities = 4 }: { most?: number; entities?: number } = {},
): fc.Arbitrary<OutlookProblem> {
  const draw = fc.record({
    type: fc.constant("hill" as const),
    ceiling: fc.integer({ min: 1, max: 90 }),
    half: fc.integer({ min: 1, max: 60 }),
    slope: fc.integer({ min: 50, max: 100 * most }).map((x) => x / 100),
  });
  return fc.record({
    curves: fc.array(
      fc.record({
        draws: fc.array(draw, { minLength: DRAWS, maxLength: DRAWS }),
        lo: fc.integer({ min: 0, max: 10 }),
        width: fc.integer({ min: 1, max: 80 }),
      }),
      { minLength: 2, maxLength: entities },
    ),
    percent: fc.integer({ min: 5, max: 95 }),
    spend: fc.constantFrom("all" as const, "up_to" as const),
  }).map(({ curves, percent, spend }) => {
    const entities = curves.map(({ draws, lo, width }, at) => ({
      id: `e${at}`,
      draws,
      lo,
      hi: lo + width,
    }));
    const budget = curves.reduce(
      (sum, { lo, width }) => sum + lo + width * percent / 100,
      0,
    );
    return { entities, budget, spend };
  });
}

/** Fails where amounts are outside bounds or budget. */
export function assertWithin(
  problem: OutlookProblem,
  amounts: Float64Array,
): void {
  const slack = 1e-9 * problem.budget;
  problem.entities.forEach(({ lo, hi }, at) => {
    const amount = amounts[at] ?? NaN;
    assert.ok(amount >= lo - slack && amount <= hi + slack);
  });
  const all = amounts.reduce((sum, amount) => sum + amount, 0);
  assert.ok(all <= problem.budget + slack);
  if (problem.spend === "all") assert.ok(all >= problem.budget - slack);
}
