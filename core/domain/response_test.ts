/**
 * Curves against their formulas, at zero, at half and far out.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { respond, respondMarginally } from "./response.ts";
import type { ResponseCurve } from "./score.ts";

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

Deno.test("respond() equals the formula of each curve", () => {
  fc.assert(fc.property(curves, sizes, (curve, x) => {
    const want = formula(curve, x);
    const slack = 1e-9 * want + 1e-15 * curve.ceiling;
    assert.ok(Math.abs(respond(curve, x) - want) <= slack);
  }));
});

Deno.test("respond() is zero at zero, monotone, and never above the ceiling", () => {
  fc.assert(fc.property(curves, sizes, sizes, (curve, one, other) => {
    const low = respond(curve, Math.min(one, other));
    const high = respond(curve, Math.max(one, other));
    assert.equal(respond(curve, 0), 0);
    assert.ok(low <= high && high <= curve.ceiling);
    assert.equal(respond(curve, Number.MAX_VALUE) <= curve.ceiling, true);
    assert.ok(Number.isFinite(respondMarginally(curve, Number.MAX_VALUE)));
  }));
});

Deno.test("respondMarginally() equals the difference quotient", () => {
  fc.assert(fc.property(curves, sizes, (curve, x) => {
    const step = x * 1e-5;
    const rise = respond(curve, x + step) - respond(curve, x - step);
    const want = rise / (2 * step);
    const slack = 1e-4 * Math.abs(want) + 1e-9 * curve.ceiling / x;
    assert.ok(Math.abs(respondMarginally(curve, x) - want) <= slack);
  }));
});

Deno.test.each([
  { note: "below 1 rises infinitely fast", slope: 0.5, want: Infinity },
  { note: "of 1 rises by ceiling over half", slope: 1, want: 2.5 },
  { note: "above 1 starts flat", slope: 2, want: 0 },
])("respondMarginally() at zero of a slope $note", ({ slope, want }) => {
  const curve = { type: "hill", ceiling: 10, half: 4, slope } as const;
  assert.equal(respondMarginally(curve, 0), want);
});

Deno.test("respondMarginally() and respond() of a flat curve are zero everywhere", () => {
  const flat = { type: "hill", ceiling: 0, half: 1, slope: 0.5 } as const;
  assert.equal(respondMarginally(flat, 0), 0);
  assert.equal(respond(flat, 1e300), 0);
});

Deno.test.each([
  { note: "half saturation", spend: 8, want: 5 },
  { note: "no spend", spend: 0, want: 0 },
])("respond() of a Hill curve at $note is $want", ({ spend, want }) => {
  const curve = { type: "hill", ceiling: 10, half: 8, slope: 2 } as const;
  assert.equal(respond(curve, spend), want);
});
