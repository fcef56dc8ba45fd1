/**
 * A response curve as points: what amounts bring, and what their next units do.
 *
 * @module
 */
import type { AllocationCurve } from "../../domain/allocation.ts";
import { respond, respondMarginally } from "../../domain/response.ts";

/** One point of a curve. */
export interface CurvePoint {
  readonly amount: number;
  /** Weighted outcome of the amount. */
  readonly outcome: number;
  /** Weighted outcome of the next unit; `Infinity` at 0 where the curve is that steep. */
  readonly marginal: number;
}

/**
 * Traces a curve.
 *
 * @param curve The curve.
 * @param points How far, in how many steps, and the value of an outcome unit.
 * @returns Evenly spaced points from 0 on, steps + 1 of them.
 */
export function traceCurve(
  curve: AllocationCurve,
  { until, steps, weight = 1 }: {
    readonly until: number;
    readonly steps: number;
    readonly weight?: number;
  },
): CurvePoint[] {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const amount = until * (step / steps);
    return {
      amount,
      outcome: weight * respond(curve, amount),
      marginal: weight === 0 ? 0 : weight * respondMarginally(curve, amount),
    };
  });
}
