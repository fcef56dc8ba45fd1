/**
 * Regression with a quadratic penalty only, by L-BFGS.
 *
 * @module
 */
import { minimize } from "../../math/lbfgs.ts";
import { addColumn, product } from "./design.ts";
import { emptyIntercept, type Problem, type Solution } from "./problem.ts";

/**
 * Finds the minimum.
 *
 * @param problem What is to be minimised; its `l1` is not read.
 * @returns The minimum within the problem's tolerance, or the best after its steps.
 */
export function fitSmooth(problem: Problem): Solution {
  const width = problem.design.columns.length;
  const start = new Float64Array(width + 1);
  start[width] = emptyIntercept(problem);
  const found = minimize(
    (x, gradient) => penalisedLoss(problem, x, gradient),
    start,
    problem,
  );
  return {
    intercept: found[width] as number,
    weights: found.slice(0, width),
  };
}

/** Loss plus quadratic penalty; `x` holds the weights, then the intercept. */
function penalisedLoss(
  { design, label, link, l2 }: Problem,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const width = design.columns.length;
  const scores = new Float64Array(label.length).fill(x[width] as number);
  for (let at = 0; at < width; at++) {
    addColumn(scores, design, { at, times: x[at] as number });
  }
  let loss = 0;
  let excess = 0;
  for (let row = 0; row < scores.length; row++) {
    const weight = design.weight[row] as number;
    const score = scores[row] as number;
    const truth = label[row] as number;
    loss += weight * link.loss(score, truth);
    const error = weight * (link.mean(score) - truth);
    excess += error;
    scores[row] = error;
  }
  gradient[width] = excess;
  for (let at = 0; at < width; at++) {
    const weight = x[at] as number;
    gradient[at] = product(scores, design, at) + l2 * weight;
    loss += l2 * weight * weight / 2;
  }
  return loss;
}
