/**
 * What each entity takes at a price: the point of its envelope where the slope is
 * the price. Closed forms, and Newton in ln x for Hill curves.
 *
 * ln f′ is concave in ln x. To the right of its peak it falls, so that Newton
 * from a point right of the root comes down to it without leaving the branch;
 * the two asymptotes, and the tangent at half saturation, give such a point.
 *
 * @module
 */
import { hullOf } from "./curve.ts";
import { countSteeper } from "./hull.ts";
import { HILL, LOGISTIC, SIMPLE, type Tableau, TABULATED } from "./tableau.ts";

/** Which end of the line is taken when the price is the line's slope. */
export type Side = "less" | "more";

/** One price, with what the searches need of it. */
export interface Price {
  value: number;
  log: number;
  side: Side;
}

/**
 * Of the last call: d amount / d price, which tells Newton where to go next, and how
 * much more would be taken where the price is the slope of a line.
 */
export const response = { slope: 0, jump: 0 };

function choose({ side }: Price, less: number, more: number): number {
  response.jump = more - less;
  return side === "more" ? more : less;
}

const own: Price = { value: 0, log: 0, side: "less" };
/** Part of its terms that a sum of prices may be off by. */
const NEAR = 4e-16;
/** What the logarithms of two slopes that are the same may differ by. */
const NOISE = 4e-15;
/** A step of Newton's method after which the next would be lost in rounding. */
const CLOSE = 1e-9;

/** Amount that one entity takes at a price. */
export function demandAt(t: Tableau, at: number, price: Price): number {
  if (t.shift !== null) return demandShifted(t, at, price);
  response.slope = 0;
  response.jump = 0;
  const { value } = price;
  const steep = t.steep[at] as number;
  const lo = t.lo[at] as number;
  if (value > steep) return lo;
  const hull = hullOf(t, at);
  if (hull !== undefined && hull.slope.length > 1) {
    const less = countSteeper(hull, value, false);
    if (less < hull.slope.length) {
      const more = countSteeper(hull, value, true);
      return choose(price, hull.x[less] as number, hull.x[more] as number);
    }
  }
  const knee = t.knee[at] as number;
  if (value === steep) return choose(price, lo, knee);
  return demandTail(t, at, price);
}

/**
 * The same where entities pay more or less than the price: sums are off by rounding,
 * so that a price this near to a line's slope counts as that.
 */
function demandShifted(t: Tableau, at: number, price: Price): number {
  response.slope = 0;
  response.jump = 0;
  const shift = t.shift?.[at] ?? 0;
  const value = price.value + shift;
  const near = NEAR * (Math.abs(price.value) + Math.abs(shift));
  const steep = t.steep[at] as number;
  const lo = t.lo[at] as number;
  if (value === Infinity || value > steep + near) return lo;
  const hull = hullOf(t, at);
  if (hull !== undefined && hull.slope.length > 0) {
    const less = countSteeper(hull, value + near, false);
    if (less < hull.slope.length) {
      const more = countSteeper(hull, value - near, true);
      return choose(price, hull.x[less] as number, hull.x[more] as number);
    }
  }
  const knee = t.knee[at] as number;
  if (knee > lo && value >= steep - near) return choose(price, lo, knee);
  own.value = value;
  own.log = Math.log(value);
  return demandTail(t, at, own);
}

/** What is taken beyond the straight parts. */
function demandTail(t: Tableau, at: number, price: Price): number {
  const hi = t.hi[at] as number;
  if (price.value <= (t.flat[at] as number)) return hi;
  const knee = t.knee[at] as number;
  const amount = inner(t, at, price);
  if (amount > knee && amount < hi) return amount;
  response.slope = 0;
  return amount < hi ? knee : hi;
}

function inner(t: Tableau, at: number, { value, log }: Price): number {
  const half = t.half[at] as number;
  const ceiling = t.ceiling[at] as number;
  switch (t.kind[at]) {
    case SIMPLE: {
      const shifted = Math.sqrt(ceiling * half / value);
      response.slope = -0.5 * shifted / value;
      return shifted - half;
    }
    case LOGISTIC: {
      const ratio = Math.sqrt(1 - Math.min(2 * half / ceiling * value, 1));
      response.slope = -half / Math.max(ratio, 1e-300) / value;
      return 2 * half * Math.atanh(ratio);
    }
    case HILL: {
      const amount = half * Math.exp(innerHill(t, at, log));
      response.slope *= amount / value;
      return amount;
    }
    case TABULATED:
      return innerTabulated(t, at, value);
    default:
      return t.lo[at] as number;
  }
}

/**
 * ln(x ÷ half) = v with (s − 1)·v − 2·ln(1 + e^(s·v)) = ln(price·half ÷ (ceiling·s)),
 * by Halley's method. Leaves d v / d ln price in `response`.
 */
function innerHill(t: Tableau, at: number, logPrice: number): number {
  const slope = t.slope[at] as number;
  const target = logPrice + (t.logScale[at] as number);
  let most = Math.min(-target / (slope + 1), -target - 2 * Math.LN2);
  if (slope < 1) most = Math.min(most, target / (slope - 1));
  const warm = t.warm[at] as number;
  let v = warm < most ? warm : most;
  let turn = -1;
  for (let step = 0; step < 60; step++) {
    const power = slope * v;
    const grown = power > 40 ? Infinity : Math.exp(power);
    const log = power > 40 ? power : Math.log(1 + grown);
    const share = power > 40 ? 1 : grown / (1 + grown);
    turn = slope - 1 - 2 * slope * share;
    if (turn >= -1e-12) {
      v = most;
      continue;
    }
    const move = ((slope - 1) * v - 2 * log - target) / turn;
    const curve = -2 * slope * slope * share * (1 - share);
    const halley = 1 - 0.5 * move * curve / turn;
    const bent = halley > 0.5 && halley < 2 ? move / halley : move;
    v = Math.min(v - bent, most);
    if (Math.abs(bent) < 1e-6) {
      turn -= curve * bent;
      break;
    }
  }
  t.warm[at] = v;
  response.slope = 1 / turn;
  return v;
}

/**
 * Where the smooth part of a tabulated curve is as steep as the price: Newton's method
 * on ln slope over ln x, within a bracket.
 */
function innerTabulated(t: Tableau, at: number, value: number): number {
  const knee = t.knee[at] as number;
  let low = Math.max(knee, 1e-300);
  let high = t.hi[at] as number;
  const curve = t.tabulated.get(at);
  if (curve === undefined) return low;
  const weight = t.ceiling[at] as number;
  const warm = t.warm[at] as number;
  let x = warm > low && warm < high ? warm : Math.sqrt(low * high);
  let bracketed = false;
  let turn = 0;
  for (let step = 0; step < 100 && high - low > 4e-16 * high; step++) {
    const { slope, turn: here } = curve.look(x);
    turn = weight * here;
    const excess = Math.log(weight * slope / value);
    if (excess > 0) [low, bracketed] = [x, true];
    else high = x;
    if (Math.abs(excess) < NOISE) break;
    const move = -excess * slope / (here * x);
    let next = x * Math.exp(move);
    if (!bracketed && !(next > low)) {
      if (!(weight * curve.look(low).slope > value)) return knee;
      bracketed = true;
    }
    if (!(next > low && next < high)) next = Math.sqrt(low * high);
    else if (Math.abs(move) < CLOSE) {
      x = next;
      break;
    }
    x = next;
  }
  t.warm[at] = x;
  response.slope = 1 / turn;
  return x;
}
