/**
 * Plans money over time so that the outcome is largest, and proves how large it
 * could have been.
 *
 * @module
 */
import { areConcave } from "../interior/concave_curves.ts";
import { type InteriorPoint, maximize } from "../interior/interior.ts";
import type { ConcaveProgram } from "../interior/search_state.ts";
import { sumOutcome } from "./carry_over.ts";
import { conflict, narrowCells } from "./narrow.ts";
import { checkFlight, type Flight, type FlightProblem } from "./problem.ts";
import { poseFlight } from "./program.ts";
import { listBinding, readPrices } from "./report.ts";
import { improveFlight, standEnvelopes } from "./s_shaped.ts";
import { type FlightSheet, laySheet, respondOverTime } from "./sheet.ts";

/** When the search ends. */
export interface FlightOptions {
  /** Relative gap that is good enough, 1e-11 by default. */
  readonly tolerance?: number;
  /** Newton steps of one search at most, 200 by default. */
  readonly maxIterations?: number;
}

/** A flight problem made ready for searches. */
export interface PosedFlight {
  readonly sheet: FlightSheet;
  readonly program: ConcaveProgram;
  /** Searches to a relative gap; by default to that asked for. */
  readonly search: (tolerance?: number) => InteriorPoint;
}

/** Distance from a bound that no plan comes nearer to, of what is rounding. */
const INFEASIBLE = 10;

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
  checkFlight(problem);
  const cells = narrowCells(problem);
  const sheet = laySheet(problem, cells);
  scaleOutcome(sheet);
  const program = poseFlight(problem, sheet);
  const search = (tolerance = options.tolerance ?? 1e-11) =>
    sheet.free.includes(1)
      ? maximize(program, sheet.start, {
        tolerance,
        maxIterations: options.maxIterations ?? 200,
      })
      : stay(program, sheet.start);
  const posed = { sheet, program, search };
  const concave = areConcave(sheet.curves);
  if (!concave) standEnvelopes(sheet, cells);
  const bounding = search();
  if (!(bounding.violation <= INFEASIBLE * program.precision)) {
    throw conflict(["no amounts meet all of them together"]);
  }
  const best = concave ? bounding : improveFlight(posed, bounding);
  const iterations = bounding.iterations +
    (concave ? 0 : best.iterations);
  return report(problem, posed, { bounding, best, iterations });
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
  const prices = readPrices(sheet, best);
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
