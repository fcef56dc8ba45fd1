/**
 * The concave envelope of a curve over what an entity may receive: nothing or an
 * interval, a lattice of steps, or an interval alone.
 *
 * A fee for being on moves the touching point of the line from nothing to the
 * right. A lattice of few points has the hull of its points, which is the tightest;
 * one of many has the curve's envelope, which differs by little.
 *
 * @module
 */
import { feeOf, lookAt, marginalAt, valueAt } from "./curve.ts";
import { buildHull, type Hull } from "./hull.ts";
import { HILL, lowerBase, type Tableau, TABULATED, ZERO } from "./tableau.ts";
import type { Polygon } from "./cover.ts";

/** What an entity may receive: [lo, hi], and nothing where it may be off. */
export interface Domain {
  readonly lo: number;
  readonly hi: number;
  readonly off: boolean;
}

/** A lattice of more points than this has the envelope of its curve. */
const LATTICE = 512;
const TAIL_POINTS = 16;

/** Changes what an entity may receive, and its envelope with it. */
export function setDomain(
  t: Tableau,
  at: number,
  { lo, hi, off }: Domain,
): void {
  const step = t.step[at] as number;
  const steps = step > 0 ? Math.floor((hi - lo) / step + 1e-9) : Infinity;
  const most = step > 0 && hi >= lo ? lo + steps * step : hi;
  t.off[at] = off ? 1 : 0;
  t.least[at] = lo;
  t.lo[at] = off ? 0 : lo;
  t.hi[at] = off && hi < lo ? 0 : most;
  renewEnvelope(t, at);
}

/** Finds the envelope anew, after the curve, its weight or its fee have changed. */
export function renewEnvelope(t: Tableau, at: number): void {
  t.hull.delete(at);
  const lo = t.lo[at] as number;
  const hi = t.hi[at] as number;
  if (hi <= lo) {
    t.knee[at] = lo;
    t.steep[at] = 0;
    t.flat[at] = 0;
    return;
  }
  const step = t.step[at] as number;
  const few = step > 0 && (hi - (t.least[at] as number)) / step < LATTICE;
  if (few || t.kind[at] === TABULATED) setHull(t, at, few);
  else setLine(t, at);
  lowerBase(t, at);
}

function setLine(t: Tableau, at: number): void {
  const lo = t.lo[at] as number;
  const hi = t.hi[at] as number;
  const knee = findKnee(t, at);
  const lift = t.off[at] === 1 ? feeOf(t, at) : 0;
  const straight = knee > lo;
  t.knee[at] = knee;
  t.steep[at] = straight
    ? (valueAt(t, at, knee) - lift - valueAt(t, at, lo)) / (knee - lo)
    : marginalAt(t, at, lo);
  t.flat[at] = straight && knee >= hi
    ? t.steep[at] as number
    : marginalAt(t, at, hi);
}

function findKnee(t: Tableau, at: number): number {
  const lo = t.lo[at] as number;
  const hi = t.hi[at] as number;
  const least = t.least[at] as number;
  const bend = t.bend[at] as number;
  if (t.kind[at] === ZERO) return hi;
  const lift = t.off[at] === 1 ? feeOf(t, at) : 0;
  if (lift > 0) {
    const from = { x: lo, y: valueAt(t, at, lo) + lift };
    return touch(t, at, { from, left: Math.max(bend, least), right: hi });
  }
  if (t.kind[at] !== HILL || bend <= lo) return Math.min(least, hi);
  const tangent = lo > 0 ? findTangent(t, at) : tangentFromZero(t, at);
  return Math.min(Math.max(tangent, least), hi);
}

function tangentFromZero(t: Tableau, at: number): number {
  const slope = t.slope[at] as number;
  return (t.half[at] as number) * Math.pow(slope - 1, 1 / slope);
}

