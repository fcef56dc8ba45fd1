/**
 * Raw features as small whole numbers: bin 0 holds the missing values, those of a
 * number lie between quantiles, those of words are the commonest and then all others.
 *
 * @module
 */
import type { FeatureValue } from "../../domain/feature.ts";
import { binAmong, equalMassEdges } from "../../domain/reference_spread.ts";

/** Bins of numbers at most, beside the missing. */
const MOST_BINS = 16;
/** Words with a bin of their own. */
const MOST_WORDS = 30;

/** One feature, binned. */
export interface BinnedInput {
  /** Bin of each row, shape [rows]. */
  readonly bins: Uint8Array;
  /** How many bins there may be. */
  readonly size: number;
}

/** How to bin one feature. */
export interface Binning {
  readonly size: number;
  binOf(value: FeatureValue): number;
}

/** Learns how to bin a feature from its values; words make it a category. */
export function learnBinning(values: readonly FeatureValue[]): Binning {
  return values.some((value) => typeof value === "string")
    ? binWords(values)
    : binNumbers(values);
}

/** Bins values. */
export function binInput(
  { size, binOf }: Binning,
  values: readonly FeatureValue[],
): BinnedInput {
  return { bins: Uint8Array.from(values, binOf), size };
}

function binNumbers(values: readonly FeatureValue[]): Binning {
  const numbers = Float64Array.from(
    values.filter((value) => typeof value === "number"),
    Number,
  ).sort();
  const edges = equalMassEdges(numbers, MOST_BINS);
  return {
    size: edges.length + 2,
    binOf: (value) =>
      typeof value === "number" ? 1 + binAmong(edges, value) : 0,
  };
}

function binWords(values: readonly FeatureValue[]): Binning {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value === null) continue;
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  const words = [...counts].sort(([a, often], [b, oftener]) =>
    oftener - often || (a < b ? -1 : 1)
  ).slice(0, MOST_WORDS).map(([word]) => word);
  const binOfWord = new Map(words.map((word, place) => [word, place + 1]));
  return {
    size: words.length + 2,
    binOf: (value) =>
      value === null ? 0 : binOfWord.get(String(value)) ?? words.length + 1,
  };
}
