/**
 * An allocation problem as columns of numbers, with the concave envelope of each
 * curve between its bounds.
 *
 * A Hill curve with a slope above 1 is convex up to its bend. Its envelope on
 * [lo, hi] is a straight line from `lo` to the knee, where the line touches the
 * curve, and the curve from there on. Where the curve is concave, knee = lo.
 * At a price above `steep` an entity takes lo, below `flat` it takes hi.
 *
 * @module
 */
import type { AllocationProblem } from "../domain/plan.ts";
import type { ResponseCurve } from "../domain/score.ts";

/** Michaelis-Menten, and Hill with slope 1. */
export const SIMPLE = 0;
/** Logistic. */
export const LOGISTIC = 1;
/** Hill with another slope. */
export const HILL = 2;
/** A curve that answers nothing. */
export const ZERO = 3;

/** Columns of shape [entities]; bounds and envelopes may be changed by {@link setBounds}. */
export interface Tableau {
  readonly size: number;
  readonly kind: Uint8Array;
  readonly ceiling: Float64Array;
  /** Half saturation; for logistic curves 1 ÷ rate. */
  readonly half: Float64Array;
  readonly slope: Float64Array;
  /** ln(half ÷ (ceiling · slope)). */
  readonly logScale: Float64Array;
  /** Where the curve turns from convex to concave; 0 if it is concave. */
  readonly bend: Float64Array;
  /** Index of the group, −1 for none. */
  readonly group: Int32Array;
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** Where the envelope's line ends. */
  readonly knee: Float64Array;
  /** Slope of the envelope at lo. */
  readonly steep: Float64Array;
  /** Slope of the envelope at hi. */
  readonly flat: Float64Array;
  /** Last root, ln(x ÷ half): where the next search starts. */
  readonly warm: Float64Array;
}

/** Lays a problem out in columns. Bounds must be valid. */
export function buildTableau(problem: AllocationProblem): Tableau {
  const size = problem.entities.length;
  const groups = new Map(problem.groups.map(({ id }, index) => [id, index]));
  const column = () => new Float64Array(size);
  const tableau: Tableau = {
    size,
    kind: new Uint8Array(size),
    ceiling: column(),
    half: column(),
    slope: column(),
    logScale: column(),
    bend: column(),
    group: new Int32Array(size),
    lo: column(),
    hi: column(),
    knee: column(),
    steep: column(),
    flat: column(),
    warm: column().fill(NaN),
  };
  problem.entities.forEach(({ curve, lo, hi, group }, at) => {
    tableau.group[at] = group === null ? -1 : groups.get(group) ?? -1;
    setCurve(tableau, at, curve);
    setBounds(tableau, at, { lo, hi });
  });
  return tableau;
}

function setCurve(tableau: Tableau, at: number, curve: ResponseCurve): void {
  const slope = curve.type === "hill" ? curve.slope : 1;
  const half = curve.type === "logistic" ? 1 / curve.rate : curve.half;
  tableau.ceiling[at] = curve.ceiling;
  tableau.half[at] = half;
  tableau.slope[at] = slope;
  tableau.logScale[at] = Math.log(half) - Math.log(curve.ceiling) -
    Math.log(slope);
  tableau.bend[at] = slope > 1 && curve.ceiling > 0
    ? half * ((slope - 1) / (slope + 1)) ** (1 / slope)
    : 0;
  tableau.kind[at] = curve.ceiling === 0
    ? ZERO
    : curve.type === "logistic"
    ? LOGISTIC
    : slope === 1
    ? SIMPLE
    : HILL;
}

/** A second tableau of the same curves, whose bounds can be changed on their own. */
export function copyTableau(tableau: Tableau): Tableau {
  return {
    ...tableau,
    lo: tableau.lo.slice(),
    hi: tableau.hi.slice(),
    knee: tableau.knee.slice(),
    steep: tableau.steep.slice(),
    flat: tableau.flat.slice(),
    warm: tableau.warm.slice(),
  };
}

/** Outcome of one entity at an amount. */
export function valueAt(t: Tableau, at: number, amount: number): number {
  if (amount <= 0) return 0;
  const ceiling = t.ceiling[at] as number;
  const half = t.half[at] as number;
  switch (t.kind[at]) {
    case SIMPLE:
      return ceiling * (amount / (half + amount));
    case LOGISTIC:
      return ceiling * Math.tanh(0.5 * (amount / half));
    case HILL:
      return ceiling / (1 + Math.pow(half / amount, t.slope[at] as number));
    default:
      return 0;
  }
}

/** d outcome / d amount of one entity. */
export function marginalAt(t: Tableau, at: number, amount: number): number {
  const ceiling = t.ceiling[at] as number;
  const half = t.half[at] as number;
  const ratio = amount / half;
  switch (t.kind[at]) {
    case SIMPLE:
      return ceiling / half / ((1 + ratio) * (1 + ratio));
    case LOGISTIC: {
      const cosh = Math.cosh(Math.min(0.5 * ratio, 350));
      return ceiling / half / (2 * cosh * cosh);
    }
    case HILL: {
      const slope = t.slope[at] as number;
      if (amount <= 0) return slope < 1 ? Infinity : 0;
      const power = Math.pow(ratio, slope);
      return ceiling * slope / (1 + power) / (1 + 1 / power) / amount;
    }
    default:
      return 0;
  }
}

/** Changes an entity's bounds, and its envelope with them. */
export function setBounds(
  t: Tableau,
  at: number,
  { lo, hi }: { readonly lo: number; readonly hi: number },
): void {
  const convex = hi > lo &&
    (t.kind[at] === ZERO || (t.bend[at] as number) > lo);
  const knee = convex ? findKnee(t, at, { lo, hi }) : lo;
  t.lo[at] = lo;
  t.hi[at] = hi;
  t.knee[at] = knee;
  t.steep[at] = knee > lo
    ? (valueAt(t, at, knee) - valueAt(t, at, lo)) / (knee - lo)
    : marginalAt(t, at, lo);
  t.flat[at] = knee > lo && knee >= hi
    ? t.steep[at] as number
    : marginalAt(t, at, hi);
}

/**
 * Where the line from lo touches the curve: f(x) − f(lo) = f′(x)·(x − lo). From
 * lo = 0 it is half·(slope − 1)^(1/slope); from further right it is nearer.
 */
function findKnee(
  t: Tableau,
  at: number,
  { lo, hi }: { readonly lo: number; readonly hi: number },
): number {
  if (t.kind[at] === ZERO) return hi;
  const slope = t.slope[at] as number;
  const half = t.half[at] as number;
  const ceiling = t.ceiling[at] as number;
  let right = half * Math.pow(slope - 1, 1 / slope);
  if (lo <= 0) return Math.min(right, hi);
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
  return Math.min(x, hi);
}
