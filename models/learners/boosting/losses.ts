/**
 * What each loss starts from, measures and predicts.
 *
 * @module
 */
import { logOdds, sigmoid } from "../linear/links.ts";
import type { BoostingRows, Loss } from "./options.ts";
import { weightedQuantile } from "./weighted_quantile.ts";

/** A loss. */
interface LossRule {
  /** Its number in the kernels. */
  readonly place: number;
  /** Score that is best for all rows at once. */
  start(rows: BoostingRows, quantile: number): number;
  /** Loss of one row, up to a constant of the label. */
  measure(score: number, label: number, quantile: number): number;
  /** What a score predicts. */
  predict(score: number): number;
}

/** The losses by name. */
export const LOSSES: Readonly<Record<Loss, LossRule>> = {
  logistic: {
    place: 0,
    start: startOdds,
    measure: (score, label) =>
      Math.max(score, 0) - score * label +
      Math.log1p(Math.exp(-Math.abs(score))),
    predict: sigmoid,
  },
  squared: {
    place: 1,
    start: meanLabel,
    measure: (score, label) => (score - label) ** 2,
    predict: (score) => score,
  },
  poisson: {
    place: 2,
    start: startLogMean,
    measure: (score, label) => Math.exp(score) - label * score,
    predict: Math.exp,
  },
  quantile: {
    place: 3,
    start: ({ label, weight }, quantile) =>
      weightedQuantile(label.slice(), weight?.slice() ?? null, quantile),
    measure: (score, label, quantile) =>
      label > score
        ? quantile * (label - score)
        : (1 - quantile) * (score - label),
    predict: (score) => score,
  },
};

/**
 * Mean loss of rows.
 *
 * @param loss Which, and of which quantile.
 * @param scores Shape [rows].
 * @param rows Their labels and weights.
 * @returns The weighted mean.
 */
export function meanLoss(
  { loss, quantile }: { loss: Loss; quantile: number },
  scores: Float64Array,
  { label, weight }: BoostingRows,
): number {
  const { measure } = LOSSES[loss];
  let sum = 0;
  let whole = 0;
  for (let row = 0; row < label.length; row++) {
    const heft = weight?.[row] ?? 1;
    const score = scores[row] as number;
    sum += heft * measure(score, label[row] as number, quantile);
    whole += heft;
  }
  return sum / whole;
}

function meanLabel({ label, weight }: BoostingRows): number {
  let sum = 0;
  let whole = 0;
  for (let row = 0; row < label.length; row++) {
    const heft = weight?.[row] ?? 1;
    sum += heft * (label[row] as number);
    whole += heft;
  }
  return sum / whole;
}

function startOdds(rows: BoostingRows): number {
  const mean = meanLabel(rows);
  return mean > 0 && mean < 1
    ? Math.log(mean / (1 - mean))
    : logOdds(rows.label);
}

/** Log of the mean count; of half a count in all where there is none. */
function startLogMean(rows: BoostingRows): number {
  const mean = meanLabel(rows);
  return Math.log(mean > 0 ? mean : 0.5 / rows.label.length);
}
