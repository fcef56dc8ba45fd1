/**
 * Where an S-shaped curve begins to pay: the amount that brings most for each unit.
 *
 * @module
 */
import type { AllocationCurve } from "../../domain/allocation.ts";

/**
 * Finds the knee.
 *
 * @param curve The curve.
 * @returns The amount with the largest outcome ÷ amount; 0 where the first unit
 * brings most, null where that cannot be said in closed form.
 */
export function findKnee(curve: AllocationCurve): number | null {
  switch (curve.type) {
    case "hill":
      return curve.slope > 1
        ? curve.half * (curve.slope - 1) ** (1 / curve.slope)
        : 0;
    case "logistic":
    case "michaelis_menten":
      return 0;
    case "piecewise":
      return findBest(curve.points);
    case "sampled":
      return null;
  }
}

function findBest(
  points: readonly (readonly [amount: number, outcome: number])[],
): number {
  let [best, most] = [0, 0];
  for (const [amount, outcome] of points) {
    if (amount > 0 && outcome / amount > most * (1 + 1e-12)) {
      [best, most] = [amount, outcome / amount];
    }
  }
  return points.length > 1 && best === points[1]?.[0] ? 0 : best;
}
