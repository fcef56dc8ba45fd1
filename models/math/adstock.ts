/**
 * Carry-over of spend, geometric and normalised:
 *
 *     a[t] = (1 - decay) * x[t] + decay * a[t - 1]
 *
 * The factor (1 - decay) lets a steady spend carry over to itself, so adstock
 * keeps the unit of spend. Periods before the first count as without spend.
 *
 * @module
 */

/**
 * Carries spend over into later periods.
 *
 * @param spend Shape [periods].
 * @param decay Share of the adstock that lasts into the next period, [0, 1).
 * @param out Where to write, shape [periods]; may be `spend` itself.
 * @returns `out`.
 */
export function carryOver(
  spend: Float64Array,
  decay: number,
  out: Float64Array = new Float64Array(spend.length),
): Float64Array {
  let adstock = 0;
  for (let t = 0; t < spend.length; t++) {
    adstock = (1 - decay) * (spend[t] as number) + decay * adstock;
    out[t] = adstock;
  }
  return out;
}

/**
 * Slope of the adstock in the decay.
 *
 * @param spend Shape [periods].
 * @param decay Share of the adstock that lasts, [0, 1).
 * @param out Where to write d a[t] / d decay, shape [periods].
 * @returns `out`.
 */
export function carryOverSlope(
  spend: Float64Array,
  decay: number,
  out: Float64Array = new Float64Array(spend.length),
): Float64Array {
  let adstock = 0;
  let slope = 0;
  for (let t = 0; t < spend.length; t++) {
    const now = spend[t] as number;
    slope = adstock - now + decay * slope;
    adstock = (1 - decay) * now + decay * adstock;
    out[t] = slope;
  }
  return out;
}
