/**
 * The price at which a set of entities takes exactly a target sum.
 *
 * Demand falls as the price rises, smoothly except at the slopes of the
 * envelopes' lines, where it jumps. The search keeps a bracket of prices, probes
 * the jumps inside it (so that it ends exactly on the one that matters), and goes
 * on by Newton in ln price when none is left. On a jump the lines are filled one
 * after another, so that at most one entity ends inside its line.
 *
 * @module
 */
import { demandAt, type Price, response, type Side } from "./demand.ts";
import type { Tableau } from "./tableau.ts";

/** A market: entities whose demand is summed, and buffers for the search. */
export interface Market {
  readonly members: Int32Array;
  /** Demand of each member at a price, into `out`; answers the sum, sets `response.slope`. */
  demand(price: Price, out: Float64Array): number;
  /** Prices at which demand may jump, ascending. */
  readonly jumps: Float64Array;
  /** Where the search starts. */
  guess: number;
}

/** Buffers of shape [entities] that searches write to. */
export interface Buffers {
  more: Float64Array;
  less: Float64Array;
  trial: Float64Array;
}

/** Where demand meets the target. */
export interface Clearing {
  readonly price: number;
  /** Amounts that sum to the target, a buffer. */
  readonly amounts: Float64Array;
  /** Amounts that each maximise envelope − price·amount, a buffer. */
  readonly demanded: Float64Array;
}

interface Bracket {
  /** Prices whose demand is at least, and at most, the target. */
  low: number;
  high: number;
  sumLow: number;
  sumHigh: number;
}

const PROBES = 200;
/** A target this near to the sum of the floors leaves no choice: the price is infinite. */
const PINNED = 1e-12;

/** Makes buffers. */
export function createBuffers(size: number): Buffers {
  return {
    more: new Float64Array(size),
    less: new Float64Array(size),
    trial: new Float64Array(size),
  };
}

/** Ascending slopes of all lines among the members. */
export function findJumps(t: Tableau, members: Int32Array): Float64Array {
  const jumps = new Float64Array(members.length);
  let count = 0;
  for (const at of members) {
    if ((t.knee[at] as number) > (t.lo[at] as number)) {
      jumps[count++] = t.steep[at] as number;
    }
  }
  return jumps.subarray(0, count).sort();
}

/** Demand of members that stand in no group. */
export function sumDemand(
  t: Tableau,
  members: Int32Array,
): Market["demand"] {
  return (price, out) => {
    let sum = 0;
    let slope = 0;
    for (let index = 0; index < members.length; index++) {
      const at = members[index] as number;
      const amount = demandAt(t, at, price);
      out[at] = amount;
      sum += amount;
      slope += response.slope;
    }
    response.slope = slope;
    return sum;
  };
}

const price: Price = { value: 0, log: 0, side: "less" };

/** Sets the one price object, which no search keeps. */
export function quote(value: number, side: Side): Price {
  price.value = value;
  price.log = Math.log(value);
  price.side = side;
  return price;
}

/**
 * Clears a market.
 *
 * @param market The market; its demand at price 0 is at least the target, and at
 * an infinite price at most.
 * @param target The sum wanted.
 * @param buffers Written to; the answer's arrays are two of them.
 */
