/**
 * A price to begin with, from a sample of the entities.
 *
 * @module
 */
import { valueAt } from "./curve.ts";
import { demandAt } from "./demand.ts";
import { type Market, quote } from "./market.ts";

const STEPS = 24;

/**
 * Guesses the price at which a node takes a share of what it can.
 *
 * @param share Of the way from its members' least to their most, in [0, 1].
 */
export function guessPrice(market: Market, share: number): number {
  const chord = chordSlope(market);
  const size = sizeOf(market);
  if (size < 2048 || !(chord > 0)) return chord;
  const stride = Math.floor(Math.sqrt(size) / 2);
  const { base } = market.t;
  let low = base;
  let high = Infinity;
  let probe = chord;
  for (let step = 0; step < STEPS; step++) {
    const taken = shareTaken(market, probe, stride);
    if (taken > share) low = probe;
    else high = probe;
    if (Math.abs(taken - share) < 1e-3 || high - low < 1e-3 * high) break;
    probe = high === Infinity
      ? base + 3 * (low - base)
      : low === base
      ? base + (high - base) / 3
      : base + Math.sqrt((low - base) * (high - base));
  }
  return probe;
}

/** What a price makes a sample take, of the way from least to most. */
function shareTaken(
  { t, tree, node }: Market,
  price: number,
  stride: number,
): number {
  let least = 0;
  let most = 0;
  let sum = 0;
  const end = tree.end[node] as number;
  for (let at = tree.first[node] as number; at < end; at += stride) {
    sum += demandAt(t, at, quote(price, "less"));
    least += t.lo[at] as number;
    most += t.hi[at] as number;
  }
  return most > least ? (sum - least) / (most - least) : 0;
}

/** What a sample brings at most, by what that costs. */
function chordSlope(market: Market): number {
  const { t, tree, node } = market;
  let rise = 0;
  let run = 0;
  const stride = Math.max(1, sizeOf(market) >> 8);
  const end = tree.end[node] as number;
  for (let at = tree.first[node] as number; at < end; at += stride) {
    const lo = t.lo[at] as number;
    const hi = t.hi[at] as number;
    if (hi > lo) {
      rise += valueAt(t, at, hi) - valueAt(t, at, lo);
      run += hi - lo;
    }
  }
  return run > 0 ? rise / run : 0;
}

function sizeOf({ tree, node }: Market): number {
  return (tree.end[node] as number) - (tree.first[node] as number);
}
