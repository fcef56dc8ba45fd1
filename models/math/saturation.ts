/**
 * Diminishing returns: what a curve says of a steady spend, and of the next micro.
 *
 * Evaluated in logarithms, so that neither no spend nor any huge spend overflows.
 * A hill of slope below 1 rises infinitely fast at zero; its marginal there is
 * `Infinity`.
 *
 * @module
 */
import type { ResponseCurve } from "@moe/plugin";

/**
 * Response to a steady spend.
 *
 * @param curve The curve.
 * @param spend Micros a day, at least 0.
 * @returns Outcome units a day, in [0, ceiling].
 */
export function response(curve: ResponseCurve, spend: number): number {
  if (!(spend > 0) || curve.ceiling === 0) return 0;
  switch (curve.type) {
    case "hill":
      return curve.ceiling * hill(spend, curve);
    case "michaelis_menten":
      return curve.ceiling * hill(spend, { half: curve.half, slope: 1 });
    case "logistic":
      return curve.ceiling * Math.tanh(curve.rate * spend / 2);
  }
}

/**
 * Response to the next micro of a steady spend.
 *
 * @param curve The curve.
 * @param spend Micros a day, at least 0.
 * @returns Outcome units a micro; `Infinity` at 0 for a hill of slope below 1.
 */
export function marginal(curve: ResponseCurve, spend: number): number {
  if (curve.ceiling === 0) return 0;
  switch (curve.type) {
    case "hill":
      return curve.ceiling * hillMarginal(spend, curve);
    case "michaelis_menten":
      return curve.ceiling *
        hillMarginal(spend, { half: curve.half, slope: 1 });
    case "logistic": {
      const share = Math.tanh(curve.rate * Math.max(0, spend) / 2);
      return curve.ceiling * curve.rate / 2 * (1 - share) * (1 + share);
    }
  }
}

/** Where a hill reaches half its ceiling, and how steeply. */
export interface HillShape {
  /** In the unit of spend. */
  readonly half: number;
  /** Above 1 the curve is S-shaped. */
  readonly slope: number;
}

/**
 * Share of the ceiling that a spend reaches.
 *
 * @param spend At least 0.
 * @param shape Half and slope of the hill.
 * @returns spend^slope / (half^slope + spend^slope), in [0, 1].
 */
export function hill(spend: number, { half, slope }: HillShape): number {
  if (!(spend > 0)) return 0;
  return 1 / (1 + Math.exp(slope * (Math.log(half) - Math.log(spend))));
}

function hillMarginal(spend: number, { half, slope }: HillShape): number {
  if (!(spend > 0)) {
    if (slope === 1) return 1 / half;
    return slope < 1 ? Infinity : 0;
  }
  const share = hill(spend, { half, slope });
  const rest = hill(half, { half: spend, slope });
  return slope * (share / spend) * rest;
}
