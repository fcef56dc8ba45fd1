/**
 * A penalised regression as a problem to be minimised, and its solution.
 *
 * @module
 */
import type { Design } from "./design.ts";
import type { Link } from "./links.ts";

/** What is to be minimised. */
export interface Problem {
  readonly design: Design;
  readonly label: Float64Array;
  readonly link: Link;
  readonly l1: number;
  readonly l2: number;
  readonly steps: number;
  /** Largest slope that counts as zero. */
  readonly tolerance: number;
}

/** Where it is least. */
export interface Solution {
  readonly intercept: number;
  readonly weights: Float64Array;
}

/**
 * Score of the model that knows no column.
 *
 * @param problem What is to be minimised.
 * @returns The intercept, kept finite.
 */
export function emptyIntercept({ design, label, link }: Problem): number {
  const { weight, total } = design;
  const sum = label.reduce(
    (sum, y, row) => sum + (weight[row] as number) * y,
    0,
  );
  return link.scoreOf(sum / total, total);
}
