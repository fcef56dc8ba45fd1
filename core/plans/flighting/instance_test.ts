/**
 * Flighting on the certified instance: its optimum, and what a plan without timing loses.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FOLDER } from "../../../tests/plans/certified_instances.ts";
import { readFlight } from "../../../tests/plans/flighting_instance.ts";
import { sumOutcome } from "./carry_over.ts";
import { planFlight } from "./plan_flight.ts";
import { planUniform } from "./uniform.ts";
import { boundByPrices, listViolations } from "./verify_flight_test.ts";

const found = readFlight();

if (found === null && Deno.env.get("REQUIRE_ALL") === "1") {
  throw new Error(`Cannot find the flighting instance in ${FOLDER.pathname}`);
}

function near(one: number, other: number, tolerance: number): void {
  const off = Math.abs(one / other - 1);
  assert.ok(off <= tolerance, `${one} is ${off} from ${other}`);
}

Deno.test({
  name: "planFlight() reaches the certified optimum of flighting_mm_n6_t26",
  ignore: found === null,
  fn() {
    if (found === null) return;
    const { problem, certified } = found;
    const flight = planFlight(problem);
    assert.deepEqual(listViolations(problem, flight.amounts), []);
    near(flight.outcome, certified.best_known, 1e-9);
    near(flight.upperBound, certified.upper_bound, 1e-9);
    assert.ok(flight.gap <= 1e-10, `gap ${flight.gap}`);
    near(boundByPrices(problem, flight), flight.upperBound, 1e-10);
    near(
      sumOutcome(problem, certified.x_best.flat()),
      certified.best_known,
      1e-9,
    );
  },
});

Deno.test({
  name: "planUniform() loses 57 % of the uplift of flighting_mm_n6_t26",
  ignore: found === null,
  fn() {
    if (found === null) return;
    const { problem, certified, ref } = found;
    const { outcome } = planFlight(problem);
    const uniform = planUniform(problem);
    const known = certified.value_uniform_flighting_optimised_totals;
    near(uniform.outcome, known, 1e-9);
    const share = problem.budget /
      (problem.periods * ref.reduce((sum, spend) => sum + spend, 0));
    const asItWas = sumOutcome(
      problem,
      ref.flatMap((spend) => Array(problem.periods).fill(spend * share)),
    );
    near(asItWas, certified.value_proportional_uniform, 1e-9);
    const lost = (outcome - uniform.outcome) / (outcome - asItWas);
    assert.ok(lost > 0.565 && lost < 0.575, `loses ${lost}`);
  },
});
