/**
 * What a flight plan promises of any problem: its bounds hold, and no plan is above its bound.
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
import { boundByPrices, listViolations } from "./verify_flight_test.ts";

function near(one: number, other: number, tolerance: number): void {
  const off = Math.abs(one - other);
  assert.ok(off <= tolerance * Math.abs(other), `${one} is not ${other}`);
}

Deno.test("planFlight() keeps all bounds and proves its outcome, concave curves", () => {
  const runs = 300;
  let open = 0;
  fc.assert(
    fc.property(arbitraryFlight(), (problem) => {
      const flight = planFlight(problem);
      assert.deepEqual(listViolations(problem, flight.amounts), []);
      near(flight.outcome, sumOutcome(problem, flight.amounts), 1e-12);
      assert.ok(flight.gap >= 0 && flight.upperBound >= flight.outcome);
      if (flight.gap > 1e-6) open++;
    }),
    { numRuns: runs },
  );
  assert.ok(open <= runs / 50, `${open} of ${runs} are not proven to 1e-6`);
});

Deno.test("the bound of concave curves is what its prices add up to", () => {
  fc.assert(
    fc.property(arbitraryFlight(), (problem) => {
      const flight = planFlight(problem);
      const bound = boundByPrices(problem, flight);
      fc.pre(Number.isFinite(bound) && flight.iterations > 0);
      const { budget, totals, periods, ramps } = flight.prices;
      const dearest = Math.max(
        ...[budget, ...totals, ...periods, ...ramps].map(Math.abs),
      );
      const beyond = 1e-9 * problem.budget * dearest;
      assert.ok(bound >= flight.outcome * (1 - 1e-9) - beyond);
      const { asked, fixed } = narrowCells(problem);
      const plain = fixed.every((one, cell) =>
        one === 0 || asked.lo[cell] === asked.hi[cell]
      );
      if (plain) near(bound, flight.upperBound, 1e-7);
    }),
    { numRuns: 100 },
  );
});

Deno.test("no grid plan is above the bound, S-shaped curves as well", () => {
  fc.assert(
    fc.property(
      arbitraryFlight({ slopes: [1, 4], most: 2 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (problem, shares) => {
        const flight = planFlight(problem);
        assert.deepEqual(listViolations(problem, flight.amounts), []);
        for (let trial = 0; trial < 30; trial++) {
          const amounts = drawNear(problem, flight.amounts, shares);
          if (listViolations(problem, amounts).length > 0) continue;
          const outcome = sumOutcome(problem, amounts);
          assert.ok(outcome <= flight.upperBound * (1 + 1e-9) + 1e-6);
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** Moves money between two cells. */
function drawNear(
  { entities, periods }: FlightProblem,
  amounts: Float64Array,
  shares: Iterator<number>,
): Float64Array {
  const draw = () => shares.next().value as number;
  const cells = entities.length * periods;
  const [one, other] = [Math.floor(draw() * cells), Math.floor(draw() * cells)];
  const moved = amounts.slice();
  const step = draw() * (amounts[one] ?? 0);
  moved[one] = (moved[one] ?? 0) - step;
  moved[other] = (moved[other] ?? 0) + step;
  return moved;
}