/**
 * Where the line from lo touches an S-shaped curve: f(x) − f(lo) = f′(x)·(x − lo).
 * From lo = 0 it is half·(slope − 1)^(1/slope); from further right it is nearer.
 */
function findTangent(t: Tableau, at: number): number {
  const lo = t.lo[at] as number;
  const slope = t.slope[at] as number;
  const half = t.half[at] as number;
  const ceiling = t.ceiling[at] as number;
  let right = tangentFromZero(t, at);
  const base = valueAt(t, at, lo);
  let left = t.bend[at] as number;
  let x = right;
  for (let step = 0; step < 60 && right - left > 1e-15 * right; step++) {
    const power = Math.pow(x / half, slope);
    const share = power / (1 + power);
    const marginal = ceiling * slope * share / (1 + power) / x;
    const excess = ceiling * share - base - marginal * (x - lo);
    if (excess < 0) left = x;
    else right = x;
    const turn = marginal / x * (2 * slope * share - slope + 1);
    const next = x - excess / (turn * (x - lo));
    if (Math.abs(next - x) < 1e-15 * x) break;
    x = next > left && next < right ? next : 0.5 * (left + right);
  }
  return x;
}

/** Where a line from a point touches the curve's concave part between two amounts. */
function touch(
  t: Tableau,
  at: number,
  { from, left, right }: {
    readonly from: { readonly x: number; readonly y: number };
    readonly left: number;
    readonly right: number;
  },
): number {
  let newton = NaN;
  const excess = (x: number) => {
    const { outcome, slope, turn } = lookAt(t, at, x);
    const above = outcome - from.y - slope * (x - from.x);
    newton = x + above / (turn * (x - from.x));
    return above;
  };
  if (left >= right || excess(right) <= 0) return right;
  let next = newton;
  if (left > from.x && excess(left) >= 0) return left;
  let low = left;
  let high = right;
  for (let step = 0; step < 80 && high - low > 1e-15 * high; step++) {
    const middle = low > 0 && high > 4 * low
      ? Math.sqrt(low * high)
      : 0.5 * (low + high);
    const x = next > low && next < high && step % 8 !== 7 ? next : middle;
    if (excess(x) < 0) low = x;
    else high = x;
    next = newton;
    if (Math.abs(next - x) <= 1e-15 * x) return x;
  }
  return high;
}

/** An envelope with vertices, and behind them the smooth part of a tabulated curve. */
function setHull(t: Tableau, at: number, lattice: boolean): void {
  const hi = t.hi[at] as number;
  const least = t.least[at] as number;
  const smoothFrom = lattice ? Infinity : Math.max(t.bend[at] as number, least);
  const end = Math.min(smoothFrom, hi);
  const polygon = lattice ? listLattice(t, at) : coverPart(t, at, [least, end]);
  const points = withNothing(t, at, polygon);
  const bridged = smoothFrom < hi
    ? bridge(t, at, { points, from: smoothFrom })
    : buildHull(points);
  const hull = isStraight(t, at, bridged)
    ? buildHull({
      x: Float64Array.of(...bridged.x, hi),
      y: Float64Array.of(...bridged.y, valueAt(t, at, hi) - feeOf(t, at)),
    })
    : bridged;
  const last = hull.x[hull.x.length - 1] as number;
  const parts = hull.slope.length;
  t.knee[at] = last;
  t.hull.set(at, hull);
  t.steep[at] = parts > 0
    ? hull.slope[0] as number
    : marginalAt(t, at, t.lo[at] as number);
  t.flat[at] = last >= hi
    ? hull.slope[parts - 1] as number
    : marginalAt(t, at, hi);
}

/** Whether a smooth part alone is left, and that is a line: its demand jumps. */
function isStraight(t: Tableau, at: number, { x }: Hull): boolean {
  const lo = t.lo[at] as number;
  return x.length === 1 &&
    marginalAt(t, at, lo) === marginalAt(t, at, t.hi[at] as number);
}

