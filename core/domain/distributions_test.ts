/**
 * Quantiles and bounds against known values, and against sums that say what they are.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { boundShare, chiSquareQuantile } from "./distributions.ts";

function close(actual: number, expected: number, relative: number): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.abs(expected) + 1e-300,
    `${actual} is not ${expected}`,
  );
}

Deno.test.each([
  { chance: 0.99, freedom: 1, value: 6.634896601021213 },
  { chance: 0.99, freedom: 2, value: 9.210340371976184 },
  { chance: 0.99, freedom: 9, value: 21.665994333461924 },
  { chance: 0.95, freedom: 3, value: 7.814727903251179 },
  { chance: 0.5, freedom: 100, value: 99.33412923598846 },
])(
  "chiSquareQuantile(): $freedom degrees at $chance",
  ({ chance, freedom, value }) =>
    close(chiSquareQuantile(chance, freedom), value, 1e-12),
);

Deno.test.each([
  { found: 0, of: 3000, upper: 1 - 0.05 ** (1 / 3000) },
  { found: 0, of: 299, upper: 1 - 0.05 ** (1 / 299) },
  { found: 0, of: 1_000_000, upper: 1 - 0.05 ** 1e-6 },
])(
  "boundShare(): nothing of $of has the bound in closed form",
  ({ found, of, upper }) => {
    const bounds = boundShare(found, of, 0.95);
    assert.equal(bounds.lower, 0);
    close(bounds.upper, upper, 1e-9);
  },
);

Deno.test("boundShare(): of 3000 without a mismatch at most about 0.1 percent", () => {
  assert.equal(boundShare(0, 3000, 0.95).upper.toFixed(5), "0.00100");
});

Deno.test("boundShare(): nothing seen tells nothing, and all found ends at 1", () => {
  assert.deepEqual(boundShare(0, 0, 0.95), { lower: 0, upper: 1 });
  assert.equal(boundShare(7, 7, 0.95).upper, 1);
  close(boundShare(7, 7, 0.95).lower, 0.05 ** (1 / 7), 1e-12);
});

/** Chance of at most so many of `of`, added up term by term. */
function atMost(found: number, of: number, share: number): number {
  let log = of * Math.log1p(-share);
  let sum = Math.exp(log);
  for (let n = 1; n <= found; n++) {
    log += Math.log((of - n + 1) / n) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(log);
  }
  return sum;
}

Deno.test("boundShare(): each bound is where the binomial tail is what may be missed", () => {
  const counts = fc.integer({ min: 2, max: 400 }).chain((of) =>
    fc.tuple(fc.integer({ min: 1, max: of - 1 }), fc.constant(of))
  );
  fc.assert(fc.property(counts, ([found, of]) => {
    const { lower, upper } = boundShare(found, of, 0.95);
    close(atMost(found, of, upper), 0.05, 1e-6);
    close(1 - atMost(found - 1, of, lower), 0.05, 1e-6);
    assert.ok(lower < found / of && found / of < upper);
  }));
});
