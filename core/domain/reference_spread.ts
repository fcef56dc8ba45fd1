/**
 * How values are spread over fixed bins, so that later values can be counted in the
 * very same ones.
 *
 * @module
 */
import type { ReferenceColumn } from "./evidence.ts";
import type { FeatureValue } from "./feature.ts";

/** Bins of numbers at most, of about equal mass. */
const MOST_BINS = 10;

/**
 * Learns the bins of numbers and counts them.
 *
 * @param name Of the column.
 * @param values Numbers; all else counts as missing.
 * @returns Bins of about equal mass, fewer where many values are equal.
 */
export function learnNumbers(
  name: string,
  values: readonly FeatureValue[],
): ReferenceColumn {
  const numbers = Float64Array.from(
    values.filter((value) => typeof value === "number" && !isNaN(value)),
    Number,
  ).sort();
  const edges = equalMassEdges(numbers, MOST_BINS);
  return withCounts({ name, kind: "number", edges, counts: [] }, values);
}

/**
 * Counts words.
 *
 * @param name Of the column.
 * @param words Those with a bin of their own.
 * @param values Words or null.
 * @returns One bin for each word and one for all others.
 */
export function learnWords(
  name: string,
  words: readonly string[],
  values: readonly FeatureValue[],
): ReferenceColumn {
  return withCounts({ name, kind: "category", words, counts: [] }, values);
}

function withCounts(
  column: ReferenceColumn,
  values: readonly FeatureValue[],
): ReferenceColumn {
  return { ...column, counts: countValues(column, values) };
}

/**
 * Counts values in the bins of a reference.
 *
 * @param column Whose bins.
 * @param values Any values.
 * @returns Rows by bin, the missing last, shape [bins + 1].
 */
export function countValues(
  column: ReferenceColumn,
  values: readonly FeatureValue[],
): number[] {
  const bins = column.kind === "number"
    ? column.edges.length + 1
    : column.words.length + 1;
  const counts = new Array<number>(bins + 1).fill(0);
  for (const value of values) {
    const bin = binOf(column, value) ?? bins;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Null for a value that is missing. */
function binOf(column: ReferenceColumn, value: FeatureValue): number | null {
  if (column.kind === "number") {
    return typeof value !== "number" || isNaN(value)
      ? null
      : binAmong(column.edges, value);
  }
  if (value === null) return null;
  const place = column.words.indexOf(String(value));
  return place < 0 ? column.words.length : place;
}

/**
 * Values at which bins of about equal mass begin.
 *
 * @param numbers Ascending.
 * @param bins How many bins at most.
 * @returns Distinct and ascending, without the least number; fewer where many are equal.
 */
export function equalMassEdges(numbers: Float64Array, bins: number): number[] {
  if (numbers.length === 0) return [];
  const edges = Array.from(
    { length: bins - 1 },
    (_, place) =>
      numbers[Math.floor(numbers.length * (place + 1) / bins)] ?? NaN,
  );
  const [least = NaN] = numbers;
  return [...new Set(edges)].filter((edge) => edge > least);
}

/**
 * Finds the bin of a number.
 *
 * @param edges Ascending; a bin begins at each.
 * @param value No NaN.
 * @returns How many edges are at most the value.
 */
export function binAmong(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? NaN) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
