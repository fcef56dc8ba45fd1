/**
 * From a cleared market to what each of its entities is given.
 *
 * Between the two ends of a clearing, lines are filled one after another, so that
 * at most one entity ends inside its line. A group that would take more than its
 * most, or less than its least, is a market of its own at another price.
 *
 * @module
 */
import { clear, type Clearing } from "./clear.ts";
import type { Bench, Market } from "./market.ts";

/** A group that needs a price of its own. */
interface Bound {
  readonly node: number;
  readonly price: number;
  readonly tight: "hi" | "lo";
}

/**
 * Gives what was cleared, and clears the groups that are at their bounds.
 *
 * @param market The market, its price found.
 * @param target What it is given in all.
 */
export function spread(
  market: Market,
  target: number,
  clearing: Clearing,
): void {
  const { bench } = market;
  bench.given[market.node] = target;
  const open = give(market, clearing);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, price, tight } = next;
    const inside = { ...market, node };
    const given = bench.given[node] as number;
    const found = clear(inside, given, {
      low: tight === "hi" ? price : market.t.base,
      high: tight === "hi" ? Infinity : price,
      guess: NaN,
    });
    open.push(...give(inside, found));
  }
}

/** Gives one market; answers the groups inside it that are at their bounds. */
function give(market: Market, clearing: Clearing): Bound[] {
  const { tree, bench, node } = market;
  const rest = bench.carried;
  const bound: Bound[] = [];
  const { less, more, price } = clearing;
  for (let n = node; n >= (tree.firstNode[node] as number); n--) {
    if (n !== node) {
      const tight = giveGroup(bench, n, {
        clearing,
        above: tree.parent[n] as number,
      });
      if (tight !== null) {
        bench.market[n] = n;
        bound.push({ node: n, price, tight });
        n = tree.firstNode[n] as number;
        continue;
      }
    }
    bench.price[n] = price;
    bench.market[n] = node;
    let left = Math.max(
      (bench.given[n] as number) - (less.sums[n] as number),
      0,
    );
    const end = tree.end[n] as number;
    for (let at = tree.direct[n] as number; at < end; at++) {
      const from = less.amounts[at] as number;
      bench.demand[at] = from;
      const step = Math.min((more.amounts[at] as number) - from, left);
      bench.amounts[at] = step > 0 ? from + step : from;
      if (step > 0) left -= step;
    }
    rest[n] = left;
  }
  rest.fill(0, tree.firstNode[node] as number, node + 1);
  if (less === more) settle(market, clearing);
  return bound;
}

/** Hands a group its part of what is left above it; says if that is one of its bounds. */
function giveGroup(
  { lo, hi, given, carried: rest }: Bench,
  n: number,
  { clearing: { less, more }, above }: {
    readonly clearing: Clearing;
    readonly above: number;
  },
): "hi" | "lo" | null {
  const clip = (sum: number) =>
    Math.min(Math.max(sum, lo[n] as number), hi[n] as number);
  const from = clip(less.sums[n] as number);
  const most = clip(more.sums[n] as number);
  const step = Math.max(Math.min(most - from, rest[above] as number), 0);
  rest[above] = (rest[above] as number) - step;
  given[n] = from + step;
  if ((less.sums[n] as number) > from + step) return "hi";
  return (more.sums[n] as number) < from + step ? "lo" : null;
}

/** Where demand is smooth: one entity that has room takes what rounding left. */
function settle(market: Market, { less }: Clearing): void {
  const { tree, bench, node } = market;
  let left = (bench.given[node] as number) - (less.sums[node] as number);
  for (let n = node; n >= (tree.firstNode[node] as number); n--) {
    if (left === 0) return;
    if (n !== node) {
      const sum = bench.given[n] as number;
      const fixed = bench.market[n] !== node ||
        sum + left >= (bench.hi[n] as number) ||
        sum + left <= (bench.lo[n] as number);
      if (fixed) {
        n = tree.firstNode[n] as number;
        continue;
      }
    }
    left = takeRest(market, n, left);
  }
}

function takeRest(
  { t, tree, bench }: Market,
  n: number,
  rest: number,
): number {
  let left = rest;
  const end = tree.end[n] as number;
  for (let at = tree.direct[n] as number; at < end && left !== 0; at++) {
    const amount = bench.amounts[at] as number;
    const low = t.knee[at] as number;
    const high = t.hi[at] as number;
    if (amount <= low || amount >= high || t.step[at] !== 0) continue;
    const next = Math.min(Math.max(amount + left, low), high);
    bench.amounts[at] = next;
    left -= next - amount;
  }
  return left;
}
