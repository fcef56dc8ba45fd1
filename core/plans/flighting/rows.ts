/**
 * The rows of a flight problem: their order, and their bounds in the sheet's units.
 *
 * @module
 */
import { type FlightProblem, listMoments } from "./problem.ts";
import type { FlightSheet } from "./sheet.ts";

/** Room that is made where a least equals its most, relative to it: the search needs an inside. */
const WIDENED = 1e-11;

/** First row of each kind; cells come first, then ramps, totals, periods, groups by period, the budget. */
export interface RowOrder {
  readonly ramps: number;
  readonly totals: number;
  readonly periods: number;
  readonly groups: number;
  readonly budget: number;
}

/** A row that sums cells of several entities. */
export interface Tie {
  readonly row: number;
  /** Whose cells; −1 for all. */
  readonly group: number;
  /** Which cells; −1 for all. */
  readonly period: number;
}

/** Numbers the rows. */
export function orderRows(
  { count, periods, groups }: FlightSheet,
): RowOrder {
  const cells = count * periods;
  return {
    ramps: cells,
    totals: 2 * cells,
    periods: 2 * cells + count,
    groups: 2 * cells + count + periods,
    budget: 2 * cells + count + periods * (1 + groups),
  };
}

/** Bounds of all rows. */
export interface Bounds {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** Lays bounds out. */
export function boundRows(
  problem: FlightProblem,
  sheet: FlightSheet,
  rows: RowOrder,
): Bounds {
  const { periods, amountUnit: unit, free } = sheet;
  const lo = new Float64Array(rows.budget + 1).fill(-Infinity);
  const hi = new Float64Array(rows.budget + 1).fill(Infinity);
  const set = (row: number, least: number, most: number) => {
    const room = Math.max(0, WIDENED * Math.max(most, unit) - (most - least));
    lo[row] = (least - room / 2) / unit;
    hi[row] = (most + room / 2) / unit;
  };
  const moments = listMoments(problem);
  problem.groups?.forEach(({ totals }, at) =>
    totals.forEach((total, period) =>
      set(rows.groups + at * periods + period, total.lo, total.hi)
    )
  );
  problem.entities.forEach(({ total, ramp }, at) => {
    if (total !== undefined) set(rows.totals + at, total.lo, total.hi);
    for (let t = 1; t < periods && ramp !== undefined; t++) {
      const cell = at * periods + t;
      if (moments[t] !== moments[t - 1]) continue;
      if (free[cell] === 1 && free[cell - 1] === 1) {
        set(rows.ramps + cell, -ramp, ramp);
      }
    }
  });
  problem.totals?.forEach((total, period) => {
    lo[rows.periods + period] = total.lo / unit;
    hi[rows.periods + period] = total.hi / unit;
  });
  for (let cell = 0; cell < free.length; cell++) {
    if (free[cell] !== 1) continue;
    lo[cell] = sheet.lo[cell] as number;
    hi[cell] = sheet.hi[cell] as number;
  }
  hi[rows.budget] = problem.budget / unit;
  if (problem.spend === "all") lo[rows.budget] = hi[rows.budget] as number;
  return { lo, hi };
}

/**
 * Takes the bounds from sums that cannot change, as none of their cells can, or as all that
 * can are theirs and the budget must be spent: their prices would mean nothing.
 */
export function dropIdle(
  { count, periods, free, groupOf }: FlightSheet,
  rows: RowOrder,
  { lo, hi }: Bounds,
): void {
  const open = new Int32Array(rows.budget + 1);
  for (let cell = 0; cell < count * periods; cell++) {
    if (free[cell] !== 1) continue;
    const [row, t] = [Math.floor(cell / periods), cell % periods];
    const group = groupOf[row] as number;
    const sums = [rows.totals + row, rows.periods + t, rows.budget];
    if (group >= 0) sums.push(rows.groups + group * periods + t);
    for (const sum of sums) open[sum] = (open[sum] as number) + 1;
  }
  const all = lo[rows.budget] === hi[rows.budget] ? open[rows.budget] : -1;
  for (let row = rows.totals; row < rows.budget; row++) {
    if (open[row] !== 0 && open[row] !== all) continue;
    lo[row] = -Infinity;
    hi[row] = Infinity;
  }
}

/**
 * Periods' totals and the budget, where their bounds are one number and any cell can
 * move them; the budget not where the periods fix it already.
 */
export function markEqual(
  { periods, free }: FlightSheet,
  rows: RowOrder,
  { lo, hi }: Bounds,
): Uint8Array {
  const equal = new Uint8Array(lo.length);
  let every = true;
  for (let row = rows.periods; row <= rows.budget; row++) {
    if (row >= rows.groups && row < rows.budget) continue;
    const open = row === rows.budget
      ? !every
      : free.some((one, cell) =>
        one === 1 && cell % periods === row - rows.periods
      );
    const width = (hi[row] as number) - (lo[row] as number);
    const tight = Number.isFinite(width) &&
      width <= WIDENED * Math.max(1, hi[row] as number);
    if (tight && open) {
      equal[row] = 1;
      lo[row] = hi[row] = ((lo[row] as number) + (hi[row] as number)) / 2;
    } else if (tight) {
      lo[row] = -Infinity;
      hi[row] = Infinity;
    } else if (open) every = false;
  }
  return equal;
}

/** A ramp next to an amount that cannot change is a bound of the cell that can. */
export function tightenToFixed(
  problem: FlightProblem,
  sheet: FlightSheet,
  { lo, hi }: Bounds,
): void {
  const moments = listMoments(problem);
  const { periods, free, amountUnit: unit, start } = sheet;
  problem.entities.forEach(({ ramp, before }, row) => {
    for (let t = 0; t < periods && ramp !== undefined; t++) {
      const cell = row * periods + t;
      if (free[cell] !== 1) continue;
      const last = t > 0
        ? (free[cell - 1] === 1 || moments[t] !== moments[t - 1]
          ? undefined
          : start[cell - 1])
        : before === undefined
        ? undefined
        : before / unit;
      const next = t < periods - 1 && free[cell + 1] !== 1 &&
          moments[t] === moments[t + 1]
        ? start[cell + 1]
        : undefined;
      for (const held of [last, next]) {
        if (held === undefined) continue;
        lo[cell] = Math.max(lo[cell] as number, held - ramp / unit);
        hi[cell] = Math.min(hi[cell] as number, held + ramp / unit);
      }
      sheet.lo[cell] = lo[cell] as number;
      sheet.hi[cell] = hi[cell] as number;
    }
  });
}

/** Lists the rows that have bounds and tie entities together. */
export function listTies(
  { periods }: FlightSheet,
  rows: RowOrder,
  { hi }: Bounds,
): Tie[] {
  const ties: Tie[] = [];
  for (let row = rows.periods; row <= rows.budget; row++) {
    if (!Number.isFinite(hi[row])) continue;
    const at = row - rows.periods;
    ties.push(
      row === rows.budget
        ? { row, group: -1, period: -1 }
        : { row, group: Math.floor(at / periods) - 1, period: at % periods },
    );
  }
  return ties;
}
