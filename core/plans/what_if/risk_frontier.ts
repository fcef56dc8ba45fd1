/**
 * What safety costs: mean outcome against the mean of the worst tail, plan by plan.
 *
 * @module
 */
import { average, averageTail, listOutcomes } from "../outlook/outcomes.ts";
import { toOutlook } from "../problem_file/plan_draws.ts";
import type { AmountsAsked } from "../problem_file/plan_problem.ts";
import { solveProblem } from "../problem_file/solve_problem.ts";

/** One plan of the frontier. */
export interface RiskPoint {
  /** Weight of the tail in what was large. */
  readonly weight: number;
  /** Mean outcome over all draws. */
  readonly mean: number;
  /** Mean outcome of the worst draws. */
  readonly tail: number;
  /** Shape [entities]. */
  readonly amounts: Float64Array;
}

const WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/**
 * Draws the frontier up.
 *
 * @param asked A problem whose curves are draws.
 * @param tail Share of the draws that counts as the worst, (0, 1].
 * @returns Plans from the largest mean to the largest tail; none where there are no draws.
 */
export function traceRisk(asked: AmountsAsked, tail: number): RiskPoint[] {
  const outlook = toOutlook(asked.problem, asked.seen);
  if (outlook === null) return [];
  return WEIGHTS.map((weight) => {
    const { amounts } = solveProblem({
      ...asked,
      aim: { type: "mean_cvar", weight, tail },
    });
    const outcomes = listOutcomes(outlook, amounts);
    return {
      ...{ weight, amounts },
      mean: average(outcomes),
      tail: averageTail(outcomes, tail),
    };
  });
}
