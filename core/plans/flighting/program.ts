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
  solveNewton,
} from "./newton.ts";
import type { FlightProblem } from "./problem.ts";
import {
  boundRows,
  type Bounds,
  dropIdle,
  listTies,
  markEqual,
  orderRows,
  tightenToFixed,
} from "./rows.ts";
import { bendOverTime, type FlightSheet, respondOverTime } from "./sheet.ts";

/** Distance from a bound that is rounding, of the budget. */
const PRECISION = 1e-12;

/** Poses a problem. The sheet's stand-ins may be changed between two searches. */
export function poseFlight(
  problem: FlightProblem,
  sheet: FlightSheet,
): ConcaveProgram {
  const rows = orderRows(sheet);
  const bounds = boundRows(problem, sheet, rows);
  tightenToFixed(problem, sheet, bounds);
  dropIdle(sheet, rows, bounds);
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

/** J·x: cells, ramps, totals, periods, groups, budget. */
function sumRows(
  { sheet: { count, periods, groupOf }, rows }: Newton,
  x: Float64Array,
  out: Float64Array,
): void {
  out.fill(0, rows.totals);
  out.set(x);
  let all = 0;
  for (let row = 0; row < count; row++) {
    let own = 0;
    const group = groupOf[row] as number;
    const shared = rows.groups + group * periods;
    for (let t = 0; t < periods; t++) {
      const cell = row * periods + t;
      const amount = x[cell] as number;
      out[rows.ramps + cell] = t === 0 ? 0 : amount - (x[cell - 1] as number);
      out[rows.periods + t] = (out[rows.periods + t] as number) + amount;
      if (group >= 0) {
        out[shared + t] = (out[shared + t] as number) + amount;
      }
      own += amount;
    }
    out[rows.totals + row] = own;
    all += own;
  }
  out[rows.budget] = all;
}

/** What a unit in a cell pays for ramps, totals and budget. */
function priceCell(
  { sheet: { periods, groupOf }, rows }: Newton,
  prices: Float64Array,
  cell: number,
): number {
  const t = cell % periods;
  const next = t < periods - 1 ? prices[rows.ramps + cell + 1] as number : 0;
  const row = (cell - t) / periods;
  const group = groupOf[row] as number;
  const shared = group < 0
    ? 0
    : prices[rows.groups + group * periods + t] as number;
  return (prices[rows.ramps + cell] as number) - next + shared +
    (prices[rows.totals + row] as number) +
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
