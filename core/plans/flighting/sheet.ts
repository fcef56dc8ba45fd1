/**
 * A flight problem in columns, scaled so that amounts and slopes are of the order
 * of 1, with what each entity's adstock and outcome are at the current amounts.
 *
 * Cells are entity by entity, shape [entities × periods]; sites, where curves are
 * read, likewise [entities × horizon] with horizon = periods + after.
 *
 * @module
 */
import {
  type ConcaveCurves,
  layCurves,
  look,
} from "../interior/concave_curves.ts";
import type { NarrowedCells } from "./narrow.ts";
import type { FlightProblem } from "./problem.ts";

/** Columns of a flight problem. */
export interface FlightSheet {
  readonly count: number;
  readonly periods: number;
  readonly horizon: number;
  readonly lags: number;
  /** What one scaled amount and one scaled outcome stand for. */
  readonly amountUnit: number;
  outcomeUnit: number;
  /** Shape [entities × lags]. */
  readonly kernel: Float64Array;
  /** Shape [sites]. */
  readonly carryIn: Float64Array;
  readonly season: Float64Array;
  readonly curves: ConcaveCurves;
  /** Whether a site depends on any cell that may change, shape [sites]. */
  readonly live: Uint8Array;
  /** Whether a cell may change, shape [cells]. */
  readonly free: Uint8Array;
  /** Bounds of cells, scaled. */
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** Amounts to start from, within the bounds. */
  readonly start: Float64Array;
  /** At the current amounts, shape [sites]: adstock, and −d² outcome / d adstock². */
  readonly felt: Float64Array;
  readonly bent: Float64Array;
}

/** Lays a problem out. */
export function laySheet(
  problem: FlightProblem,
  { asked, reach, fixed }: NarrowedCells,
): FlightSheet {
  const { entities, periods, after, budget } = problem;
  const count = entities.length;
  const horizon = periods + after;
  const lags = Math.max(1, ...entities.map(({ kernel }) => kernel.length));
  const free = fixed.map((one) => 1 - one);
  const open = free.reduce((sum, one) => sum + one, 0);
  const held = reach.lo.reduce((sum, lo) => sum + lo, 0);
  const amountUnit = Math.max(budget - held, 1e-9 * budget) /
      Math.max(open, 1) || 1;
  const fill = (width: number, read: (row: number, at: number) => number) =>
    Float64Array.from(
      { length: count * width },
      (_, at) => read(Math.floor(at / width), at % width),
    );
  const scaled = (amounts: Float64Array) =>
    amounts.map((amount) => amount / amountUnit);
  const of = Int32Array.from(
    { length: count * horizon },
    (_, site) => Math.floor(site / horizon),
  );
  const sheet: FlightSheet = {
    count,
    periods,
    horizon,
    lags,
    amountUnit,
    outcomeUnit: 1,
    kernel: fill(lags, (row, lag) => entities[row]?.kernel[lag] ?? 0),
    carryIn: fill(
      horizon,
      (row, at) => (entities[row]?.carryIn?.[at] ?? 0) / amountUnit,
    ),
    season: fill(horizon, (row, at) => entities[row]?.season?.[at] ?? 1),
    curves: layCurves(entities.map(({ curve }) => curve), of, amountUnit),
    live: new Uint8Array(count * horizon),
    free,
    lo: scaled(asked.lo),
    hi: scaled(asked.hi),
    start: scaled(placeStart(reach, { free, budget })),
    felt: new Float64Array(count * horizon),
    bent: new Float64Array(count * horizon),
  };
  markLive(sheet);
  return sheet;
}

/** Amounts between the bounds that sum to about the budget. */
function placeStart(
  { lo, hi }: NarrowedCells["reach"],
  { free, budget }: { readonly free: Uint8Array; readonly budget: number },
): Float64Array {
  let least = 0;
  let room = 0;
  for (let cell = 0; cell < lo.length; cell++) {
    least += lo[cell] as number;
    room += (hi[cell] as number) - (lo[cell] as number);
  }
  const share = Math.min(0.9999, Math.max(1e-4, (budget - least) / room || 0));
  return lo.map((low, cell) =>
    low + (free[cell] === 1 ? share : 0) * ((hi[cell] as number) - low)
  );
}

function markLive(sheet: FlightSheet): void {
  const { count, periods, horizon, lags, kernel, free, live } = sheet;
  for (let row = 0; row < count; row++) {
    for (let lag = 0; lag < lags; lag++) {
      if (kernel[row * lags + lag] === 0) continue;
      for (let t = 0; t < periods && t + lag < horizon; t++) {
        const site = row * horizon + t + lag;
        if (free[row * periods + t] === 1 && sheet.season[site] !== 0) {
          live[site] = 1;
        }
      }
    }
  }
}

/** Fills `felt` with the adstock of scaled amounts. */
export function feel(sheet: FlightSheet, x: Float64Array): void {
  const { count, periods, horizon, lags, kernel, felt } = sheet;
  felt.set(sheet.carryIn);
  for (let row = 0; row < count; row++) {
    for (let t = 0; t < periods; t++) {
      const amount = x[row * periods + t] as number;
      if (amount === 0) continue;
      const most = Math.min(lags, horizon - t);
      const site = row * horizon + t;
      for (let lag = 0; lag < most; lag++) {
        felt[site + lag] = (felt[site + lag] as number) +
          (kernel[row * lags + lag] as number) * amount;
      }
    }
  }
}

/**
 * Outcome of scaled amounts by the stand-ins, in outcome units; fills the gradient
 * of free cells (0 for others) and `bent`.
 */
export function respondOverTime(
  sheet: FlightSheet,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const { count, periods, horizon, lags, kernel, curves, felt, bent } = sheet;
  feel(sheet, x);
  gradient.fill(0);
  let outcome = 0;
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < horizon; at++) {
      const site = row * horizon + at;
      const factor = (sheet.season[site] as number) / sheet.outcomeUnit;
      if (factor === 0) continue;
      look(curves, site, felt[site] as number);
      outcome += factor * curves.value;
      if (sheet.live[site] !== 1) continue;
      bent[site] = -factor * Math.min(curves.second, 0);
      const first = factor * curves.first;
      const least = Math.max(0, at - periods + 1);
      const cell = row * periods + at;
      for (let lag = least; lag < lags && lag <= at; lag++) {
        gradient[cell - lag] = (gradient[cell - lag] as number) +
          (kernel[row * lags + lag] as number) * first;
      }
    }
  }
  for (let cell = 0; cell < gradient.length; cell++) {
    if (sheet.free[cell] !== 1) gradient[cell] = 0;
  }
  return outcome;
}

/** out = Kᵀ·D·K · step, with K the kernel and D the curvature at the current amounts. */
export function bendOverTime(
  sheet: FlightSheet,
  step: Float64Array,
  out: Float64Array,
): void {
  const { count, periods, horizon, lags, kernel, live, bent, free } = sheet;
  out.fill(0);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < horizon; at++) {
      const site = row * horizon + at;
      if (live[site] !== 1) continue;
      const cell = row * periods + at;
      const first = row * lags;
      const most = Math.min(lags - 1, at);
      const least = Math.max(0, at - periods + 1);
      let moved = 0;
      for (let lag = least; lag <= most; lag++) {
        moved += (kernel[first + lag] as number) * (step[cell - lag] as number);
      }
      moved *= bent[site] as number;
      for (let lag = least; lag <= most; lag++) {
        if (free[cell - lag] !== 1) continue;
        out[cell - lag] = (out[cell - lag] as number) +
          (kernel[first + lag] as number) * moved;
      }
    }
  }
}
