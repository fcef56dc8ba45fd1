/**
 * Curves that have no closed form: straight lines between points, and means over
 * posterior draws.
 *
 * Of a mean over draws, the part beyond the last draw's bend is concave and stays
 * smooth; what lies before it is covered by a polygon.
 *
 * @module
 */
import type {
  PiecewiseCurve,
  SampledCurve,
} from "../../../domain/allocation.ts";
import { createCover, type Polygon } from "./cover.ts";
import { layDraws, type Look } from "./draw_columns.ts";

/** A curve asked point by point. */
export interface Tabulated {
  value(amount: number): number;
  marginal(amount: number): number;
  /** Both, and how the slope turns, in an object that the next look overwrites. */
  look(amount: number): Readonly<Look>;
  /** From here on it is smooth and concave; infinite if nowhere. */
  readonly smoothFrom: number;
  /** A polygon over [lo, hi] that is not below the curve, and as a rule meets it at both ends. */
  cover(lo: number, hi: number): Polygon;
}

/** Prepares a curve. */
export function tabulate(curve: PiecewiseCurve | SampledCurve): Tabulated {
  return curve.type === "piecewise"
    ? tabulatePoints(curve)
    : tabulateDraws(curve);
}

function tabulatePoints({ points }: PiecewiseCurve): Tabulated {
  const x = Float64Array.from(points, ([amount]) => amount);
  const y = Float64Array.from(points, ([, outcome]) => outcome);
  const last = x.length - 1;
  const slopeAfter = (index: number) =>
    index < 0 || index >= last
      ? 0
      : ((y[index + 1] as number) - (y[index] as number)) /
        ((x[index + 1] as number) - (x[index] as number));
  const value = (amount: number) => {
    const index = findLast(x, amount);
    if (index < 0) return 0;
    return (y[index] as number) +
      slopeAfter(index) * (amount - (x[index] as number));
  };
  const marginal = (amount: number) => slopeAfter(findLast(x, amount));
  return {
    value,
    marginal,
    look: (amount) => ({
      outcome: value(amount),
      slope: marginal(amount),
      turn: 0,
    }),
    smoothFrom: Infinity,
    cover(lo, hi) {
      const inner = x.filter((amount) => amount > lo && amount < hi);
      const amounts = Float64Array.of(lo, ...inner, hi);
      return { x: amounts, y: amounts.map(value) };
    },
  };
}

/** Index of the last point at or before an amount; −1 if there is none. */
function findLast(x: Float64Array, amount: number): number {
  let left = 0;
  let right = x.length;
  while (left < right) {
    const middle = (left + right) >> 1;
    if ((x[middle] as number) <= amount) left = middle + 1;
    else right = middle;
  }
  return left - 1;
}

function tabulateDraws({ draws }: SampledCurve): Tabulated {
  const columns = layDraws(draws);
  const slopes = new Float64Array(draws.length);
  return {
    value: (amount) => columns.look(amount, slopes).outcome,
    marginal: (amount) => columns.look(amount, slopes).slope,
    look: (amount) => columns.look(amount, slopes),
    smoothFrom: columns.bends.reduce((one, other) => Math.max(one, other)),
    cover: createCover(columns),
  };
}
