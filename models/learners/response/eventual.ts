/**
 * Learning how many outcomes there will be from rows of which many are still being
 * watched: the delayed feedback model, for any learner that takes weights.
 *
 * With p the eventual chance and F the share of outcomes that has come by now, a row
 * without an outcome has the likelihood 1 − pF. Its slope in the log odds equals that
 * of a plain row without an outcome, of the weight
 *
 *     F · (1 − p) / (1 − pF)
 *
 * so fitting with these weights, taking p from the fit before, ends where the
 * likelihood of the delayed feedback model is greatest. Each pass leaves p(1 − F)/(1 − pF)
 * of the error of the one before, p times as much as expectation maximisation with
 * soft labels; for rare outcomes two passes do. The first pass, p = 0, is weighting by
 * the share that has come.
 *
 * @see Chapelle (2014), Modeling Delayed Feedback in Display Advertising, KDD
 * @module
 */
import type { MaybePromise, RowDataset } from "@moe/plugin";
import { fitDelayCurve, shareCome } from "./delay_curve.ts";

/** What fits chances to weighted labels 0 and 1. */
export interface ChanceLearner<M> {
  fit(dataset: RowDataset): MaybePromise<M>;
  /** Chances, shape [rows]. */
  predict(model: M, columns: readonly Float64Array[]): Float64Array;
}

const PASSES = 5;
/** Mean change of the weights, as a share, at which it has settled. */
const SETTLED = 0.002;
const LEAST_WEIGHT = 1e-6;

/**
 * Fits the chance of an outcome within its days, also to rows whose days are not over.
 *
 * @param dataset Rows with labels 0 and 1, and delays unless all are mature.
 * @param learner What fits.
 * @returns What the learner makes of the rows; of mature ones without weights.
 */
export async function fitEventual<M>(
  { delays, ...dataset }: RowDataset,
  learner: ChanceLearner<M>,
): Promise<M> {
  if (
    !delays || delays.watched.every((days) => days >= delays.withinDays)
  ) return await learner.fit(dataset);
  const { columns, label } = dataset;
  const curve = fitDelayCurve({ columns, delays });
  const come = shareCome(curve, columns, delays.watched);
  let weights = weigh(dataset, come, null);
  for (let pass = 1;; pass++) {
    const weight = dataset.weight
      ? weights.map((one, row) => one * (dataset.weight?.[row] as number))
      : weights;
    const model = await learner.fit({ ...dataset, weight });
    if (pass === PASSES) return model;
    const next = weigh({ label }, come, learner.predict(model, columns));
    if (change(weights, next) < SETTLED) return model;
    weights = next;
  }
}

function weigh(
  { label }: Pick<RowDataset, "label">,
  come: Float64Array,
  chances: Float64Array | null,
): Float64Array {
  return label.map((truth, row) => {
    const share = come[row] as number;
    if (truth > 0 || share >= 1) return 1;
    const chance = chances?.[row] ?? 0;
    const weight = share * (1 - chance) / (1 - chance * share);
    return Math.max(weight, LEAST_WEIGHT);
  });
}

function change(before: Float64Array, after: Float64Array): number {
  let [moved, total] = [0, 0];
  after.forEach((weight, row) => {
    moved += Math.abs(weight - (before[row] as number));
    total += weight;
  });
  return moved / total;
}
