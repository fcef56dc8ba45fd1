/**
 * Diminishing returns: their marks, and forms that are one.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  growthOf,
  HALF_ANGLE,
  saturate,
  type Saturation,
  SATURATIONS,
} from "./saturation.ts";

const levels = fc.double({ min: 0, max: 5, noNaN: true });
const halves = fc.double({ min: -2, max: 2, noNaN: true });
const slopes = fc.double({ min: 0.4, max: 3, noNaN: true });

function shareAt(saturation: Saturation, level: number): number {
  const out = new Float64Array(1);
  saturate(saturation, Float64Array.of(level), out);
  return out[0] ?? NaN;
}

Deno.test.each(SATURATIONS.map((kind) => ({ kind })))(
  "saturate() starts at 0, never falls, reaches half at half: $kind",
  ({ kind }) => {
    fc.assert(
      fc.property(halves, slopes, levels, levels, (logHalf, slope, a, b) => {
        const curve = {
          kind,
          logHalf,
          slope: kind === "hill" ? slope : 1,
        };
        assert.equal(shareAt(curve, 0), 0);
        assert.ok(Math.abs(shareAt(curve, Math.exp(logHalf)) - 0.5) < 1e-12);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        assert.ok(shareAt(curve, low) <= shareAt(curve, high));
        assert.ok(shareAt(curve, high) <= 1);
      }),
    );
  },
);

Deno.test("saturate() has the logistic curve of rate ln 3 / half", () => {
  fc.assert(fc.property(halves, levels, (logHalf, level) => {
    const fall = Math.exp(-Math.log(3) / Math.exp(logHalf) * level);
    const want = (1 - fall) / (1 + fall);
    for (const kind of ["logistic", "tanh"] as const) {
      const got = shareAt({ kind, logHalf, slope: 1 }, level);
      assert.ok(Math.abs(got - want) < 1e-12);
    }
    assert.ok(Math.abs(2 * HALF_ANGLE - Math.log(3)) < 1e-15);
  }));
});

Deno.test.each(SATURATIONS.map((kind) => ({ kind })))(
  "growthOf() is what a little more of all spend brings: $kind",
  ({ kind }) => {
    fc.assert(fc.property(
      halves,
      slopes,
      fc.array(levels, { minLength: 1, maxLength: 9 }),
      (logHalf, slope, all) => {
        const curve = { kind, logHalf, slope: kind === "hill" ? slope : 1 };
        const sumAt = (factor: number) =>
          all.reduce((sum, level) => sum + shareAt(curve, factor * level), 0);
        const adstock = Float64Array.from(all);
        const shares = new Float64Array(all.length);
        saturate(curve, adstock, shares);
        const want = (sumAt(1 + 1e-5) - sumAt(1 - 1e-5)) / 2e-5;
        assert.ok(Math.abs(growthOf(curve, adstock, shares) - want) < 1e-5);
      },
    ));
  },
);
