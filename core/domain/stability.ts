/**
 * The population stability index of counts in the same bins, and what chance alone
 * makes of it: without drift it is about (1/n + 1/m) × χ² with bins − 1 degrees of
 * freedom, for n and m rows. A fixed limit such as 0.1 measures the sample's size
 * first.
 *
 * @see Yurdakul and Naranjo (2020), Statistical properties of the population stability
 * index, Journal of Risk Model Validation 14(4)
 * @module
 */
import { chiSquareQuantile } from "./distributions.ts";

/** Share that an empty bin is given. */
const EMPTY_SHARE = 1e-4;

/**
 * Population stability index Σ (c − r) × ln(c ÷ r) of shares r before and c now.
 *
 * @param before Counts to compare with, shape [bins].
 * @param now Counts that are compared, shape [bins].
 * @param emptyShare What an empty bin counts as; the others stay as they are.
 * @returns At least 0.
 */
export function stabilityIndex(
  before: readonly number[],
  now: readonly number[],
  emptyShare = EMPTY_SHARE,
): number {
  const [n, m] = [total(now), total(before)];
  return now.reduce((index, count, bin) => {
    const share = count / n || emptyShare;
    const usual = (before[bin] ?? 0) / m || emptyShare;
    return index + (share - usual) * Math.log(share / usual);
  }, 0);
}

/**
 * Index that chance alone exceeds so often, for so many values in so many bins.
 *
 * @param rows How many rows there are now (`n`) and before (`m`), in how many bins,
 * and how often chance may exceed it.
 * @returns The critical index.
 */
export function criticalIndex(
  { n, m, bins, chance }: {
    readonly n: number;
    readonly m: number;
    readonly bins: number;
    readonly chance: number;
  },
): number {
  return (1 / n + 1 / m) * chiSquareQuantile(1 - chance, bins - 1);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0);
}