function listLattice(t: Tableau, at: number): Polygon {
  const least = t.least[at] as number;
  const step = t.step[at] as number;
  const steps = Math.round(((t.hi[at] as number) - least) / step);
  const x = Float64Array.from(
    { length: steps + 1 },
    (_, index) => least + index * step,
  );
  return { x, y: x.map((amount) => valueAt(t, at, amount)) };
}

function coverPart(
  t: Tableau,
  at: number,
  [lo, hi]: readonly [number, number],
): Polygon {
  const tabulated = t.tabulated.get(at);
  if (tabulated === undefined) throw new TypeError("Cannot cover no curve");
  const gain = t.ceiling[at] as number;
  if (hi <= lo) {
    return { x: Float64Array.of(lo), y: Float64Array.of(valueAt(t, at, lo)) };
  }
  const { x, y } = tabulated.cover(lo, hi);
  return { x, y: y.map((value) => gain * value) };
}

/** Takes the fee off what is on, and adds nothing where it may be off. */
function withNothing(t: Tableau, at: number, { x, y }: Polygon): Polygon {
  const fee = feeOf(t, at);
  const paid = fee === 0 ? y : y.map((value) => value - fee);
  if (t.off[at] !== 1) return { x, y: paid };
  return {
    x: Float64Array.of(0, ...x),
    y: Float64Array.of(valueAt(t, at, 0), ...paid),
  };
}

/** The hull of points and of the smooth concave part behind them, up to where it touches that. */
function bridge(
  t: Tableau,
  at: number,
  { points, from }: { readonly points: Polygon; readonly from: number },
): Hull {
  const hi = t.hi[at] as number;
  const fee = feeOf(t, at);
  const start = Math.max(from, t.least[at] as number);
  const { x, y } = buildHull(points);
  const last = x.length - 1;
  const entry = valueAt(t, at, start) - fee;
  const noise = 1e-13 * (Math.abs(entry) + fee);
  const isBehind = (vertex: number) =>
    (x[vertex] as number) >= start && (y[vertex] as number) <= entry + noise;
  if (last === 0 && isBehind(0)) return buildHull(points);
  const near = Float64Array.from(
    { length: TAIL_POINTS },
    (_, index) => start + (hi - start) * ((index + 1) / TAIL_POINTS) ** 2,
  );
  const rough = buildHull({
    x: Float64Array.of(...x, ...near),
    y: Float64Array.of(...y, ...near.map((a) => valueAt(t, at, a) - fee)),
  });
  const before = rough.x.findLastIndex((amount) => amount <= start);
  let vertex = x.indexOf(rough.x[Math.max(before, 0)] as number);
  for (let step = 0; step <= last; step++) {
    const pivot = { x: x[vertex] as number, y: (y[vertex] as number) + fee };
    if (isBehind(vertex)) break;
    const knee = touch(t, at, { from: pivot, left: start, right: hi });
    const end = valueAt(t, at, knee) - fee;
    const rise = (end + fee - pivot.y) / (knee - pivot.x);
    const above = findHighest(
      { x, y },
      (amount) => pivot.y - fee + rise * (amount - pivot.x),
    );
    if (above === null || above === vertex) {
      return buildHull({
        x: Float64Array.of(...x.subarray(0, vertex + 1), knee),
        y: Float64Array.of(...y.subarray(0, vertex + 1), end),
      });
    }
    vertex = above;
  }
  return buildHull(points);
}

/** The vertex farthest above a line; null if none is. */
function findHighest(
  { x, y }: Polygon,
  line: (amount: number) => number,
): number | null {
  let highest: number | null = null;
  let excess = 1e-14 * Math.abs(y[y.length - 1] as number);
  for (let at = 0; at < x.length; at++) {
    const above = (y[at] as number) - line(x[at] as number);
    if (above <= excess) continue;
    excess = above;
    highest = at;
  }
  return highest;
}
