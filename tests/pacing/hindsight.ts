/**
 * The best that could have been done, had everything been known.
 *
 * @module
 */
import { DAY_MS } from "../../core/domain/day.ts";
import type { Auctions } from "./auctions.ts";
import { shadeRatio } from "./shading.ts";

/** A benchmark's caps, micros; a day's cap, or the whole's. */
export interface Caps {
  readonly capMicros: number;
  readonly dayCapMicros: number | null;
}

/**
 * The fractional knapsack: auctions by value per price until the money is gone. No bidder
 * gets more, at any price rule, as none pays less than the competing bid.
 *
 * @param skip Auctions that could not be bid on.
 */
export function hindsight(
  auctions: Auctions,
  caps: Caps,
  skip: (at: number) => boolean = () => false,
): number {
  return periodsOf(auctions, caps).reduce(
    (sum, { rows, cap }) =>
      sum +
      knapsack(auctions, rows.filter((row) => !skip(at(auctions, row))), cap),
    0,
  );
}

/** The most profit, value less price, that the money buys; the same knapsack. */
export function profitInHindsight(auctions: Auctions, caps: Caps): number {
  const { value, rival } = auctions;
  const profit = value.map((value, row) =>
    Math.max(0, value - (rival[row] ?? 0))
  );
  return hindsight({ ...auctions, value: profit }, caps);
}

/** The most value that keeps the budget and brings so much value per micro, on average. */
export function hindsightWithReturn(
  { value, rival, count }: Auctions,
  { capMicros, leastReturn }: {
    readonly capMicros: number;
    readonly leastReturn: number;
  },
): number {
  const worth = (row: number) => (value[row] ?? 0) / (rival[row] ?? 1);
  const rows = Array.from({ length: count }, (_, row) => row)
    .sort((a, b) => worth(b) - worth(a));
  let [cost, won] = [0, 0];
  for (const row of rows) {
    const more = [cost + (rival[row] ?? 0), won + (value[row] ?? 0)] as const;
    if (more[0] > capMicros || more[1] < leastReturn * more[0]) break;
    [cost, won] = more;
  }
  return won;
}

/**
 * The best that one multiplier, known beforehand for each period, gets by shading each
 * bid with the true win curve: what a first-price bidder can hope for who does not see
 * the competing bid.
 */
export function bestShaded(
  auctions: Auctions,
  caps: Caps,
  skip: (at: number) => boolean = () => false,
): number {
  return periodsOf(auctions, caps).reduce((sum, { rows: all, cap }) => {
    const rows = all.filter((row) => !skip(at(auctions, row)));
    let [low, high] = [1e-3, 1e3];
    for (let halving = 0; halving < 40; halving++) {
      const middle = Math.sqrt(low * high);
      if (shaded(auctions, rows, middle).cost > cap) low = middle;
      else high = middle;
    }
    return sum + shaded(auctions, rows, high).value;
  }, 0);
}

function periodsOf(auctions: Auctions, { capMicros, dayCapMicros }: Caps) {
  const periods = new Map<number, number[]>();
  for (let row = 0; row < auctions.count; row++) {
    const day = dayCapMicros === null
      ? 0
      : Math.floor(at(auctions, row) / DAY_MS);
    const rows = periods.get(day) ?? [];
    rows.push(row);
    periods.set(day, rows);
  }
  return [...periods.values()].map((rows) => ({
    rows,
    cap: dayCapMicros ?? capMicros,
  }));
}

function at({ at }: Auctions, row: number): number {
  return at[row] ?? 0;
}

function knapsack(
  { value, rival }: Auctions,
  rows: readonly number[],
  cap: number,
): number {
  const worth = (row: number) => (value[row] ?? 0) / (rival[row] ?? 1);
  let [left, sum] = [cap, 0];
  for (const row of [...rows].sort((a, b) => worth(b) - worth(a))) {
    const price = rival[row] ?? 0;
    const part = Math.min(1, left / price);
    sum += part * (value[row] ?? 0);
    left -= part * price;
    if (left <= 0) break;
  }
  return sum;
}

function shaded(
  { value, rival, median }: Auctions,
  rows: readonly number[],
  multiplier: number,
): { readonly cost: number; readonly value: number } {
  let [cost, won] = [0, 0];
  for (const row of rows) {
    const usual = median[row] ?? 1;
    const worth = (value[row] ?? 0) / multiplier;
    const bid = Math.floor(usual * shadeRatio(worth / usual));
    if (bid <= (rival[row] ?? 0)) continue;
    cost += bid;
    won += value[row] ?? 0;
  }
  return { cost, value: won };
}
