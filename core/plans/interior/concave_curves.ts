/**
 * Response curves in columns, each with a concave stand-in.
 *
 * A site is one place where a curve is read: an entity in a period, or an entity
 * in one draw. Its stand-in is
 *
 *     f(a) + tilt · a                                  from the knee on
 *     f(knee) + rise · (a − knee) + tilt · a           below it
 *
 * With knee −1 and tilt 0 it is the curve itself. Two stand-ins serve curves with an
 * S: {@link raise} is the least concave function above the curve, so that its
 * maximum bounds the true one; {@link support} lies below the curve and touches it at
 * one amount, so that whatever improves on it there improves on the curve
 * (the convex–concave procedure).
 *
 * @see Lipp and Boyd (2016), Variations and extension of the convex–concave procedure
 * @module
 */
import type { ResponseCurve } from "../../domain/score.ts";

const SIMPLE = 0;
const LOGISTIC = 1;
const HILL = 2;
const TINY = 1e-290;
const HALVINGS = 100;
/** Where a line ends for want of room, rounding does not carry an amount off it. */
const BEYOND = 1 + 1e-9;

/** Curves and their stand-ins; {@link look} leaves what it saw in the last three members. */
export interface ConcaveCurves {
  readonly kind: Uint8Array;
  readonly ceiling: Float64Array;
  /** Half saturation, or for logistic curves 2 ÷ rate. */
  readonly half: Float64Array;
  readonly slope: Float64Array;
  /** Where the curve turns from convex to concave; 0 if it is concave. */
  readonly bend: Float64Array;
  /** Curve of each site, shape [sites]. */
  readonly of: Int32Array;
  readonly knee: Float64Array;
  readonly rise: Float64Array;
  readonly tilt: Float64Array;
  value: number;
  first: number;
  second: number;
}

/**
 * Lays curves out.
 *
 * @param curves The curves, shape [curves].
 * @param of Curve of each site, shape [sites].
 * @param amountUnit Amounts are then in multiples of it.
 * @returns Curves that stand for themselves.
 */
export function layCurves(
  curves: readonly ResponseCurve[],
  of: Int32Array,
  amountUnit: number,
): ConcaveCurves {
  const column = (read: (curve: ResponseCurve) => number) =>
    Float64Array.from(curves, read);
  const slope = column((curve) => curve.type === "hill" ? curve.slope : 1);
  const half = column((curve) =>
    (curve.type === "logistic" ? 2 / curve.rate : curve.half) / amountUnit
  );
  return {
    kind: Uint8Array.from(
      curves,
      (curve) =>
        curve.type === "logistic"
          ? LOGISTIC
          : curve.type === "hill" && curve.slope !== 1
          ? HILL
          : SIMPLE,
    ),
    ceiling: column(({ ceiling }) => ceiling),
    half,
    slope,
    bend: half.map((scale, at) => {
      const s = slope[at] as number;
      return s > 1 ? scale * ((s - 1) / (s + 1)) ** (1 / s) : 0;
    }),
    of,
    knee: new Float64Array(of.length).fill(-1),
    rise: new Float64Array(of.length),
    tilt: new Float64Array(of.length),
    value: 0,
    first: 0,
    second: 0,
  };
}

/** Reads the stand-in of a site: value, first and second derivative. */
export function look(
  curves: ConcaveCurves,
  site: number,
  amount: number,
): void {
  const knee = curves.knee[site] as number;
  const tilt = curves.tilt[site] as number;
  if (amount > knee * BEYOND) {
    lookAtCurve(curves, curves.of[site] as number, amount);
  } else {
    lookAtCurve(curves, curves.of[site] as number, knee);
    curves.first = curves.rise[site] as number;
    curves.value += curves.first * (amount - knee);
    curves.second = 0;
  }
  curves.value += tilt * amount;
  curves.first += tilt;
}

/** Reads a curve itself. */
export function lookAtCurve(
  curves: ConcaveCurves,
  at: number,
  amount: number,
): void {
  const ceiling = curves.ceiling[at] as number;
  const half = curves.half[at] as number;
  const x = amount > TINY ? amount : TINY;
  if (curves.kind[at] === SIMPLE) {
    const below = half + x;
    curves.value = ceiling * (x / below);
    curves.first = ceiling * half / below / below;
    curves.second = -2 * curves.first / below;
  } else if (curves.kind[at] === LOGISTIC) {
    const share = Math.tanh(x / half);
    curves.value = ceiling * share;
    curves.first = ceiling / half / Math.cosh(Math.min(x / half, 350)) ** 2;
    curves.second = -2 * curves.first * share / half;
  } else {
    const slope = curves.slope[at] as number;
    const power = (x / half) ** slope;
    curves.value = ceiling / (1 + 1 / power);
    curves.first = ceiling * slope / (1 + power) / (1 + 1 / power) / x;
    curves.second = curves.first / x *
      ((slope - 1 - (slope + 1) * power) / (1 + power) || -slope - 1);
  }
  if (amount <= 0) curves.value = 0;
}

/** Whether all curves are concave. */
export function areConcave({ bend }: ConcaveCurves): boolean {
  return bend.every((amount) => amount === 0);
}

/** Replaces a site's stand-in by the concave envelope of its curve between two amounts. */
export function raise(
  curves: ConcaveCurves,
  site: number,
  [least, most]: readonly [number, number],
): void {
  const at = curves.of[site] as number;
  const bend = curves.bend[at] as number;
  curves.tilt[site] = 0;
  curves.knee[site] = -1;
  if (least >= bend || most <= least) return;
  lookAtCurve(curves, at, least);
  const bottom = curves.value;
  const chordIsSteeper = (knee: number) => {
    lookAtCurve(curves, at, knee);
    return curves.value - bottom > curves.first * (knee - least);
  };
  let [low, high] = [Math.min(bend, most), most];
  if (chordIsSteeper(most)) {
    for (let halving = 0; halving < HALVINGS && low < high; halving++) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (chordIsSteeper(middle)) high = middle;
      else low = middle;
    }
  }
  lookAtCurve(curves, at, high);
  curves.knee[site] = high;
  curves.rise[site] = (curves.value - bottom) / (high - least);
}

/**
 * Replaces a site's stand-in by one that lies below the curve, up to a constant,
 * and has its slope at an amount.
 */
export function support(
  curves: ConcaveCurves,
  site: number,
  amount: number,
): void {
  const at = curves.of[site] as number;
  const bend = curves.bend[at] as number;
  curves.tilt[site] = 0;
  curves.knee[site] = -1;
  if (bend === 0) return;
  lookAtCurve(curves, at, bend);
  curves.knee[site] = bend;
  curves.rise[site] = curves.first;
  if (amount >= bend) return;
  const steepest = curves.first;
  lookAtCurve(curves, at, amount);
  curves.tilt[site] = curves.first - steepest;
}

/** Replaces a site's stand-in by the curve itself. */
export function restore({ knee, tilt }: ConcaveCurves, site: number): void {
  knee[site] = -1;
  tilt[site] = 0;
}
