/**
 * Curves with an S over time: the envelopes stand above, and pulses are found.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { arbitraryFlight } from "./arbitrary_flights_test.ts";
import { sumOutcome } from "./carry_over.ts";
import { narrowCells } from "./narrow.ts";
import { planFlight } from "./plan_flight.ts";
import type { FlightProblem } from "./problem.ts";
import { standEnvelopes } from "./s_shaped.ts";
import { laySheet, respondOverTime } from "./sheet.ts";
import { planUniform } from "./uniform.ts";

Deno.test("envelopes stand above the curves wherever a plan can be", () => {
  fc.assert(
    fc.property(
      arbitraryFlight({ slopes: [1, 4] }),
      fc.array(fc.integer({ min: 0, max: 10 }), {
        minLength: 24,
        maxLength: 24,
      }),
      (problem, shares) => {
        const cells = narrowCells(problem);
        const sheet = laySheet(problem, cells);
        standEnvelopes(sheet, cells);
        const amounts = cells.reach.lo.map((lo, cell) =>
          lo + (shares[cell] ?? 0) / 10 * ((cells.reach.hi[cell] ?? 0) - lo)
        );
        const raised = respondOverTime(
          sheet,
          amounts.map((amount) => amount / sheet.amountUnit),
          new Float64Array(amounts.length),
        );
        const truly = sumOutcome(problem, amounts);
        assert.ok(raised >= truly * (1 - 1e-9) - 1e-9, `${raised} ${truly}`);
      },
    ),
    { numRuns: 200 },
  );
});

const PULSES: FlightProblem = {
  periods: 8,
  after: 0,
  budget: 40,
  spend: "all",
  entities: [{
    id: "tv",
    curve: { type: "hill", ceiling: 10, half: 8, slope: 4 },
    kernel: [1],
    lo: Array(8).fill(0),
    hi: Array(8).fill(40),
    spent: [0],
  }],
};

Deno.test("money for an S comes in pulses, which beat spending alike", () => {
  const { amounts, outcome, upperBound } = planFlight(PULSES);
  const pulses = amounts.filter((amount) => amount > 1);
  assert.ok(pulses.length >= 3 && pulses.length <= 4, `${amounts}`);
  const uniform = planUniform(PULSES);
  assert.ok(outcome > 1.2 * uniform.outcome);
  assert.ok(outcome <= upperBound && outcome >= 0.95 * upperBound);
});

Deno.test("planUniform() spends the budget alike in the periods that are left", () => {
  const { amounts } = planUniform({
    ...PULSES,
    entities: PULSES.entities.map((one) => ({ ...one, spent: [5, 7] })),
  });
  assert.deepEqual([...amounts.slice(0, 2)], [5, 7]);
  amounts.slice(2).forEach((amount) =>
    assert.ok(Math.abs(amount - 28 / 6) < 1e-9)
  );
});
