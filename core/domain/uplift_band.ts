/**
 * A Qini curve with the band in which chance alone would move it.
 *
 * @module
 */
import { type GainCurve, qiniCurve } from "./uplift_measures.ts";
import type { ScoredRows } from "./uplift_ranking.ts";
import { drawCounts, intervalOf } from "./uplift_replicates.ts";

/** Where a curve is read, and how far it may lie. */
export interface BandPoint {
  /** Share of the rows taken, [0, 1]. */
  readonly share: number;
  /** Outcome units gained among the treated rows. */
  readonly gain: number;
  /** Low end of the interval. */
  readonly low: number;
  /** High end of the interval. */
  readonly high: number;
}

/** How to draw the band. */
export interface BandOptions {
  /** Steps between no row and all rows. */
  readonly steps: number;
  /** How many draws. */
  readonly replicates: number;
  /** Any safe integer. */
  readonly seed: number;
  /** Share of the draws that lies inside, such as 0.9. */
  readonly level: number;
}

/**
 * Reads a Qini curve at equal steps, and draws its rows again for the band.
 *
 * @param rows Scored rows without weights.
 * @param options How.
 * @returns Points from share 0 to 1, shape [steps + 1].
 */
export function qiniBand(
  rows: ScoredRows,
  { steps, replicates, seed, level }: BandOptions,
): BandPoint[] {
  const shares = Array.from({ length: steps + 1 }, (_, step) => step / steps);
  const actual = readAt(qiniCurve(rows), shares);
  const draws = Array.from({ length: replicates }, (_, draw) => {
    const weight = drawCounts(rows.treated, seed + draw);
    return readAt(qiniCurve({ ...rows, weight }), shares);
  });
  return shares.map((share, step) => {
    const there = Float64Array.from(draws, (curve) => curve[step] as number);
    const [low, high] = intervalOf(there, level);
    return { share, gain: actual[step] as number, low, high };
  });
}

/** Gains at shares of the rows, ascending; between points on the straight line. */
function readAt(
  { taken, gain }: GainCurve,
  shares: readonly number[],
): Float64Array {
  const all = taken.at(-1) ?? 0;
  let point = 1;
  return Float64Array.from(shares, (share) => {
    const wanted = share * all;
    while (point < taken.length - 1 && (taken[point] as number) < wanted) {
      point++;
    }
    const [from, until] = [taken[point - 1], taken[point]] as [number, number];
    const [low, high] = [gain[point - 1], gain[point]] as [number, number];
    const part = until > from ? (wanted - from) / (until - from) : 1;
    return low + Math.min(1, part) * (high - low);
  });
}
