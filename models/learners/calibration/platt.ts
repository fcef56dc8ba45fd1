/**
 * Platt's calibration: a straight line on the log odds, fitted to targets that are
 * drawn away from certainty by Bayes' rule with a uniform prior, so that few rows,
 * or rows that the score separates, give no certainty.
 *
 * @see Platt (1999), Probabilistic Outputs for Support Vector Machines
 * @module
 */
import { fitGlm } from "../linear/glm.ts";
import type { HeldScores } from "./isotonic.ts";

/** Log odds to log odds: intercept + slope · odds. */
export interface OddsLine {
  /** Above 0. */
  readonly slope: number;
  readonly intercept: number;
}

const STEPS = 100;

/**
 * Fits the line.
 *
 * @param held Scores with what happened.
 * @returns The line, or null if the rows speak for none that rises.
 */
export function fitPlatt(
  { scores, label, weight }: HeldScores,
): OddsLine | null {
  const count = (of: (label: number) => number) =>
    label.reduce((sum, y, row) => sum + (weight?.[row] ?? 1) * of(y), 0);
  const most = (count((y) => y) + 1) / (count((y) => y) + 2);
  const least = 1 / (count((y) => 1 - y) + 2);
  const { intercept, weights, centres, scales } = fitGlm({
    columns: [scores],
    label: label.map((y) => least + (most - least) * y),
    ...(weight && { weight }),
  }, { family: "logistic", l1: 0, l2: 0, steps: STEPS });
  const slope = (weights[0] as number) * (scales[0] as number);
  if (!(slope > 0)) return null;
  return { slope, intercept: intercept - slope * (centres[0] as number) };
}
