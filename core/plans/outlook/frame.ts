/**
 * Rows, bounds and weights of a plan over draws, in the sheet's units.
 *
 * @module
 */
import type { OutlookProblem } from "./problem.ts";
import type { OutlookSheet } from "./sheet.ts";

/** Weights of the draws; all in the sheet's units. */
export interface Shortfall {
  /** Weight of each draw's outcome, shape [draws]. */
  readonly plain: Float64Array;
  /** Price of each draw's shortfall below η, shape [draws]; null if none is looked at. */
  readonly cost: Float64Array | null;
  /** Weight of η where it is free, else 0. */
  readonly pull: number;
  /** Where η is held, or null if it is free. */
  readonly target: number | null;
}

/** First row of each kind: amounts, η, shortfalls, linear rows, the budget, draws. */
export interface RowOrder {
  readonly eta: number;
  readonly shortfalls: number;
  readonly size: number;
  readonly budget: number;
  readonly hinges: number;
  readonly end: number;
}

/** What evaluation, factorisation and proof share. */
export interface Frame {
  readonly sheet: OutlookSheet;
  readonly shortfall: Shortfall;
  readonly order: RowOrder;
  /** Coefficients of the linear rows, scaled, shape [rows][entities]. */
  readonly linear: readonly Float64Array[];
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  readonly equal: Uint8Array;
}

/** Numbers the rows. */
export function orderRows(
  { count, draws }: OutlookSheet,
  { rows = [] }: OutlookProblem,
  { cost }: Shortfall,
): RowOrder {
  const size = cost === null ? count : count + 1 + draws;
  const budget = size + rows.length;
  return {
    eta: count,
    shortfalls: count + 1,
    size,
    budget,
    hinges: budget + 1,
    end: budget + 1 + (cost === null ? 0 : draws),
  };
}

/** Room that is made where a row's least equals its most, relative to it. */
const WIDENED = 1e-11;

/** Lays out rows and bounds. */
export function frameOutlook(
  problem: OutlookProblem,
  sheet: OutlookSheet,
  shortfall: Shortfall,
): Frame {
  const order = orderRows(sheet, problem, shortfall);
  const { amountUnit: unit, count, free } = sheet;
  const lo = new Float64Array(order.end).fill(-Infinity);
  const hi = new Float64Array(order.end).fill(Infinity);
  for (let at = 0; at < count; at++) {
    if (free[at] !== 1) continue;
    lo[at] = sheet.lo[at] as number;
    hi[at] = sheet.hi[at] as number;
  }
  if (shortfall.cost !== null) lo.fill(0, order.shortfalls, order.size);
  if (shortfall.cost !== null) lo.fill(0, order.hinges, order.end);
  problem.rows?.forEach((row, at) => {
    const { lo: least = -Infinity, hi: most = Infinity } = row;
    const room = Math.max(
      0,
      WIDENED * Math.max(Math.abs(most), unit) - (most - least),
    );
    lo[order.size + at] = (least - room / 2) / unit;
    hi[order.size + at] = (most + room / 2) / unit;
  });
  const equal = new Uint8Array(order.end);
  hi[order.budget] = problem.budget / unit;
  if (problem.spend === "all") {
    lo[order.budget] = problem.budget / unit;
    equal[order.budget] = 1;
  }
  const linear = (problem.rows ?? []).map(({ terms }) =>
    Float64Array.from(problem.entities, ({ id }) => terms[id] ?? 0)
  );
  return { sheet, shortfall, order, linear, lo, hi, equal };
}
