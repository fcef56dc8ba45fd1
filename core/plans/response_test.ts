/**
 * The curves, and the allocator's copy of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { respond, respondMarginally } from "./response.ts";
import { buildTableau, marginalAt, valueAt } from "./tableau.ts";
import { arbitraryCurve } from "./problems_test.ts";

Deno.test("respondMarginally() is the slope of respond()", () => {
  fc.assert(
    fc.property(
      arbitraryCurve(),
      fc.double({ min: 0.01, max: 300, noNaN: true }),
      (curve, spend) => {
        const step = spend * 1e-5;
        const rise = respond(curve, spend + step) -
          respond(curve, spend - step);
        const slope = respondMarginally(curve, spend);
        assert.ok(
          Math.abs(rise / (2 * step) - slope) <=
            1e-5 * slope + 1e-9 * curve.ceiling / spend,
        );
      },
    ),
  );
});

Deno.test("the allocator's columns say what the curves say", () => {
  fc.assert(
    fc.property(
      arbitraryCurve(),
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      (curve, spend) => {
        const t = buildTableau({
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

Deno.test.each([
  { note: "half saturation", spend: 8, want: 5 },
  { note: "no spend", spend: 0, want: 0 },
])("respond() of a Hill curve at $note is $want", ({ spend, want }) => {
  const curve = { type: "hill", ceiling: 10, half: 8, slope: 2 } as const;
  assert.equal(respond(curve, spend), want);
});

function close(a: number, b: number): void {
  assert.ok(
    a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), 1e-12),
    `${a} is not ${b}`,
  );
}
