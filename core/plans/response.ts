/**
 * What a response curve says: outcome at a spend, and outcome of a little more.
 *
 * These are the formulas as they stand in the domain, one curve at a time; the
 * allocator keeps its own copy over typed arrays, and tests hold the two equal.
 *
 * @module
 */
import type { ResponseCurve } from "../domain/score.ts";

/** Outcome a day of steady spend, which must not be negative. */
export function respond(curve: ResponseCurve, spend: number): number {
  if (spend <= 0) return 0;
  switch (curve.type) {
    case "hill":
      return curve.ceiling / (1 + (curve.half / spend) ** curve.slope);
    case "logistic":
      return curve.ceiling * Math.tanh(curve.rate * spend / 2);
    case "michaelis_menten":
      return curve.ceiling * (spend / (curve.half + spend));
  }
}

/** d outcome / d spend; infinite at zero for a Hill curve with a slope below 1. */
export function respondMarginally(curve: ResponseCurve, spend: number): number {
  if (curve.ceiling === 0) return 0;
  switch (curve.type) {
    case "hill":
      return hillMarginal(curve, spend);
    case "logistic":
      return curve.ceiling * curve.rate / 2 /
        Math.cosh(Math.min(curve.rate * spend / 2, 350)) ** 2;
    case "michaelis_menten":
      return curve.ceiling / curve.half / (1 + spend / curve.half) ** 2;
  }
}

function hillMarginal(
  { ceiling, half, slope }: ResponseCurve & { type: "hill" },
  spend: number,
): number {
  if (spend <= 0) {
    if (slope === 1) return ceiling / half;
    return slope < 1 ? Infinity : 0;
  }
  const power = (spend / half) ** slope;
  return ceiling * slope / (1 + power) / (1 + 1 / power) / spend;
}
