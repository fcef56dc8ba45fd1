/**
 * The price at which a node of the tree takes exactly a target.
 *
 * Demand falls as the price rises, smoothly except at the slopes of the
 * envelopes' lines, where it jumps. The search keeps a bracket of prices, probes
 * the jumps inside it (so that it ends exactly on the one that matters), and goes
 * on in ln(price − base) when none is left, where base is a price at which everybody
 * takes most: by Newton from one probe, by the cubic through both from two.
 *
 * @module
 */
import { hullOf } from "./curve.ts";
import { response } from "./demand.ts";
import { type Market, quote, takeAt, type Taken } from "./market.ts";

/** Where demand meets the target: between two ends, which are one where demand is smooth. */
export interface Clearing {
  readonly price: number;
  /** Demand that sums to the target or less, and to the target or more. */
  readonly less: Taken;
  readonly more: Taken;
}

/** Where to look. */
export interface Hints {
  /** Prices known to be too low, or right, and too high, or right. */
  readonly low: number;
  readonly high: number;
  /** Where to begin; NaN for the better of the two ends. */
  readonly guess: number;
}

/** Demand at a price, as what it says of the price at which demand is another. */
interface Probe {
  /** ln(price − base). */
  readonly log: number;
  readonly sum: number;
  /** d log / d sum. */
  readonly rate: number;
}

interface Search {
  readonly market: Market;
  readonly target: number;
  readonly jumps: Float64Array;
  low: number;
  high: number;
  sumLow: number;
  sumHigh: number;
  less: Taken;
  more: Taken;
  trial: Taken;
  last: Probe | null;
}

const PROBES = 200;
/** Where demand says nothing and one end is open: factors to go by, one after another. */
const STRIDES = [1.1, 1.5, 4, 64];
/** A target this near to the sum of the floors leaves no choice: the price is infinite. */
const PINNED = 1e-12;

/** Ascending prices at which demand below a node may jump. */
function findJumps({ t, tree, node }: Market): Float64Array {
  const first = tree.first[node] as number;
  const end = tree.end[node] as number;
  const jumps = new Float64Array(end - first);
  const more: number[] = [];
  let count = 0;
  for (let at = first; at < end; at++) {
    if ((t.knee[at] as number) <= (t.lo[at] as number)) continue;
    const shift = t.shift === null ? 0 : t.shift[at] as number;
    jumps[count++] = (t.steep[at] as number) - shift;
    const hull = hullOf(t, at);
    for (let part = 1; part < (hull?.slope.length ?? 0); part++) {
      more.push((hull?.slope[part] as number) - shift);
    }
  }
  const found = jumps.subarray(0, count);
  return (more.length > 0 ? Float64Array.of(...found, ...more) : found).sort();
}

/**
 * Clears.
 *
 * @param market The node; at a price near its base it takes the target or more,
 * and at an infinite price the target or less.
 * @param target The sum wanted.
 * @param hints Where to look.
 */
export function clear(
  market: Market,
  target: number,
  { low, high, guess }: Hints,
): Clearing {
  const { bench, t } = market;
  const search: Search = {
    ...{ market, target, low: Math.max(low, t.base), high },
    ...{ jumps: findJumps(market), sumLow: NaN, sumHigh: NaN },
    less: bench.less,
    more: bench.more,
    trial: bench.trial,
    last: null,
  };
  const edge = clearAtEdge(search);
  if (edge !== null) return edge;
  const size = (market.tree.end[market.node] as number) -
    (market.tree.first[market.node] as number);
  const tolerance = Math.max(1e-14, 4e-16 * Math.sqrt(size)) * target;
  let probe = guess > search.low && guess < high ? guess : startOf(search);
  if (!Number.isNaN(guess)) search.last = null;
  for (let count = 0; count < PROBES; count++) {
    const sum = takeAt(market, quote(probe, "less"), search.trial);
    const { slope, jump } = response;
    if (Math.abs(sum - target) <= tolerance) {
      return { price: probe, less: search.trial, more: search.trial };
    }
    if (sum <= target && sum + jump >= target) {
      swap(search, "less");
      takeAt(market, quote(probe, "more"), search.trial);
      return { price: probe, less: search.less, more: search.trial };
    }
    narrow(search, probe, sum + jump);
    const before = search.last;
    search.last = look(search, probe, { sum, slope });
    const next = chooseProbe(search, aim(search, before), count);
    if (next === null) break;
    probe = next;
  }
  takeAt(market, quote(search.high, "less"), search.less);
  takeAt(market, quote(search.low, "more"), search.more);
  return { price: search.high, less: search.less, more: search.more };
}

