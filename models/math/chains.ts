/**
 * What chains say of a quantity, and how far that can be trusted: rank-normalised
 * split R-hat, effective sample sizes of the bulk and of the tails, standard error.
 *
 * @see Vehtari et al. (2021), Rank-Normalization, Folding, and Localization: An
 * Improved R-hat, Bayesian Analysis 16(2)
 * @module
 */
import { normalQuantile } from "./normal_quantile.ts";

/** What chains say of one quantity. */
export interface QuantitySummary {
  readonly mean: number;
  readonly deviation: number;
  /** Standard error of the mean that comes from drawing. */
  readonly standardError: number;
  /** Below 1.01 is sound; NaN if the draws do not vary. */
  readonly rHat: number;
  /** Independent draws worth as much, for the middle; NaN if they do not vary. */
  readonly bulkDraws: number;
  /** The same for the 5 and 95 % quantiles. */
  readonly tailDraws: number;
}

/** How well the worst of many quantities is known. */
export interface Mixing {
  /** Largest R-hat. */
  readonly rHat: number;
  /** Least effective sample size, of bulk and tail. */
  readonly effectiveDraws: number;
}

/** Draws of one quantity, a chain each, all of the same length of at least 4. */
export type QuantityChains = readonly Float64Array[];

/** Summarises the draws of one quantity. */
export function summarizeQuantity(chains: QuantityChains): QuantitySummary {
  const all = join(chains);
  const mean = average(all);
  const deviation = Math.sqrt(variance(all));
  const halves = split(chains);
  return {
    mean,
    deviation,
    standardError: deviation / Math.sqrt(effectiveDraws(halves)),
    ...mixing(chains),
  };
}

/** The worst of several quantities; those that do not vary are passed over. */
export function worstMixing(quantities: Iterable<QuantityChains>): Mixing {
  let worst: Mixing = { rHat: 1, effectiveDraws: Infinity };
  for (const chains of quantities) {
    const { rHat, bulkDraws, tailDraws } = mixing(chains);
    if (Number.isNaN(rHat)) continue;
    const tail = Number.isNaN(tailDraws) ? Infinity : tailDraws;
    worst = {
      rHat: Math.max(worst.rHat, rHat),
      effectiveDraws: Math.min(worst.effectiveDraws, bulkDraws, tail),
    };
  }
  return worst;
}

/**
 * Draws of one coordinate of a position.
 *
 * @param draws Of each chain, row-major, shape [draws × size].
 * @param size Numbers of a position.
 * @param index Which.
 */
export function coordinateChains(
  draws: readonly Float64Array[],
  size: number,
  index: number,
): Float64Array[] {
  return draws.map((rows) =>
    Float64Array.from(
      { length: rows.length / size },
      (_, draw) => rows[draw * size + index] as number,
    )
  );
}

/** Value that a share, [0, 1], of the values is below, between neighbours by a line. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (place - below) * (high - low);
}

function mixing(
  chains: QuantityChains,
): Pick<QuantitySummary, "rHat" | "bulkDraws" | "tailDraws"> {
  const sorted = join(chains).sort();
  const middle = quantile(sorted, 0.5);
  const bulk = normalScores(split(chains));
  const folded = split(
    chains.map((chain) => chain.map((value) => Math.abs(value - middle))),
  );
  return {
    rHat: worse(scaleReduction(bulk), scaleReduction(normalScores(folded))),
    bulkDraws: effectiveDraws(bulk),
    tailDraws: Math.min(
      ...[0.05, 0.95].map((share) => {
        const edge = quantile(sorted, share);
        const below = (chain: Float64Array) =>
          chain.map((value) => value <= edge ? 1 : 0);
        return effectiveDraws(split(chains.map(below)));
      }),
    ),
  };
}

function worse(bulk: number, tail: number): number {
  return Number.isNaN(tail) ? bulk : Math.max(bulk, tail);
}

/** Halves of each chain; the middle draw of an odd one is left out. */
function split(chains: QuantityChains): Float64Array[] {
  return chains.flatMap((chain) => {
    const half = Math.floor(chain.length / 2);
    return [chain.subarray(0, half), chain.subarray(chain.length - half)];
  });
}

/** Each draw's rank among all, as a quantile of the standard normal; ties share one. */
function normalScores(chains: QuantityChains): Float64Array[] {
  const all = join(chains);
  const order = all.map((_, at) => at)
    .sort((left, right) => (all[left] as number) - (all[right] as number));
  const scores = new Float64Array(all.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    const value = all[order[start] as number];
    while (end < order.length && all[order[end] as number] === value) end++;
    const rank = (start + 1 + end) / 2;
    const score = normalQuantile((rank - 0.375) / (all.length + 0.25));
    while (start < end) scores[order[start++] as number] = score;
  }
  const { length } = chains[0] as Float64Array;
  return chains.map((_, at) => scores.subarray(at * length, (at + 1) * length));
}

/** Gelman and Rubin's potential scale reduction. */
function scaleReduction(chains: QuantityChains): number {
  const { length } = chains[0] as Float64Array;
  const within = average(Float64Array.from(chains, variance));
  const between = length * variance(Float64Array.from(chains, average));
  return Math.sqrt((between / within + length - 1) / length);
}

/** Effective sample size, by Geyer's initial monotone sequence. */
function effectiveDraws(chains: QuantityChains): number {
  const { length } = chains[0] as Float64Array;
  const means = Float64Array.from(chains, average);
  const within = average(Float64Array.from(chains, variance));
  const total = within * (length - 1) / length +
    (chains.length > 1 ? variance(means) : 0);
  if (!(total > 0)) return NaN;
  const correlation = (lag: number) =>
    1 - (within - covarianceAt(chains, means, lag)) / total;
  const time = correlationTime(correlation, length);
  const draws = chains.length * length;
  return draws / Math.max(time, 1 / Math.log10(draws));
}

/** Sum of correlations over all lags, both ways. */
function correlationTime(
  correlation: (lag: number) => number,
  length: number,
): number {
  const pairs: number[] = [];
  let lag = 0;
  let [even, odd] = [1, correlation(1)];
  while (even + odd > 0 && lag < length - 5) {
    pairs.push(Math.min(even + odd, pairs.at(-1) ?? Infinity));
    lag += 2;
    [even, odd] = [correlation(lag), correlation(lag + 1)];
  }
  const sum = pairs.reduce((sum, pair) => sum + pair, 0);
  return 2 * sum - 1 + Math.max(0, even);
}

/** Mean over chains of the autocovariance at a lag. */
function covarianceAt(
  chains: QuantityChains,
  means: Float64Array,
  lag: number,
): number {
  let sum = 0;
  chains.forEach((chain, at) => {
    const mean = means[at] as number;
    for (let t = lag; t < chain.length; t++) {
      sum += ((chain[t] as number) - mean) *
        ((chain[t - lag] as number) - mean);
    }
  });
  return sum / (chains.length * (chains[0] as Float64Array).length);
}

function join(chains: QuantityChains): Float64Array {
  const { length } = chains[0] as Float64Array;
  const all = new Float64Array(chains.length * length);
  chains.forEach((chain, at) => all.set(chain, at * length));
  return all;
}

function average(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function variance(values: Float64Array): number {
  const mean = average(values);
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / (values.length - 1);
}
