/**
 * What a linear score stands for: log odds of a chance, a number, or the logarithm
 * of a count. All three links are canonical, so the slope of the loss by the score
 * is the prediction less the label.
 *
 * @see McCullagh and Nelder (1989), Generalized Linear Models
 * @module
 */
import { EngineError } from "@moe/plugin";

/** How labels came about: chances, numbers, counts. */
export type GlmFamily = "logistic" | "linear" | "poisson";

/** A canonical link and its negative log likelihood. */
export interface Link {
  /** Mean label of a score. */
  mean(score: number): number;
  /** Negative log likelihood of a label, up to a constant of the label. */
  loss(score: number, label: number): number;
  /** Second derivative of the loss by the score, from the mean. */
  curvature(mean: number): number;
  /** Score of a mean label, kept finite; `rows` is the weight of all rows. */
  scoreOf(mean: number, rows: number): number;
  /** Whether a label can be. */
  accepts(label: number): boolean;
  /** What labels must be, for messages. */
  readonly labels: string;
}

/** The links by family. */
export const LINKS: Readonly<Record<GlmFamily, Link>> = {
  logistic: {
    mean: sigmoid,
    loss: (score, label) =>
      Math.max(score, 0) - score * label +
      Math.log1p(Math.exp(-Math.abs(score))),
    curvature: (mean) => mean * (1 - mean),
    scoreOf: (mean, rows) => {
      const ones = mean * rows;
      const half = mean > 0 && mean < 1 ? 0 : 0.5;
      return Math.log((ones + half) / (rows - ones + half));
    },
    accepts: (label) => label >= 0 && label <= 1,
    labels: "from 0 to 1",
  },
  linear: {
    mean: (score) => score,
    loss: (score, label) => (score - label) ** 2 / 2,
    curvature: () => 1,
    scoreOf: (mean) => mean,
    accepts: Number.isFinite,
    labels: "a finite number",
  },
  poisson: {
    mean: Math.exp,
    loss: (score, label) => Math.exp(score) - score * label,
    curvature: (mean) => mean,
    scoreOf: (mean, rows) => Math.log(mean > 0 ? mean : 0.5 / rows),
    accepts: (label) => label >= 0 && label < Infinity,
    labels: "a finite number from 0 up",
  },
};

/**
 * Chance of log odds.
 *
 * @param odds Log odds.
 * @returns Probability.
 */
export function sigmoid(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

/**
 * Log odds of the mean label, kept finite when all labels agree.
 *
 * @param label In [0, 1], shape [rows].
 * @returns Log odds, at most 1 / (rows + 1) away from certainty.
 */
export function logOdds(label: Float64Array): number {
  const ones = label.reduce((sum, value) => sum + value, 0);
  return LINKS.logistic.scoreOf(ones / label.length, label.length);
}

/**
 * Refuses labels that a family cannot explain.
 *
 * @param label Shape [rows].
 * @param family How they should have come about; chances if not given.
 * @param target Name of the column of labels, for messages.
 * @throws {EngineError} `dataset_invalid` if there are none, or one cannot be.
 */
export function checkLabels(
  label: Float64Array,
  family: GlmFamily = "logistic",
  target?: string,
): void {
  if (label.length === 0) {
    throw new EngineError("dataset_invalid", "Cannot fit without rows");
  }
  const { accepts, labels } = LINKS[family];
  const wrong = label.findIndex((value) => !accepts(value));
  if (wrong >= 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot fit to label "${label[wrong]}" of ${
        target === undefined ? "" : `target "${target}", `
      }row ${wrong + 1}: a label must be ${labels}`,
    );
  }
}
