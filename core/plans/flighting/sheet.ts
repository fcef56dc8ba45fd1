/**
 * A flight problem in columns, scaled so that amounts and slopes are of the order
 * of 1, with what each entity's adstock and outcome are at the current amounts.
 *
 * Cells are entity by entity, shape [entities × periods]; sites, where curves are
 * read, likewise [entities × horizon], where the horizon is all moments that count.
 *
 * @module
 */
import {
  type ConcaveCurves,
  layCurves,
  look,
} from "../interior/concave_curves.ts";
import type { NarrowedCells } from "./narrow.ts";
import { layKernels, layTimes, type Times } from "./moments.ts";
import { countHorizon, type FlightProblem } from "./problem.ts";

/** Columns of a flight problem. */
export interface FlightSheet extends Times {
  readonly count: number;
  readonly periods: number;
  readonly horizon: number;
  /** Group of each entity, −1 for none; and how many there are. */
  readonly groupOf: Int32Array;
  readonly groups: number;
  /** What one scaled amount and one scaled outcome stand for. */
  readonly amountUnit: number;
  outcomeUnit: number;
  /** Share of a cell's amount that is felt so long after its period begins, shape [cells × lags]. */
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
  const { entities, periods, budget, groups = [] } = problem;
  const count = entities.length;
  const horizon = countHorizon(problem);
  const times = layTimes(problem, horizon);
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
  return markLive({
    count,
    periods,
    horizon,
    ...times,
    groupOf: listGroups(problem),
    groups: groups.length,
    amountUnit,
    outcomeUnit: 1,
    kernel: layKernels(problem, times.lags),
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
  });
}

/** Group of each entity, −1 for none. */
export function listGroups(
  { entities, groups = [] }: FlightProblem,
): Int32Array {
  return Int32Array.from(
    entities,
    ({ id }) => groups.findIndex((group) => group.entities.includes(id)),
  );
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

/** Marks the sites that depend on what may change. */
function markLive(sheet: FlightSheet): FlightSheet {
  const { count, periods, horizon, free, live, season } = sheet;
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < horizon; at++) {
      const site = row * horizon + at;
      const from = sheet.feltFrom[at] as number;
      const to = sheet.feltTo[at] as number;
      for (let t = from; t <= to && season[site] !== 0; t++) {
        const cell = row * periods + t;
        if (free[cell] === 1 && readKernel(sheet, cell, at) !== 0) {
          live[site] = 1;
        }
      }
    }
  }
  return sheet;
}

/** Share of a cell's amount that is felt in a moment; one between `feltFrom` and `feltTo`. */
export function readKernel(
  { kernel, lags, begins, periods }: FlightSheet,
  cell: number,
  at: number,
): number {
  const lag = at - (begins[cell % periods] as number);
  return lag < lags ? kernel[cell * lags + lag] as number : 0;
}

/** Fills `felt` with the adstock of scaled amounts. */
export function feel(sheet: FlightSheet, x: Float64Array): void {
  const { count, periods, horizon, lags, kernel, begins, felt } = sheet;
  felt.set(sheet.carryIn);
  for (let row = 0; row < count; row++) {
    for (let t = 0; t < periods; t++) {
      const cell = row * periods + t;
      const amount = x[cell] as number;
      if (amount === 0) continue;
      const begin = begins[t] as number;
      const most = Math.min(lags, horizon - begin);
      const site = row * horizon + begin;
      for (let lag = 0; lag < most; lag++) {
        felt[site + lag] = (felt[site + lag] as number) +
          (kernel[cell * lags + lag] as number) * amount;
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
  const { count, horizon, curves, felt, bent } = sheet;
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
      const slope = factor * curves.first;
      addFelt(sheet, { row, at, slope }, gradient);
    }
  }
  for (let cell = 0; cell < gradient.length; cell++) {
    if (sheet.free[cell] !== 1) gradient[cell] = 0;
  }
  return outcome;
}

/** Where a curve is read, and a slope there. */
interface Felt {
  readonly row: number;
  readonly at: number;
  readonly slope: number;
}

/** Gives each cell that a site feels its share of a slope. */
function addFelt(
  sheet: FlightSheet,
  { row, at, slope }: Felt,
  out: Float64Array,
): void {
  const { periods, lags, kernel, begins } = sheet;
  const to = sheet.feltTo[at] as number;
  for (let t = sheet.feltFrom[at] as number; t <= to; t++) {
    const lag = at - (begins[t] as number);
    const cell = row * periods + t;
    if (lag >= lags) continue;
    out[cell] = (out[cell] as number) +
      (kernel[cell * lags + lag] as number) * slope;
  }
}

/** out = Kᵀ·D·K · step, with K the kernel and D the curvature at the current amounts. */
export function bendOverTime(
  sheet: FlightSheet,
  step: Float64Array,
  out: Float64Array,
): void {
  const { count, periods, horizon, lags, kernel, begins, live, bent, free } =
    sheet;
  out.fill(0);
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < horizon; at++) {
      const site = row * horizon + at;
      if (live[site] !== 1) continue;
      const to = sheet.feltTo[at] as number;
      let moved = 0;
      for (let t = sheet.feltFrom[at] as number; t <= to; t++) {
        const lag = at - (begins[t] as number);
        const cell = row * periods + t;
        if (lag >= lags) continue;
        moved += (kernel[cell * lags + lag] as number) * (step[cell] as number);
      }
      const slope = moved * (bent[site] as number);
      addFelt(sheet, { row, at, slope }, out);
    }
  }
  for (let cell = 0; cell < out.length; cell++) {
    if (free[cell] !== 1) out[cell] = 0;
  }
}
