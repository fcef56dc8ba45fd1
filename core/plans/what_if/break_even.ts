/**
 * How far a budget can grow until the next unit brings less than it must.
 *
 * @module
 */
import type { AllocationCurve } from "../../domain/allocation.ts";
import { respondMarginally } from "../../domain/response.ts";
import type { ResponseCurve } from "../../domain/score.ts";

const HALVINGS = 200;
const GRID = 512;

/**
 * Finds where a curve breaks even at the margin.
 *
 * @param curve The curve; its bounds are not looked at.
 * @param least Outcome that a unit must bring, above 0.
 * @returns The largest amount whose next unit brings as much, in the unit of the
 * curve; null where none does.
 */
export function findBreakEven(
  curve: AllocationCurve,
  least: number,
): number | null {
  switch (curve.type) {
    case "piecewise": {
      const { points } = curve;
      const last = points.findLastIndex(([amount], at) =>
        at > 0 &&
        respondMarginally(curve, points[at - 1]?.[0] ?? amount) >= least
      );
      return points[last]?.[0] ?? null;
    }
    case "sampled":
      return searchGrid(curve, least);
    default:
      return descend(curve, least, [
        findPeak(curve),
        boundAmount(curve, least),
      ]);
  }
}

/** Where the next unit brings most. */
function findPeak(curve: ResponseCurve): number {
  if (curve.type !== "hill" || curve.slope <= 1) return 0;
  const { half, slope } = curve;
  return half * ((slope - 1) / (slope + 1)) ** (1 / slope);
}

/** An amount beyond which no unit brings so much. */
function boundAmount(curve: ResponseCurve, least: number): number {
  const { ceiling } = curve;
  if (curve.type === "logistic") {
    const ratio = 2 * ceiling * curve.rate / least;
    return ratio > 1 ? Math.log(ratio) / curve.rate : 0;
  }
  const slope = curve.type === "hill" ? curve.slope : 1;
  return ceiling * slope / (4 * least);
}

/** Halves between an amount whose next unit brings enough and one whose does not. */
function descend(
  curve: AllocationCurve,
  least: number,
  [from, until]: readonly [number, number],
): number | null {
  if (!(respondMarginally(curve, from) >= least)) return null;
  let [low, high] = [from, Math.max(from, until)];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (respondMarginally(curve, middle) >= least) low = middle;
    else high = middle;
  }
  return low;
}

/** Looks from above, as the mean of several curves may rise again. */
function searchGrid(
  curve: AllocationCurve & { readonly type: "sampled" },
  least: number,
): number | null {
  const most = Math.max(
    ...curve.draws.map((draw) =>
      Math.max(boundAmount(draw, least), findPeak(draw))
    ),
  );
  if (!(most > 0)) return null;
  let above = most;
  for (let at = 1; at <= GRID; at++) {
    const amount = at === GRID ? 0 : most * 10 ** (-12 * at / GRID);
    if (respondMarginally(curve, amount) >= least) {
      return descend(curve, least, [amount, above]);
    }
    above = amount;
  }
  return null;
}
