/**
 * What draws of one number say.
 *
 * @module
 */
import type { Estimate } from "@moe/plugin";
import { quantile } from "../../math/chains.ts";

/** Ends of a 90 % interval. */
const LOW = 0.05;
const HIGH = 0.95;

/**
 * Mean and 90 % interval of draws.
 *
 * @param draws Shape [draws], in any order.
 * @returns The estimate.
 */
export function estimate(draws: Float64Array): Estimate {
  const sorted = draws.toSorted();
  const mean = draws.reduce((sum, one) => sum + one, 0) / draws.length;
  return { mean, interval: [quantile(sorted, LOW), quantile(sorted, HIGH)] };
}

/**
 * Continuous ranked probability score of draws against what happened: the mean
 * distance to it, less half the mean distance between draws.
 *
 * @see Gneiting and Raftery (2007), Strictly Proper Scoring Rules
 * @param sorted Ascending, shape [draws].
 * @param actual What happened.
 * @returns In the unit of the outcome; 0 is perfect.
 */
export function rankedScore(sorted: Float64Array, actual: number): number {
  const count = sorted.length;
  let distance = 0;
  let spread = 0;
  for (let at = 0; at < count; at++) {
    const value = sorted[at] as number;
    distance += Math.abs(value - actual);
    spread += (2 * at + 1 - count) * value;
  }
  return distance / count - spread / (count * count);
}