export function clear(
  market: Market,
  target: number,
  buffers: Buffers,
): Clearing {
  const bracket = { low: 0, high: Infinity, sumLow: 0, sumHigh: 0 };
  bracket.sumLow = market.demand(quote(0, "less"), buffers.less);
  if (bracket.sumLow <= target) {
    bracket.sumHigh = bracket.sumLow;
    bracket.sumLow = market.demand(quote(0, "more"), buffers.more);
    return fillLines(market, { target, buffers, price: 0, bracket });
  }
  bracket.sumLow = market.demand(quote(0, "more"), buffers.more);
  bracket.sumHigh = market.demand(quote(Infinity, "less"), buffers.less);
  if (target - bracket.sumHigh <= PINNED * target) {
    return {
      price: Infinity,
      amounts: buffers.less,
      demanded: buffers.less,
    };
  }
  const tolerance = 1e-14 * target;
  let probe = market.guess > 0 && market.guess < Infinity ? market.guess : 1;
  for (let count = 0; count < PROBES; count++) {
    const sum = market.demand(quote(probe, "less"), buffers.trial);
    const slope = response.slope;
    narrow(bracket, buffers, { probe, sum, target });
    if (Math.abs(sum - target) <= tolerance) {
      return settle(market, { target, buffers, bracket, price: probe });
    }
    if (sum <= target && isJump(market.jumps, probe)) {
      const filled = market.demand(quote(probe, "more"), buffers.trial);
      if (filled >= target) {
        swap(buffers, "more");
        bracket.sumLow = filled;
        return fillLines(market, { target, buffers, price: probe, bracket });
      }
      swap(buffers, "less");
      bracket.sumHigh = filled;
    }
    const next = chooseProbe(market.jumps, {
      bracket,
      newton: probe * Math.exp(clamp((target - sum) / slope)),
      count,
    });
    if (next === null) break;
    probe = next;
  }
  return settle(market, { target, buffers, bracket, price: probe });
}

function clamp(step: number): number {
  return Number.isNaN(step) ? 0 : Math.min(Math.max(step, -3), 3);
}

function swap(buffers: Buffers, side: "more" | "less"): void {
  const kept = buffers[side];
  buffers[side] = buffers.trial;
  buffers.trial = kept;
}

function narrow(
  bracket: Bracket,
  buffers: Buffers,
  { probe, sum, target }: { probe: number; sum: number; target: number },
): void {
  if (sum <= target) {
    bracket.high = probe;
    bracket.sumHigh = sum;
    swap(buffers, "less");
  } else {
    bracket.low = probe;
    bracket.sumLow = sum;
    swap(buffers, "more");
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

function isJump(jumps: Float64Array, price: number): boolean {
  return jumps[countBelow(jumps, price, false)] === price;
}

function chooseProbe(
  jumps: Float64Array,
  { bracket, newton, count }: {
    bracket: Bracket;
    newton: number;
    count: number;
  },
): number | null {
  const { low, high } = bracket;
  const first = countBelow(jumps, low, true);
  const end = countBelow(jumps, high, false);
  const inside = newton > low && newton < high;
  if (end > first) {
    const nearest = inside && count % 3 !== 2
      ? countBelow(jumps, newton, false)
      : (first + end) >> 1;
    return jumps[Math.min(Math.max(nearest, first), end - 1)] as number;
  }
  if (inside && count % 8 !== 7) return newton;
  if (high === Infinity) return low < 1e290 ? low * 64 : null;
  if (low === 0) return high > 1e-290 ? high / 64 : null;
  const middle = Math.sqrt(low) * Math.sqrt(high);
  return middle > low && middle < high && high - low > 4e-16 * high
    ? middle
    : null;
}

interface End {
  readonly target: number;
  readonly buffers: Buffers;
  readonly bracket: Bracket;
  readonly price: number;
}

/** On a jump: entities take the ends of their lines in turn until the target is met. */
function fillLines(
  { members }: Market,
  { target, buffers, bracket, price }: End,
): Clearing {
  const amounts = buffers.trial;
  let rest = Math.max(target - bracket.sumHigh, 0);
  for (const at of members) {
    const less = buffers.less[at] as number;
    const step = Math.min(
      Math.max((buffers.more[at] as number) - less, 0),
      rest,
    );
    amounts[at] = less + step;
    rest -= step;
  }
  return { price, amounts, demanded: buffers.less };
}

/** Off the jumps: between the two ends of the bracket, in proportion. */
function settle(
  { members }: Market,
  { target, buffers, bracket, price }: End,
): Clearing {
  const width = bracket.sumLow - bracket.sumHigh;
  const share = width > 0
    ? Math.min(Math.max((target - bracket.sumHigh) / width, 0), 1)
    : 0;
  const amounts = buffers.trial;
  for (const at of members) {
    const less = buffers.less[at] as number;
    amounts[at] = less + share * ((buffers.more[at] as number) - less);
  }
  const demanded = bracket.high === price ? buffers.less : buffers.more;
  return { price, amounts, demanded };
}
