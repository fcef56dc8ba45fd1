/**
 * Spend carried over by the weights of an adstock, and slopes of that in its
 * coordinates.
 *
 * @module
 */
import type { Carry } from "./adstock.ts";

/** Up to so many lags, convolution is as fast as recursion. */
const RECURSION_PAYS = 3;

/**
 * Carries spend over; the geometric form by recursion, others by convolution.
 *
 * @param carry The weights.
 * @param spend Shape [periods].
 * @param out Where to write, shape [periods]; not `spend` itself.
 */
export function carryOver(
  carry: Carry,
  spend: Float64Array,
  out: Float64Array,
): void {
  const { kind, weights, lags } = carry;
  if (kind === "geometric" && lags > RECURSION_PAYS) {
    carryGeometric(carry, spend, out);
    return;
  }
  for (let t = 0; t < spend.length; t++) {
    const last = Math.min(lags - 1, t);
    let sum = 0;
    for (let lag = 0; lag <= last; lag++) {
      sum += (weights[lag] as number) * (spend[t - lag] as number);
    }
    out[t] = sum;
  }
}

/** Rounding leaves nothing behind a spend that has worked off: then adstock is 0. */
function carryGeometric(
  { weights, lags }: Carry,
  spend: Float64Array,
  out: Float64Array,
): void {
  const first = weights[0] as number;
  const keep = (weights[1] as number) / first;
  const cut = keep * (weights[lags - 1] as number);
  let adstock = 0;
  let quiet = 0;
  for (let t = 0; t < spend.length; t++) {
    adstock = first * (spend[t] as number) + keep * adstock;
    if (t >= lags) adstock -= cut * (spend[t - lags] as number);
    quiet = spend[t] === 0 ? quiet + 1 : 0;
    if (quiet >= lags || adstock < 0) adstock = 0;
    out[t] = adstock;
  }
}

/** What a pull is measured by, and where it goes. */
export interface CarryPull {
  /** Slope of the objective in each period's adstock, shape [periods]. */
  readonly pull: Float64Array;
  /** Where slopes in the coordinates are added. */
  readonly into: Float64Array;
  /** Place of the first coordinate. */
  readonly from: number;
}

/**
 * Adds the slopes of an objective in the coordinates of the carry-over.
 *
 * @param carry The weights.
 * @param spend Shape [periods].
 * @param target Slopes in the adstock, and where to add.
 */
export function pullCarry(
  carry: Carry,
  spend: Float64Array,
  { pull, into, from }: CarryPull,
): void {
  const { kind, slopes, lags } = carry;
  if (kind === "geometric" && lags > RECURSION_PAYS) {
    pullGeometric(carry, spend, { pull, into, from });
    return;
  }
  for (let lag = 0; lag < lags; lag++) {
    let along = 0;
    for (let t = lag; t < spend.length; t++) {
      along += (pull[t] as number) * (spend[t - lag] as number);
    }
    for (let at = 0; at < slopes.length; at++) {
      const slope = (slopes[at] as Float64Array)[lag] as number;
      into[from + at] = (into[from + at] as number) + along * slope;
    }
  }
}

/** The same by recursion over Σ l · w[l] · x[t − l] and Σ w[l] · x[t − l]. */
function pullGeometric(
  { weights, lags }: Carry,
  spend: Float64Array,
  { pull, into, from }: CarryPull,
): void {
  const first = weights[0] as number;
  const keep = (weights[1] as number) / first;
  const cut = keep * (weights[lags - 1] as number);
  let adstock = 0;
  let late = 0;
  let alongLate = 0;
  let along = 0;
  let quiet = 0;
  for (let t = 0; t < spend.length; t++) {
    late = keep * (late + adstock);
    adstock = first * (spend[t] as number) + keep * adstock;
    if (t >= lags) {
      late -= lags * cut * (spend[t - lags] as number);
      adstock -= cut * (spend[t - lags] as number);
    }
    quiet = spend[t] === 0 ? quiet + 1 : 0;
    if (quiet >= lags) {
      late = 0;
      adstock = 0;
    }
    alongLate += (pull[t] as number) * late;
    along += (pull[t] as number) * adstock;
  }
  let mean = 0;
  for (let lag = 0; lag < lags; lag++) mean += lag * (weights[lag] as number);
  into[from] = (into[from] as number) +
    (1 - keep) * (alongLate - mean * along);
}
