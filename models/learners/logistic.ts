/**
 * Logistic regression with a quadratic penalty, fitted by L-BFGS.
 *
 * Columns are standardised inside, so the penalty treats them alike; the
 * intercept is free. A column that does not vary gets the weight zero. Columns
 * are read as float32, as the served model reads them.
 *
 * @module
 */
import { EngineError, type RowDataset } from "@moe/plugin";
import { minimize } from "../math/lbfgs.ts";

/** A fitted regression: chance = 1 / (1 + e^-(intercept + Σ weight · (x - centre) · scale)). */
export interface Logistic {
  /** Log odds of a row at the centres. */
  readonly intercept: number;
  /** Log odds per standard deviation, shape [columns]. */
  readonly weights: Float64Array;
  /** Mean of each column, rounded to float32, shape [columns]. */
  readonly centres: Float64Array;
  /** One over the standard deviation, 0 for a column that does not vary. */
  readonly scales: Float64Array;
}

/** How to fit. */
export interface LogisticOptions {
  /** Strength of the penalty ½·l2·Σ weight². */
  readonly l2: number;
  /** Steps at most. */
  readonly steps: number;
}

type Rows = Pick<RowDataset, "columns" | "label">;

/**
 * Fits the regression.
 *
 * @param rows Columns without NaN, label in [0, 1].
 * @param options Penalty and limit.
 * @returns The fitted regression; the same for the same rows and options.
 * @throws {EngineError} `dataset_invalid` if there are no rows, a label is outside [0, 1], or a value is not finite.
 */
export function fitLogistic(
  { columns, label }: Rows,
  { l2, steps }: LogisticOptions,
): Logistic {
  checkLabels(label);
  const singles = columns.map(single);
  const stats = singles.map(standardise);
  const width = columns.length;
  const start = new Float64Array(width + 1);
  start[width] = logOdds(label);
  const problem = { columns: singles, label, stats, l2 };
  const found = minimize(
    (x, gradient) => penalisedLoss(problem, x, gradient),
    start,
    { steps, tolerance: 1e-6 * Math.sqrt(label.length) },
  );
  return {
    intercept: found[width] as number,
    weights: found.subarray(0, width),
    centres: Float64Array.from(stats, ({ centre }) => centre),
    scales: Float64Array.from(stats, ({ scale }) => scale),
  };
}

/**
 * Predicts chances.
 *
 * @param model The fitted regression.
 * @param columns Shape [columns][rows].
 * @returns Probability of a 1, shape [rows]; NaN where a column is NaN.
 */
export function predictLogistic(
  { intercept, weights, centres, scales }: Logistic,
  columns: readonly Float64Array[],
): Float64Array {
  const odds = new Float64Array(columns[0]?.length ?? 0).fill(intercept);
  columns.forEach((column, at) => {
    const centre = centres[at] as number;
    const weight = (weights[at] as number) * (scales[at] as number);
    for (let row = 0; row < odds.length; row++) {
      const x = Math.fround(column[row] as number);
      odds[row] = (odds[row] as number) + weight * (x - centre);
    }
  });
  return odds.map(sigmoid);
}

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
  return ones === 0 || ones === label.length
    ? Math.log((ones + 0.5) / (label.length - ones + 0.5))
    : Math.log(ones / (label.length - ones));
}

/**
 * Refuses labels that are no chances.
 *
 * @param label Shape [rows].
 * @throws {EngineError} `dataset_invalid` if there are none, or one is outside [0, 1].
 */
export function checkLabels(label: Float64Array): void {
  if (label.length === 0) {
    throw new EngineError("dataset_invalid", "Cannot fit without rows");
  }
  const wrong = label.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong >= 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot fit to label "${
        label[wrong]
      }" of row ${wrong}: a label must be from 0 to 1`,
    );
  }
}

interface Standard {
  readonly centre: number;
  readonly scale: number;
}

function single(column: Float64Array, at: number): Float32Array {
  const wrong = column.findIndex((value) =>
    !Number.isFinite(Math.fround(value))
  );
  if (wrong >= 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot fit to column ${at}: its value in row ${wrong} is missing or beyond float32`,
    );
  }
  return Float32Array.from(column);
}

function standardise(column: Float32Array): Standard {
  let sum = 0;
  for (const value of column) sum += value;
  const centre = Math.fround(sum / column.length);
  let squares = 0;
  for (const value of column) squares += (value - centre) ** 2;
  const deviation = Math.sqrt(squares / column.length);
  const varies = deviation > 1e-7 * Math.abs(centre);
  return { centre, scale: varies ? 1 / deviation : 0 };
}

interface Problem {
  readonly columns: readonly Float32Array[];
  readonly label: Float64Array;
  readonly stats: readonly Standard[];
  readonly l2: number;
}

/** Negative log likelihood plus penalty; `x` holds the weights, then the intercept. */
function penalisedLoss(
  { columns, label, stats, l2 }: Problem,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const width = columns.length;
  let base = x[width] as number;
  stats.forEach(({ centre, scale }, at) => {
    base -= (x[at] as number) * scale * centre;
  });
  const odds = new Float64Array(label.length).fill(base);
  columns.forEach((column, at) => {
    const weight = (x[at] as number) * (stats[at]?.scale ?? 0);
    if (weight !== 0) addColumn(odds, column, weight);
  });
  const { loss, excess } = turnToErrors(odds, label);
  gradient[width] = excess;
  let penalty = 0;
  columns.forEach((column, at) => {
    const { centre, scale } = stats[at] as Standard;
    const weight = x[at] as number;
    gradient[at] = scale * (product(column, odds) - centre * excess) +
      l2 * weight;
    penalty += l2 * weight * weight / 2;
  });
  return loss + penalty;
}

/** Turns log odds into predicted minus actual, in place. */
function turnToErrors(
  odds: Float64Array,
  label: Float64Array,
): { loss: number; excess: number } {
  let loss = 0;
  let excess = 0;
  for (let row = 0; row < odds.length; row++) {
    const z = odds[row] as number;
    const truth = label[row] as number;
    loss += Math.max(z, 0) - z * truth + Math.log1p(Math.exp(-Math.abs(z)));
    const error = sigmoid(z) - truth;
    excess += error;
    odds[row] = error;
  }
  return { loss, excess };
}

function addColumn(
  to: Float64Array,
  column: Float32Array,
  weight: number,
): void {
  for (let row = 0; row < to.length; row++) {
    to[row] = (to[row] as number) + weight * (column[row] as number);
  }
}

function product(column: Float32Array, errors: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < errors.length; row++) {
    sum += (column[row] as number) * (errors[row] as number);
  }
  return sum;
}
