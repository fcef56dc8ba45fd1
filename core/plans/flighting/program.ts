/**
 * A flight problem as the interior search sees it: its rows, its Newton system and
 * its proof.
 *
 * The proof: a concave outcome lies below its tangent plane at any point x̂, so no plan
 * brings more than F(x̂) + max ∇F(x̂)·(x − x̂); and that linear maximum is at most
 * what any prices of ramps, totals and budget make of it, each cell taking the end of its
 * own bounds that pays. It holds for whatever point and prices; at the optimum both
 * maxima are the outcome itself.
 *
 * @module
 */
import type { ConcaveProgram } from "../interior/search_state.ts";
import {
  createNewton,
  factorNewton,
  type Newton,
  orderRows,
  type RowOrder,
  solveNewton,
} from "./newton.ts";
import type { FlightProblem } from "./problem.ts";
import { bendOverTime, type FlightSheet, respondOverTime } from "./sheet.ts";

/** Room that is made where a least equals its most, relative to it: the search needs an inside. */
const WIDENED = 1e-11;

/** Distance from a bound that is rounding, of the budget. */
const PRECISION = 1e-10;

interface Bounds {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

/** Poses a problem. The sheet's stand-ins may be changed between two searches. */
export function poseFlight(
  problem: FlightProblem,
  sheet: FlightSheet,
): ConcaveProgram {
  const rows = orderRows(sheet);
  const bounds = boundRows(problem, sheet, rows);
  tightenToFixed(problem, sheet, bounds);
  const equal = markEqual(sheet, rows, bounds);
  const newton = createNewton(sheet, listTies(sheet, rows, bounds));
  const size = sheet.count * sheet.periods;
  const x = new Float64Array(size);
  const gradient = new Float64Array(size);
  let outcome = 0;
  return {
    size,
    ...bounds,
    equal,
    precision: PRECISION * Math.max(1, problem.budget / sheet.amountUnit),
    evaluate(point, out, slopes) {
      x.set(point);
      outcome = respondOverTime(sheet, x, slopes);
      gradient.set(slopes);
      sumRows(newton, x, out);
      return outcome;
    },
    push: (step, out) => sumRows(newton, step, out),
    pull(prices, out) {
      for (let cell = 0; cell < size; cell++) {
        out[cell] = sheet.free[cell] === 1
          ? (prices[cell] as number) + priceCell(newton, prices, cell)
          : 0;
      }
    },
    bend: (step, out) => bendOverTime(sheet, step, out),
    factor: (weights) => factorNewton(newton, weights),
    solve: (rhs, moves) => solveNewton(newton, rhs, moves),
    bound: (prices) =>
      outcome + boundRise(newton, { prices, x, gradient, bounds }),
  };
}

function boundRows(
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
  problem.entities.forEach(({ total, ramp }, at) => {
    if (total !== undefined) set(rows.totals + at, total.lo, total.hi);
    for (let t = 1; t < periods && ramp !== undefined; t++) {
      const cell = at * periods + t;
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
 * Periods' totals and the budget, where their bounds are one number and any cell can
 * move them; the budget not where the periods fix it already.
 */
function markEqual(
  { periods, free }: FlightSheet,
  rows: RowOrder,
  { lo, hi }: Bounds,
): Uint8Array {
  const equal = new Uint8Array(lo.length);
  let every = true;
  for (let row = rows.periods; row <= rows.budget; row++) {
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
function tightenToFixed(
  { entities }: FlightProblem,
  sheet: FlightSheet,
  { lo, hi }: Bounds,
): void {
  const { periods, free, amountUnit: unit, start } = sheet;
  entities.forEach(({ ramp, before }, row) => {
    for (let t = 0; t < periods && ramp !== undefined; t++) {
      const cell = row * periods + t;
      if (free[cell] !== 1) continue;
      const last = t > 0
        ? (free[cell - 1] === 1 ? undefined : start[cell - 1])
        : before === undefined
        ? undefined
        : before / unit;
      const next = t < periods - 1 && free[cell + 1] !== 1
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

function listTies(
  { periods }: FlightSheet,
  rows: RowOrder,
  { hi }: Bounds,
): number[] {
  const bound = Array.from({ length: periods }, (_, period) => period)
    .filter((period) => Number.isFinite(hi[rows.periods + period]));
  return Number.isFinite(hi[rows.budget]) ? [...bound, -1] : bound;
}

/** J·x: cells, ramps, totals, periods, budget. */
function sumRows(
  { sheet: { count, periods }, rows }: Newton,
  x: Float64Array,
  out: Float64Array,
): void {
  out.fill(0, rows.totals);
  out.set(x);
  let all = 0;
  for (let row = 0; row < count; row++) {
    let own = 0;
    for (let t = 0; t < periods; t++) {
      const cell = row * periods + t;
      const amount = x[cell] as number;
      out[rows.ramps + cell] = t === 0 ? 0 : amount - (x[cell - 1] as number);
      out[rows.periods + t] = (out[rows.periods + t] as number) + amount;
      own += amount;
    }
    out[rows.totals + row] = own;
    all += own;
  }
  out[rows.budget] = all;
}

/** What a unit in a cell pays for ramps, totals and budget. */
function priceCell(
  { sheet: { periods }, rows }: Newton,
  prices: Float64Array,
  cell: number,
): number {
  const t = cell % periods;
  const next = t < periods - 1 ? prices[rows.ramps + cell + 1] as number : 0;
  return (prices[rows.ramps + cell] as number) - next +
    (prices[rows.totals + (cell - t) / periods] as number) +
    (prices[rows.periods + t] as number) + (prices[rows.budget] as number);
}

/** How much more than at x any plan within the bounds can bring at most. */
function boundRise(
  newton: Newton,
  { prices, x, gradient, bounds }: {
    readonly prices: Float64Array;
    readonly x: Float64Array;
    readonly gradient: Float64Array;
    readonly bounds: Bounds;
  },
): number {
  const { rows, sheet: { free } } = newton;
  let rise = 0;
  for (let cell = 0; cell < rows.ramps; cell++) {
    const price = priceCell(newton, prices, cell);
    const amount = x[cell] as number;
    if (free[cell] !== 1) {
      rise -= price * amount;
      continue;
    }
    const slope = gradient[cell] as number;
    const left = slope - price;
    rise += left *
        ((left > 0 ? bounds.hi[cell] : bounds.lo[cell]) as number) -
      slope * amount;
  }
  for (let row = rows.ramps; row < prices.length; row++) {
    const price = prices[row] as number;
    if (price === 0) continue;
    rise += price * ((price > 0 ? bounds.hi[row] : bounds.lo[row]) as number);
  }
  return rise;
}
