/**
 * A quantile is that of a plain sort of the values, each as often as it weighs.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { weightedQuantile } from "./weighted_quantile.ts";

const pairs = fc.array(
  fc.tuple(
    fc.integer({ min: -9, max: 9 }),
    fc.integer({ min: 1, max: 5 }),
  ),
  { minLength: 1, maxLength: 60 },
);
const share = fc.integer({ min: 1, max: 15 }).map((n) => n / 16);

function plain(values: number[], wanted: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(wanted * sorted.length) - 1] ?? NaN;
}

Deno.test("weightedQuantile() is that of the values repeated by weight", () => {
  fc.assert(fc.property(pairs, share, (each, wanted) => {
    const values = Float64Array.from(each, ([value]) => value);
    const weights = Float64Array.from(each, ([, weight]) => weight);
    const repeated = each.flatMap(([value, weight]) =>
      new Array<number>(weight).fill(value)
    );
    const want = plain(repeated, wanted);
    assert.equal(weightedQuantile(values, weights, wanted), want);
    const copies = Float64Array.from(repeated);
    assert.equal(weightedQuantile(copies, null, wanted), want);
  }));
});

Deno.test("weightedQuantile() of nothing is 0", () => {
  assert.equal(weightedQuantile(new Float64Array(), null, 0.5), 0);
});
