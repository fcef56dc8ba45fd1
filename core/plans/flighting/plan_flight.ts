/**
 * Plans money over time so that the outcome is largest, and proves how large it
 * could have been.
 *
 * @module
 */
import { areConcave } from "../interior/concave_curves.ts";
import { type Deadline, startClock } from "../interior/deadline.ts";
import { type InteriorPoint, maximize } from "../interior/interior.ts";
import {
  type ConcaveProgram,
  measureViolation,
} from "../interior/search_state.ts";
import { sumOutcome } from "./carry_over.ts";
import { conflict, narrowCells } from "./narrow.ts";
import { checkFlight, type Flight, type FlightProblem } from "./problem.ts";
import { poseFlight } from "./program.ts";
import { listBinding, readPrices } from "./report.ts";
import { improveFlight, standEnvelopes } from "./s_shaped.ts";
import { type FlightSheet, laySheet, respondOverTime } from "./sheet.ts";

/** When the search ends. */
export interface FlightOptions extends Deadline {
  /** Relative gap that is good enough, 1e-11 by default. */
  readonly tolerance?: number;
  /** Newton steps of one search at most, 200 by default. */
  readonly maxIterations?: number;
  /** Plans to improve on, where a curve has an S: the answer is no worse; shape [plans][entities × periods]. */
  readonly starts?: readonly Float64Array[];
}

/** A flight problem made ready for searches. */
export interface PosedFlight {
  readonly sheet: FlightSheet;
  readonly program: ConcaveProgram;
  /** Searches to the relative gap asked for, or near one for which no proof is needed. */
  readonly search: (near?: number) => InteriorPoint;
  /** Whether amounts, scaled, keep all bounds but for rounding. */
  readonly keepsBounds: (x: Float64Array) => boolean;
  /** Whether time is over. */
  readonly isOver: () => boolean;
}

/** Distance from a bound that no plan comes nearer to, of what is rounding. */
const INFEASIBLE = 1000;

/**
 * Plans.
 *
 * With concave curves the plan is optimal and the gap says to what precision. Curves
 * with an S make the problem non-convex: the bound is then that of the curves' concave
 * envelopes, the plan the best of several local ones, and the gap what is not known.
 *
 * @param problem What to plan.
 * @param options When to stop.
 * @returns The plan and its certificate.
 * @throws {RangeError} If a number of the problem is not one.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function planFlight(
  problem: FlightProblem,
  options: FlightOptions = {},
): Flight {
  const { posed, bounding } = solveEnvelopes(problem, options);
  const concave = areConcave(posed.sheet.curves);
  const best = concave
    ? bounding
    : improveFlight(posed, bounding, options.starts);
  const iterations = bounding.iterations +
    (concave ? 0 : best.iterations);
  return report(problem, posed, { bounding, best, iterations });
}

/**
 * Bounds what any plan brings, without looking for one where a curve has an S.
 *
 * @returns Outcome that no plan within the bounds exceeds.
 * @throws As {@link planFlight} does.
 */
export function boundFlight(
  problem: FlightProblem,
  options: FlightOptions = {},
): number {
  const { posed: { sheet }, bounding } = solveEnvelopes(problem, options);
  return bounding.bound * sheet.outcomeUnit;
}

/** Poses a problem and solves it with concave envelopes for curves. */
function solveEnvelopes(
  problem: FlightProblem,
  options: FlightOptions,
): { readonly posed: PosedFlight; readonly bounding: InteriorPoint } {
  checkFlight(problem);
  const isOver = startClock(options);
  const cells = narrowCells(problem);
  const sheet = laySheet(problem, cells);
  scaleOutcome(sheet);
  const program = poseFlight(problem, sheet);
  const search = (near?: number) =>
    sheet.free.includes(1)
      ? maximize(program, sheet.start, {
        tolerance: near ?? options.tolerance ?? 1e-11,
        unproven: near !== undefined,
        maxIterations: options.maxIterations ?? 200,
        isOver,
      })
      : stay(program, sheet.start);
  const rows = new Float64Array(program.lo.length);
  const keepsBounds = (x: Float64Array) => {
    program.evaluate(x, rows, new Float64Array(x.length));
    return measureViolation({ program, rows }) <=
      INFEASIBLE * program.precision;
  };
  if (!areConcave(sheet.curves)) standEnvelopes(sheet, cells);
  const bounding = search();
  if (!keepsBounds(bounding.x)) {
    throw conflict(["no amounts meet all of them together"]);
  }
  return { posed: { sheet, program, search, keepsBounds, isOver }, bounding };
}

/** The one plan there is, where no cell may change. */
function stay(program: ConcaveProgram, x: Float64Array): InteriorPoint {
  const prices = new Float64Array(program.lo.length);
  const value = program.evaluate(x, prices, new Float64Array(x.length));
  prices.fill(0);
  return {
    x,
    value,
    bound: value,
    prices,
    tangent: x,
    violation: 0,
    iterations: 0,
  };
}

/** Chooses the outcome's unit so that slopes are of the order of 1. */
function scaleOutcome(sheet: FlightSheet): void {
  const gradient = new Float64Array(sheet.start.length);
  const outcome = respondOverTime(sheet, sheet.start, gradient);
  const open = sheet.free.reduce((sum, one) => sum + one, 0);
  let rise = 0;
  for (let cell = 0; cell < gradient.length; cell++) {
    rise += (gradient[cell] as number) * (sheet.start[cell] as number);
  }
  const least = 1e-6 * outcome;
  sheet.outcomeUnit = Math.max(rise, least) / Math.max(open, 1) || 1;
}

function report(
  problem: FlightProblem,
  { sheet, program }: PosedFlight,
  { bounding, best, iterations }: {
    readonly bounding: InteriorPoint;
    readonly best: InteriorPoint;
    readonly iterations: number;
  },
): Flight {
  const { amountUnit, outcomeUnit } = sheet;
  const marginal = new Float64Array(best.x.length);
  sheet.free.fill(1);
  sheet.live.fill(1);
  respondOverTime(sheet, best.x, marginal);
  const amounts = best.x.map((x, cell) =>
    amountUnit *
    Math.min(
      Math.max(x, sheet.lo[cell] as number),
      sheet.hi[cell] as number,
    )
  );
  const outcome = sumOutcome(problem, amounts);
  const upperBound = Math.max(bounding.bound * outcomeUnit, outcome);
  const prices = readPrices(sheet, bounding);
  return {
    amounts,
    outcome,
    upperBound,
    gap: upperBound > 0 ? (upperBound - outcome) / upperBound : 0,
    binding: listBinding(problem, { sheet, program, best }),
    marginal: marginal.map((slope) => slope * outcomeUnit / amountUnit),
    prices,
    iterations,
  };
}
