/**
 * First-price shading against a lognormal competing bid, from a table: the best bid over
 * the median depends on the worth over the median alone.
 *
 * @module
 */
import type { Shade, WinCurve } from "../../core/decisions/pacing/worth.ts";
import { RIVAL_SPREAD } from "./auctions.ts";

const ROWS = 400;
const [LOWEST, HIGHEST] = [-6, 6];
const BIDS = 2000;

const medians = new WeakMap<WinCurve, number>();
const table = Float64Array.from({ length: ROWS + 1 }, (_, row) => best(row));

/** The chance that a bid beats a competing bid with that median. */
export function rivalCurve(median: number): WinCurve {
  const curve = (bid: number) =>
    normalShare(Math.log(bid / median) / RIVAL_SPREAD);
  medians.set(curve, median);
  return curve;
}

/** Shades a bid on a curve of {@link rivalCurve}. */
export const shadeByTable: Shade = (worth, chanceOf) => {
  const median = medians.get(chanceOf) ?? NaN;
  return median * shadeRatio(worth / median);
};

/** The best bid over the median, of the worth over the median. */
export function shadeRatio(ratio: number): number {
  const place = (Math.log(ratio) - LOWEST) / (HIGHEST - LOWEST) * ROWS;
  const row = Math.min(Math.max(Math.floor(place), 0), ROWS - 1);
  const part = Math.min(Math.max(place - row, 0), 1);
  return (table[row] ?? 0) * (1 - part) + (table[row + 1] ?? 0) * part;
}

function best(row: number): number {
  const worth = Math.exp(LOWEST + (HIGHEST - LOWEST) * row / ROWS);
  let [most, at] = [0, 0];
  for (let step = 1; step < BIDS; step++) {
    const bid = worth * step / BIDS;
    const left = (worth - bid) * normalShare(Math.log(bid) / RIVAL_SPREAD);
    if (left > most) [most, at] = [left, bid];
  }
  return at;
}

/**
 * Share of the standard normal below a number, to 1e-7.
 *
 * @see Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.2.17
 */
function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * t *
    (0.31938153 +
      t * (-0.356563782 +
          t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
