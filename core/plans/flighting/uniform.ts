/**
 * The best plan that spends alike in every period: what timing is worth is the rest.
 *
 * @module
 */
import { adstock, sumOutcome } from "./carry_over.ts";
import { planFlight } from "./plan_flight.ts";
import type { FlightEntity, FlightProblem } from "./problem.ts";

/** A plan that is the same in all periods that are not spent. */
export interface UniformPlan {
  /** Shape [entities × periods]. */
  readonly amounts: Float64Array;
  readonly outcome: number;
}

/**
 * Plans without timing. Budget, cells and entities' totals hold; ramps into the first
 * period and the periods' totals are not looked at.
 *
 * @param problem What to plan.
 * @returns The best of all plans that do not change over time.
 * @throws {EngineError} `plan_infeasible` if bounds of periods admit none.
 */
export function planUniform(problem: FlightProblem): UniformPlan {
  const { entities, periods, after, budget, spend } = problem;
  const spentBy = entities.map(({ spent = [] }) =>
    spent.reduce((sum, amount) => sum + amount, 0)
  );
  const { amounts: totals } = planFlight({
    periods: 1,
    after: periods + after - 1,
    entities: entities.map((entity, at) =>
      flatten(entity, problem, spentBy[at] ?? 0)
    ),
    budget: budget - spentBy.reduce((sum, amount) => sum + amount, 0),
    spend,
  });
  const amounts = new Float64Array(entities.length * periods);
  entities.forEach(({ spent = [] }, row) => {
    for (let t = 0; t < periods; t++) {
      amounts[row * periods + t] = spent[t] ??
        (totals[row] as number) / (periods - spent.length);
    }
  });
  return { amounts, outcome: sumOutcome(problem, amounts) };
}

/** One amount for all periods to come, felt in each by its share of them. */
function flatten(
  { id, curve, kernel, lo, hi, total, season, ...entity }: FlightEntity,
  { periods, after }: FlightProblem,
  spentTotal: number,
): FlightEntity {
  const { carryIn = [], spent = [] } = entity;
  const left = periods - spent.length;
  const horizon = periods + after;
  const even = new Float64Array(periods).fill(1 / Math.max(left, 1));
  even.fill(0, 0, spent.length);
  const past = adstock(kernel, spent, horizon);
  const least = left * Math.max(0, ...lo.slice(spent.length));
  const most = left === 0 ? 0 : left * Math.min(...hi.slice(spent.length));
  return {
    id,
    curve,
    kernel: [...adstock(kernel, even, horizon)],
    carryIn: [...past].map((felt, at) => felt + (carryIn[at] ?? 0)),
    ...(season ? { season } : {}),
    lo: [Math.max(least, (total?.lo ?? 0) - spentTotal)],
    hi: [Math.max(0, Math.min(most, (total?.hi ?? Infinity) - spentTotal))],
  };
}
