/**
 * Concave envelopes: above the curve everywhere, and no higher than they must be.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationProblem } from "../../../domain/allocation.ts";
import { respond, respondMarginally } from "../../../domain/response.ts";
import { arbitraryCurve } from "../problems_test.ts";
import { marginalAt, valueAt } from "./curve.ts";
import { prepare } from "./prepare.ts";
import type { Tableau } from "./tableau.ts";

const amount = fc.integer({ min: 0, max: 3000 }).map((x) => x / 10);

Deno.test("the envelope is above the curve, touches it, and is concave", () => {
  fc.assert(
    fc.property(arbitraryCurve(), amount, amount, (curve, a, b) => {
      const [lo, hi] = [Math.min(a, b), Math.max(a, b) + 0.1];
      const t = layOut({
        entities: [{ id: "a", group: null, curve, lo, hi }],
        groups: [],
        budget: hi,
        spend: "all",
      });
      const knee = t.knee[0] ?? NaN;
      assert.ok(knee >= lo && knee <= hi);
      const slack = 1e-9 * curve.ceiling;
      let before = Infinity;
      for (let step = 0; step < 200; step++) {
        const from = lo + (hi - lo) * step / 200;
        const to = lo + (hi - lo) * (step + 1) / 200;
        const rise = (envelope(t, to) - envelope(t, from)) / (to - from);
        assert.ok(envelope(t, from) >= respond(curve, from) - slack);
        assert.ok(rise <= before + slack / (to - from), "it is not concave");
        before = rise;
      }
      const touch = Math.abs(envelope(t, knee) - respond(curve, knee));
      assert.ok(touch <= slack);
    }),
    { numRuns: 500 },
  );

  function envelope(t: Tableau, x: number): number {
    const [lo = NaN, knee = NaN, steep = NaN] = [
      t.lo[0],
      t.knee[0],
      t.steep[0],
    ];
    const curve = curveOf(t);
    return x < knee ? respond(curve, lo) + steep * (x - lo) : respond(curve, x);
  }
});

function layOut(problem: AllocationProblem): Tableau {
  return prepare(problem).model.t;
}

function curveOf(t: Tableau) {
  const ceiling = t.ceiling[0] ?? NaN;
  const half = t.half[0] ?? NaN;
  return t.kind[0] === 1
    ? { type: "logistic", ceiling, rate: 1 / half } as const
    : { type: "hill", ceiling, half, slope: t.slope[0] ?? NaN } as const;
}

Deno.test("the allocator's columns say what the curves say", () => {
  fc.assert(
    fc.property(
      arbitraryCurve(),
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      (curve, spend) => {
        const t = layOut({
          entities: [{ id: "a", group: null, curve, lo: 0, hi: 1e4 }],
          groups: [],
          budget: 1,
          spend: "all",
        });
        close(valueAt(t, 0, spend), respond(curve, spend));
        close(marginalAt(t, 0, spend), respondMarginally(curve, spend));
      },
    ),
  );
});

function close(a: number, b: number): void {
  assert.ok(
    a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), 1e-12),
    `${a} is not ${b}`,
  );
}
