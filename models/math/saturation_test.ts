/**
 * Curves against their formulas, at zero, at half and far out.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ResponseCurve } from "@moe/plugin";
import { hill, marginal, response } from "./saturation.ts";

const sizes = fc.double({ min: 1, max: 1e12, noNaN: true });
const curves: fc.Arbitrary<ResponseCurve> = fc.oneof(
  fc.record({
    type: fc.constant("hill" as const),
    ceiling: sizes,
    half: sizes,
    slope: fc.double({ min: 0.3, max: 5, noNaN: true }),
  }),
  fc.record({
    type: fc.constant("michaelis_menten" as const),
    ceiling: sizes,
    half: sizes,
  }),
  fc.record({
    type: fc.constant("logistic" as const),
    ceiling: sizes,
    rate: fc.double({ min: 1e-12, max: 1, noNaN: true }),
  }),
);

function formula(curve: ResponseCurve, x: number): number {
  switch (curve.type) {
    case "hill": {
      const { ceiling, half, slope } = curve;
      return ceiling * x ** slope / (half ** slope + x ** slope);
    }
    case "michaelis_menten":
      return curve.ceiling * x / (curve.half + x);
    case "logistic": {
      const fall = Math.exp(-curve.rate * x);
      return curve.ceiling * (1 - fall) / (1 + fall);
    }
  }
}

Deno.test("response() equals the formula of each curve", () => {
  fc.assert(fc.property(curves, sizes, (curve, x) => {
    const want = formula(curve, x);
    const slack = 1e-9 * want + 1e-15 * curve.ceiling;
    assert.ok(Math.abs(response(curve, x) - want) <= slack);
  }));
});

Deno.test("response() is zero at zero, monotone, and never above the ceiling", () => {
  fc.assert(fc.property(curves, sizes, sizes, (curve, one, other) => {
    const low = response(curve, Math.min(one, other));
    const high = response(curve, Math.max(one, other));
    assert.equal(response(curve, 0), 0);
    assert.ok(low <= high && high <= curve.ceiling);
    assert.equal(response(curve, Number.MAX_VALUE) <= curve.ceiling, true);
    assert.ok(Number.isFinite(marginal(curve, Number.MAX_VALUE)));
  }));
});

Deno.test("marginal() equals the difference quotient", () => {
  fc.assert(fc.property(curves, sizes, (curve, x) => {
    const step = x * 1e-5;
    const rise = response(curve, x + step) - response(curve, x - step);
    const want = rise / (2 * step);
    const slack = 1e-4 * Math.abs(want) + 1e-9 * curve.ceiling / x;
    assert.ok(Math.abs(marginal(curve, x) - want) <= slack);
  }));
});

Deno.test.each([
  { note: "below 1 rises infinitely fast", slope: 0.5, want: Infinity },
  { note: "of 1 rises by ceiling over half", slope: 1, want: 2.5 },
  { note: "above 1 starts flat", slope: 2, want: 0 },
])("marginal() at zero of a slope $note", ({ slope, want }) => {
  const curve = { type: "hill", ceiling: 10, half: 4, slope } as const;
  assert.equal(marginal(curve, 0), want);
});

Deno.test("marginal() and response() of a flat curve are zero everywhere", () => {
  const flat = { type: "hill", ceiling: 0, half: 1, slope: 0.5 } as const;
  assert.equal(marginal(flat, 0), 0);
  assert.equal(response(flat, 1e300), 0);
});

Deno.test("hill() reaches one half at half", () => {
  assert.equal(hill(3e9, { half: 3e9, slope: 1.7 }), 0.5);
});