/** Targets that are met at the lowest price, or only at an infinite one. */
function clearAtEdge(search: Search): Clearing | null {
  const { market, target, low, high } = search;
  const atLow = takeAt(market, quote(low, "less"), search.trial);
  if (atLow <= target) {
    takeAt(market, quote(low, "more"), search.more);
    return { price: low, less: search.trial, more: search.more };
  }
  if (low > market.t.base) {
    search.last = look(search, low, { sum: atLow, slope: response.slope });
  }
  swap(search, "more");
  const atHigh = takeAt(market, quote(high, "less"), search.less);
  if (high < Infinity) {
    search.last = look(search, high, { sum: atHigh, slope: response.slope });
  }
  const pinned = high === Infinity && target - atHigh <= PINNED * target;
  return pinned || atHigh >= target
    ? { price: high, less: search.less, more: search.less }
    : null;
}

function look(
  { market: { t } }: Search,
  price: number,
  { sum, slope }: { readonly sum: number; readonly slope: number },
): Probe {
  const z = price - t.base;
  return { log: Math.log(z), sum, rate: 1 / (slope * z) };
}

/** The price that the last probe, or the last two, predict for the target. */
function aim({ market, target, last }: Search, before: Probe | null): number {
  const { base } = market.t;
  if (last === null || Math.abs(last.rate) === Infinity) return NaN;
  const newton = last.log + clamp((target - last.sum) * last.rate);
  if (before === null) return base + Math.exp(newton);
  const run = last.sum - before.sum;
  const t = (target - before.sum) / run;
  const cubic = (1 + 2 * t) * (1 - t) ** 2 * before.log +
    t * (1 - t) ** 2 * run * before.rate +
    t * t * (3 - 2 * t) * last.log + t * t * (t - 1) * run * last.rate;
  const near = Math.abs(cubic - newton) <= 0.5 * Math.abs(newton - last.log);
  return base + Math.exp(near ? cubic : newton);
}

function startOf(search: Search): number {
  const { low, high, market, jumps } = search;
  const aimed = aim(search, null);
  if (aimed > low && aimed < high) return aimed;
  if (jumps.length > 0) {
    const middle = jumps[jumps.length >> 1] as number;
    if (middle > low && middle < high) return middle;
  }
  const { base } = market.t;
  if (high < Infinity) return base + Math.sqrt((low - base) * (high - base));
  return low > base ? base + 2 * (low - base) : base + 1;
}

function clamp(step: number): number {
  return Number.isNaN(step) ? 0 : Math.min(Math.max(step, -3), 3);
}

function swap(search: Search, side: "more" | "less"): void {
  const kept = search[side];
  search[side] = search.trial;
  search.trial = kept;
}

function narrow(search: Search, probe: number, sum: number): void {
  if (sum <= search.target) {
    search.high = probe;
    search.sumHigh = sum;
  } else {
    search.low = probe;
    search.sumLow = sum;
  }
}

/** First index whose jump is above the price, or at least the price. */
function countBelow(
  jumps: Float64Array,
  price: number,
  equal: boolean,
): number {
  let left = 0;
  let right = jumps.length;
  while (left < right) {
    const middle = (left + right) >> 1;
    const jump = jumps[middle] as number;
    if (jump < price || (equal && jump === price)) left = middle + 1;
    else right = middle;
  }
  return left;
}

function chooseProbe(
  search: Search,
  newton: number,
  count: number,
): number | null {
  const { low, high, jumps, market } = search;
  const { base } = market.t;
  const first = countBelow(jumps, low, true);
  const end = countBelow(jumps, high, false);
  if (end > first) {
    const between = interpolate(search);
    const near = count % 4 === 3 || Number.isNaN(between)
      ? jumps[(first + end) >> 1] as number
      : between;
    const index = countBelow(jumps, near, false);
    return jumps[Math.min(Math.max(index, first), end - 1)] as number;
  }
  if (newton > low && newton < high && count % 8 !== 7) return newton;
  const stride = STRIDES[Math.min(count, STRIDES.length - 1)] as number;
  if (high === Infinity) {
    return low < 1e290 ? base + (low - base) * stride : null;
  }
  const middle = low === base
    ? base + (high - base) / stride
    : base + Math.sqrt(low - base) * Math.sqrt(high - base);
  return middle > low && middle < high && high - low > 4e-16 * Math.abs(high)
    ? middle
    : null;
}

/** Where a line between the two ends would meet the target, in ln(price − base). */
function interpolate(
  { low, high, sumLow, sumHigh, target, market }: Search,
): number {
  const { base } = market.t;
  if (low <= base || high === Infinity) return NaN;
  const share = (sumLow - target) / (sumLow - sumHigh);
  return base + (low - base) * Math.pow((high - base) / (low - base), share);
}
