/**
 * Diminishing returns: what a response curve says of a steady spend, and of a
 * little more.
 *
 * One curve at a time; the allocator has its own form over columns, and a test
 * holds the two equal.
 *
 * @module
 */
import type { AllocationCurve, PiecewiseCurve } from "./allocation.ts";
import type { ResponseCurve } from "./score.ts";

/**
 * Response to a steady spend.
 *
 * @param curve The curve.
 * @param spend Micros a day, at least 0.
 * @returns Outcome units a day; of a response curve in [0, ceiling].
 */
export function respond(curve: AllocationCurve, spend: number): number {
  if (curve.type === "piecewise") return interpolate(curve, spend);
  if (spend <= 0) return 0;
  switch (curve.type) {
    case "sampled":
      return mean(curve.draws, (draw) => respond(draw, spend));
    case "hill":
      return curve.ceiling / (1 + (curve.half / spend) ** curve.slope);
    case "logistic":
      return curve.ceiling * Math.tanh(curve.rate * spend / 2);
    case "michaelis_menten":
      return curve.ceiling * (spend / (curve.half + spend));
  }
}

/**
 * Response to the next micro of a steady spend: d outcome / d spend.
 *
 * @param curve The curve.
 * @param spend Micros a day, at least 0.
 * @returns Outcome units a micro; `Infinity` at 0 for a Hill curve of slope below 1.
 */
export function respondMarginally(
  curve: AllocationCurve,
  spend: number,
): number {
  if (curve.type === "piecewise") return findSlope(curve, spend);
  if (curve.type === "sampled") {
    return mean(curve.draws, (draw) => respondMarginally(draw, spend));
  }
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

function mean(
  draws: readonly ResponseCurve[],
  of: (draw: ResponseCurve) => number,
): number {
  return draws.reduce((sum, draw) => sum + of(draw), 0) / draws.length;
}

function interpolate({ points }: PiecewiseCurve, spend: number): number {
  const next = points.findIndex(([amount]) => amount > spend);
  if (next === 0) return 0;
  const [from, before] = points.at(next < 0 ? -1 : next - 1) ?? [0, 0];
  const slope = findSlope({ type: "piecewise", points }, spend);
  return before + slope * (spend - from);
}

/** Slope to the right of an amount. */
function findSlope({ points }: PiecewiseCurve, spend: number): number {
  const next = points.findIndex(([amount]) => amount > spend);
  const [to, after] = points[next] ?? [0, 0];
  const [from, before] = points[next - 1] ?? [NaN, 0];
  return next < 1 ? 0 : (after - before) / (to - from);
}
