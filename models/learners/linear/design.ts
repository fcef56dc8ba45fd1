/**
 * Columns made alike: read as float32, as the served model reads them, and each
 * known by its weighted mean and deviation, so that a penalty treats them alike.
 *
 * Nothing is copied into standard units: that happens value by value.
 *
 * @module
 */
import { EngineError, type RowDataset } from "@moe/plugin";

/** What a regression learns from. */
export interface WeightedRows
  extends Pick<RowDataset, "columns" | "label" | "weight"> {
  /** Names of the columns, for messages. */
  readonly names?: readonly string[];
}

/** Columns with what standardises them: (x - centre) · scale. */
export interface Design {
  /** Shape [columns][rows]. */
  readonly columns: readonly Float32Array[];
  /** Weight of each row, shape [rows]. */
  readonly weight: Float64Array;
  /** Weight of all rows. */
  readonly total: number;
  /** Weighted mean of each column, rounded to float32. */
  readonly centres: Float64Array;
  /** One over the weighted deviation, 0 for a column that does not vary. */
  readonly scales: Float64Array;
}

/** Deviations below would give scales that float32 cannot hold. */
const LEAST_DEVIATION = 1e-30;

/**
 * Standardises.
 *
 * @param rows Columns without NaN.
 * @returns The design.
 * @throws {EngineError} `dataset_invalid` if a value is not finite in float32, or
 * the weights are negative or all zero.
 */
export function standardise(
  { columns, label, weight, names }: WeightedRows,
): Design {
  const weights = weight ?? new Float64Array(label.length).fill(1);
  const total = checkWeights(weights);
  const singles = columns.map((column, at) =>
    single(column, names?.[at] ?? `${at + 1}`)
  );
  const stats = singles.map((column) => spread(column, weights, total));
  return {
    columns: singles,
    weight: weights,
    total,
    centres: Float64Array.from(stats, ({ centre }) => centre),
    scales: Float64Array.from(stats, ({ scale }) => scale),
  };
}

function checkWeights(weight: Float64Array): number {
  const wrong = weight.findIndex((value) => !(value >= 0 && value < Infinity));
  if (wrong >= 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot weigh row ${wrong + 1} by "${
        weight[wrong]
      }": a weight must be a finite number from 0 up`,
    );
  }
  const total = weight.reduce((sum, value) => sum + value, 0);
  if (total > 0) return total;
  throw new EngineError(
    "dataset_invalid",
    "Cannot fit to rows whose weights are all 0",
  );
}

function single(column: Float64Array, name: string): Float32Array {
  const wrong = column.findIndex((value) =>
    !Number.isFinite(Math.fround(value))
  );
  if (wrong >= 0) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot fit to column "${name}": its value in row ${
        wrong + 1
      } is missing or beyond float32`,
    );
  }
  return Float32Array.from(column);
}

function spread(column: Float32Array, weight: Float64Array, total: number) {
  let sum = 0;
  for (let row = 0; row < column.length; row++) {
    sum += (weight[row] as number) * (column[row] as number);
  }
  const centre = Math.fround(sum / total);
  let squares = 0;
  for (let row = 0; row < column.length; row++) {
    squares += (weight[row] as number) *
      ((column[row] as number) - centre) ** 2;
  }
  const deviation = Math.sqrt(squares / total);
  const varies = deviation > 1e-7 * Math.abs(centre) &&
    deviation > LEAST_DEVIATION;
  return { centre, scale: varies ? 1 / deviation : 0 };
}

/**
 * Adds a standardised column to scores.
 *
 * @param scores Added to, shape [rows].
 * @param design The columns.
 * @param step Which column, and times what.
 */
export function addColumn(
  scores: Float64Array,
  { columns, centres, scales }: Design,
  { at, times }: { at: number; times: number },
): void {
  const column = columns[at] as Float32Array;
  const centre = centres[at] as number;
  const factor = times * (scales[at] as number);
  if (factor === 0) return;
  for (let row = 0; row < scores.length; row++) {
    scores[row] = (scores[row] as number) +
      factor * ((column[row] as number) - centre);
  }
}

/**
 * Sums rows times a standardised column.
 *
 * @param values Shape [rows].
 * @param design The columns.
 * @param at Which column.
 * @returns Σ value · (x - centre) · scale.
 */
export function product(
  values: Float64Array,
  { columns, centres, scales }: Design,
  at: number,
): number {
  const column = columns[at] as Float32Array;
  const centre = centres[at] as number;
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    sum += (values[row] as number) * ((column[row] as number) - centre);
  }
  return (scales[at] as number) * sum;
}
