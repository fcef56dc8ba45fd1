/**
 * Columns as a byte a row, for histograms: bin 0 is missing, bin b holds the values
 * above cut b - 2 and up to cut b - 1. The last cut is `Infinity`.
 *
 * Values are read as float32, as the served model reads them. A cut lies between
 * two neighbouring values and is rounded down to float32, so that `value <= cut`
 * says the same in training, in our evaluator and in ONNX.
 *
 * @module
 */

/** Columns in bins. */
export interface Binned {
  readonly rows: number;
  /** Shape [columns][rows]. */
  readonly columns: readonly Uint8Array[];
  /** Shape [columns][bins of the column], ascending. */
  readonly cuts: readonly Float32Array[];
}

/** Bins of a column at most, without that of the missing. */
export const MOST_BINS = 254;

/**
 * Chooses where to cut each column: between all its values if they are few,
 * otherwise at quantiles.
 *
 * @param columns Shape [columns][rows]; NaN is missing.
 * @returns Cuts, shape [columns][bins].
 */
export function findCuts(columns: readonly Float64Array[]): Float32Array[] {
  return columns.map((column) => {
    const sorted = Float32Array.from(column)
      .filter((value) => !Number.isNaN(value)).sort();
    return Float32Array.from([...columnCuts(sorted), Infinity]);
  });
}

/**
 * Puts rows into bins.
 *
 * @param columns Shape [columns][rows]; NaN is missing.
 * @param cuts As {@link findCuts} chose them.
 * @returns The binned columns.
 */
export function putInBins(
  columns: readonly Float64Array[],
  cuts: readonly Float32Array[],
): Binned {
  return {
    rows: columns[0]?.length ?? 0,
    columns: columns.map((column, at) =>
      Uint8Array.from(column, (value) => binOf(value, cuts[at] as Float32Array))
    ),
    cuts,
  };
}

function binOf(value: number, cuts: Float32Array): number {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return 0;
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (single <= (cuts[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low + 1;
}

function columnCuts(sorted: Float32Array): number[] {
  const distinct = countDistinct(sorted);
  const wanted = distinct <= MOST_BINS ? 0 : sorted.length / MOST_BINS;
  const cuts: number[] = [];
  let filled = 0;
  for (let at = 1; at < sorted.length && cuts.length < MOST_BINS - 1; at++) {
    const below = sorted[at - 1] as number;
    const above = sorted[at] as number;
    if (below === above || at - filled < wanted) continue;
    cuts.push(between(below, above));
    filled = at;
  }
  return cuts;
}

function countDistinct(sorted: Float32Array): number {
  let count = 0;
  for (let at = 0; at < sorted.length; at++) {
    if (at === 0 || sorted[at] !== sorted[at - 1]) count++;
  }
  return count;
}

/** A float32 in [below, above), half way when it can be. */
function between(below: number, above: number): number {
  const middle = roundDown(below / 2 + above / 2);
  return middle >= below && middle < above ? middle : below;
}

/**
 * Rounds down to float32.
 *
 * @param value Any number.
 * @returns The greatest float32 that is not above it.
 */
export function roundDown(value: number): number {
  const near = Math.fround(value);
  if (!(near > value)) return near;
  const single = Float32Array.of(near);
  const bits = new Int32Array(single.buffer);
  if (near === 0) return -1.401298464324817e-45;
  bits[0] = (bits[0] as number) + (near > 0 ? -1 : 1);
  return single[0] as number;
}
