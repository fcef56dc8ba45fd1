/**
 * Generalised linear regression: chances, numbers or counts, with an elastic net.
 *
 *     minimise Σ weight · loss(label, score) + l1 · Σ |w| + ½ · l2 · Σ w²
 *     score = intercept + Σ w · (x - centre) · scale
 *
 * Columns are standardised inside, so the penalty treats them alike; the intercept
 * is free. A column that does not vary gets the weight zero. Without `l1` the
 * minimum is found by L-BFGS, with it by coordinate descent.
 *
 * @module
 */
import { EngineError } from "@moe/plugin";
import { type Design, standardise, type WeightedRows } from "./design.ts";
import { fitElasticNet } from "./elastic_net.ts";
import { checkLabels, type GlmFamily, LINKS } from "./links.ts";
import type { Problem } from "./problem.ts";
import { fitSmooth } from "./smooth.ts";

/** A fitted regression. */
export interface Glm {
  readonly family: GlmFamily;
  /** Score of a row at the centres: log odds, number, or log count. */
  readonly intercept: number;
  /** Score per standard deviation, shape [columns]. */
  readonly weights: Float64Array;
  /** Mean of each column, rounded to float32, shape [columns]. */
  readonly centres: Float64Array;
  /** One over the standard deviation, 0 for a column that does not vary. */
  readonly scales: Float64Array;
}

/** How to fit. */
export interface GlmOptions {
  readonly family: GlmFamily;
  /** Strength of the penalty l1 · Σ |w|; leaves columns out. */
  readonly l1: number;
  /** Strength of the penalty ½ · l2 · Σ w². */
  readonly l2: number;
  /** Steps at most. */
  readonly steps: number;
}

/**
 * Fits the regression.
 *
 * @param rows Columns without NaN; labels as the family needs them.
 * @param options Family, penalties and limit.
 * @returns The fitted regression; the same for the same rows and options.
 * @throws {EngineError} `dataset_invalid` if there are no rows, a label, weight or value cannot be, or labels are so large that no coefficient is finite.
 */
export function fitGlm(
  rows: WeightedRows,
  { family, l1, l2, steps }: GlmOptions,
): Glm {
  checkLabels(rows.label, family);
  const design = standardise(rows);
  const { centre, unit } = unitOf(rows.label, design, family);
  const problem: Problem = {
    design,
    label: rows.label.map((value) => (value - centre) / unit),
    link: LINKS[family],
    l1: l1 / unit,
    l2,
    steps,
    tolerance: 1e-6 * Math.sqrt(design.total),
  };
  const found = l1 > 0 ? fitElasticNet(problem) : fitSmooth(problem);
  const intercept = centre + unit * found.intercept;
  const weights = found.weights.map((weight) => unit * weight);
  checkFinite(family, intercept, weights);
  const { centres, scales } = design;
  return { family, intercept, weights, centres, scales };
}

function checkFinite(
  family: GlmFamily,
  intercept: number,
  weights: Float64Array,
): void {
  if (Number.isFinite(intercept) && weights.every(Number.isFinite)) return;
  throw new EngineError(
    "dataset_invalid",
    `Cannot fit regression "${family}": its coefficients are not finite; bring labels in a larger unit`,
  );
}

/** Numbers are learnt in deviations from their mean, so that no unit is too large. */
function unitOf(
  label: Float64Array,
  { weight, total }: Design,
  family: GlmFamily,
): { centre: number; unit: number } {
  if (family !== "linear") return { centre: 0, unit: 1 };
  const average = (of: (value: number) => number) =>
    label.reduce((sum, y, row) => sum + (weight[row] as number) * of(y), 0) /
    total;
  const centre = average((y) => y);
  const unit = Math.sqrt(average((y) => (y - centre) ** 2));
  return { centre, unit: unit > 1e-12 * Math.abs(centre) ? unit : 1 };
}

/**
 * Predicts.
 *
 * @param model The fitted regression.
 * @param columns Shape [columns][rows].
 * @returns Mean label of each row: chance, number or count, shape [rows]; NaN where a column is NaN.
 */
export function predictGlm(
  model: Glm,
  columns: readonly Float64Array[],
): Float64Array {
  return scoreGlm(model, columns).map(LINKS[model.family].mean);
}

/**
 * Scores, before the link.
 *
 * @param model The fitted regression.
 * @param columns Shape [columns][rows].
 * @returns Log odds, numbers or log counts, shape [rows].
 */
export function scoreGlm(
  { intercept, weights, centres, scales }: Glm,
  columns: readonly Float64Array[],
): Float64Array {
  const scores = new Float64Array(columns[0]?.length ?? 0).fill(intercept);
  columns.forEach((column, at) => {
    const centre = centres[at] as number;
    const weight = (weights[at] as number) * (scales[at] as number);
    for (let row = 0; row < scores.length; row++) {
      const x = Math.fround(column[row] as number);
      scores[row] = (scores[row] as number) + weight * (x - centre);
    }
  });
  return scores;
}
