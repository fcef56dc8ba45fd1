/**
 * Break-even amounts and knees are where a search over many amounts finds them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationCurve } from "../../domain/allocation.ts";
import { respond, respondMarginally } from "../../domain/response.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import { findBreakEven } from "./break_even.ts";
import { findKnee } from "./knee.ts";
import { parseBudget } from "./budget_steps.ts";
import { traceCurve } from "./trace_curve.ts";

const part = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const responses: fc.Arbitrary<ResponseCurve> = fc.oneof(
  fc.record({
    type: fc.constant("hill" as const),
    ceiling: part(1, 1000),
    half: part(1, 100),
    slope: part(0.6, 3),
  }),
  fc.record({
    type: fc.constant("logistic" as const),
    ceiling: part(1, 1000),
    rate: part(0.01, 1),
  }),
  fc.record({
    type: fc.constant("michaelis_menten" as const),
    ceiling: part(1, 1000),
    half: part(1, 100),
  }),
);
const curves: fc.Arbitrary<AllocationCurve> = fc.oneof(
  responses,
  fc.record({
    type: fc.constant("sampled" as const),
    draws: fc.array(responses, { minLength: 1, maxLength: 4 }),
  }),
);
const GRID = Array.from({ length: 4000 }, (_, at) => 10 ** (-4 + at / 400));

Deno.test("findBreakEven() finds the last amount whose next unit still pays", () => {
  fc.assert(
    fc.property(curves, part(0.01, 20), (curve, least) => {
      const found = findBreakEven(curve, least);
      const last = GRID.findLast((amount) =>
        respondMarginally(curve, amount) >= least
      );
      if (found === null) {
        assert.equal(last, undefined, `${last} pays`);
        return;
      }
      assert.ok(
        last === undefined || found >= last * (1 - 1e-9),
        `${found} ${last}`,
      );
      const beyond = found * 1.01 + 1e-9;
      assert.ok(respondMarginally(curve, beyond) < least, `${beyond} pays`);
    }),
    { numRuns: 300 },
  );
});

Deno.test("findKnee() finds where a unit brings most on average", () => {
  fc.assert(fc.property(responses, (curve) => {
    const knee = findKnee(curve) ?? NaN;
    const best = knee > 0
      ? respond(curve, knee) / knee
      : respondMarginally(curve, 0);
    for (const amount of GRID) {
      assert.ok(respond(curve, amount) / amount <= best * (1 + 1e-9));
    }
  }));
});

Deno.test("a piecewise curve breaks even at the end of its last steep part", () => {
  const curve: AllocationCurve = {
    type: "piecewise",
    points: [[0, 0], [10, 5], [20, 25], [40, 30]],
  };
  assert.equal(findBreakEven(curve, 1), 20);
  assert.equal(findBreakEven(curve, 0.2), 40);
  assert.equal(findBreakEven(curve, 3), null);
  assert.equal(findKnee(curve), 20);
  assert.equal(findKnee({ ...curve, points: [[0, 0], [10, 5]] }), 0);
});

Deno.test("traceCurve() tells outcome and return at even steps", () => {
  const curve = { type: "michaelis_menten", ceiling: 10, half: 5 } as const;
  assert.deepEqual(traceCurve(curve, { until: 10, steps: 2, weight: 3 }), [
    { amount: 0, outcome: 0, marginal: 6 },
    { amount: 5, outcome: 15, marginal: 1.5 },
    { amount: 10, outcome: 20, marginal: 3 * 2 / 9 },
  ]);
});

Deno.test.each([
  { text: "+10%", want: 220 },
  { text: "-10 %", want: 180 },
  { text: "−10%", want: 180 },
  { text: "90%", want: 180 },
  { text: "+5", want: 205 },
  { text: "1.5e3", want: 1500 },
])("parseBudget() reads $text of 200 as $want", ({ text, want }) => {
  assert.ok(Math.abs(parseBudget(text, 200) - want) < 1e-9);
});

Deno.test.each(["", "ten", "-120%", "1/2", "+", "1e999"])(
  "parseBudget() refuses %s",
  (text) => {
    assert.throws(() => parseBudget(text, 200), {
      code: "request_invalid",
      message: /^Cannot use budget/,
    });
  },
);
