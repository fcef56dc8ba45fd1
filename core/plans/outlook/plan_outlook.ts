/**
 * Plans under uncertainty: the mean over all draws, or the mean and its worst tail,
 * with a proof.
 *
 * @module
 */
import { areConcave, raise, support } from "../interior/concave_curves.ts";
import { type Deadline, startClock } from "../interior/deadline.ts";
import { type InteriorPoint, maximize } from "../interior/interior.ts";
import { type Frame, frameOutlook, type Shortfall } from "./frame.ts";
import {
  type Forecast,
  forecast,
  listOutcomes,
  valueOutcomes,
} from "./outcomes.ts";
import {
  checkOutlook,
  conflict,
  type Objective,
  type OutlookProblem,
} from "./problem.ts";
import { poseOutlook } from "./program.ts";
import { laySheet, type OutlookSheet, respondToDraws } from "./sheet.ts";
import { weighDraws } from "./weigh_draws.ts";

/** A plan, its certificate and its forecast. */
export interface OutlookPlan {
  /** Amount of each entity, shape [entities], within all bounds to 1e-9 of the budget. */
  readonly amounts: Float64Array;
  /** The objective, of the amounts. */
  readonly value: number;
  /** No plan within the bounds has a higher one. */
  readonly upperBound: number;
  /** (upperBound − value) ÷ upperBound, at least 0. */
  readonly gap: number;
  /** What one more unit of budget would bring. */
  readonly price: number;
  /** Weights of the draws with which the bound is added up, shape [draws]. */
  readonly weights: Float64Array;
  readonly forecast: Forecast;
}

/** When the search ends, and what the plan is compared with. */
export interface OutlookOptions extends Deadline {
  /** Relative gap that is good enough, 1e-10 by default. */
  readonly tolerance?: number;
  /** Newton steps of one search at most, 200 by default. */
  readonly maxIterations?: number;
  /** What is spent today, shape [entities]. */
  readonly today?: ArrayLike<number>;
}

/** When one of several searches ends. */
export interface SearchOptions
  extends Pick<OutlookOptions, "tolerance" | "maxIterations"> {
  /** Whether no proof is needed. */
  readonly unproven?: boolean;
  /** Whether time is over. */
  readonly isOver?: () => boolean;
}

/** Shares of the knee from which S-shaped curves are climbed, beside the envelope's plan. */
const STARTS = [1, 0.5];
const ROUNDS = 12;
const PROGRESS = 1e-7;
const INFEASIBLE = 10;

/**
 * Plans.
 *
 * @param problem Draws and bounds.
 * @param objective What is to be large; by default the mean.
 * @param options When to stop.
 * @returns The plan; optimal to its gap where curves are concave, else the best of several local ones under a bound of envelopes.
 * @throws {RangeError} If a number is not what it should be.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function planOutlook(
  problem: OutlookProblem,
  objective: Objective = { type: "mean" },
  options: OutlookOptions = {},
): OutlookPlan {
  const draws = checkOutlook(problem);
  const sheet = laySheet(problem, draws);
  const frame = frameOutlook(problem, sheet, weighObjective(objective, draws));
  const concave = areConcave(sheet.curves);
  if (!concave) standEnvelopes(sheet);
  const timed = { ...options, isOver: startClock(options) };
  const bounding = search(frame, timed);
  const { bound, prices } = bounding;
  const weights = weighDraws(frame, prices, bounding.x).weights;
  const value = (x: Float64Array) =>
    valueOutcomes(
      listOutcomes(problem, x.subarray(0, sheet.count).map(unscale(sheet))),
      objective,
    );
  const x = concave
    ? bounding.x
    : climb(frame, { bounding, options: timed, value });
  const amounts = x.slice(0, sheet.count).map(unscale(sheet));
  const reached = value(x);
  const upperBound = Math.max(bound * sheet.outcomeUnit, reached);
  const price = prices[frame.order.budget] as number;
  return {
    amounts,
    value: reached,
    upperBound,
    gap: upperBound > 0 ? (upperBound - reached) / upperBound : 0,
    price: price * sheet.outcomeUnit / sheet.amountUnit,
    weights,
    forecast: forecast(problem, amounts, options.today),
  };
}

/** Weights of draws for an objective. */
function weighObjective(objective: Objective, draws: number): Shortfall {
  const even = (weight: number) => new Float64Array(draws).fill(weight / draws);
  if (objective.type === "mean" || objective.weight === 0) {
    return { plain: even(1), cost: null, pull: 0, target: null };
  }
  const { weight, tail } = objective;
  if (!(weight > 0 && weight <= 1 && tail > 0 && tail <= 1)) {
    throw new RangeError(
      `Cannot plan for weight "${weight}" of tail "${tail}": expected shares`,
    );
  }
  return {
    plain: even(1 - weight),
    cost: even(weight / tail),
    pull: weight,
    target: null,
  };
}

/**
 * Searches from the sheet's start, η and shortfalls where its outcomes put them.
 *
 * @throws {EngineError} `plan_infeasible` if no amounts come near all bounds.
 */
export function search(
  frame: Frame,
  options: SearchOptions,
): InteriorPoint {
  const { sheet, order, shortfall } = frame;
  const program = poseOutlook(frame);
  const start = new Float64Array(order.size);
  start.set(sheet.start);
  if (!sheet.free.includes(1)) return stay(program, start);
  if (shortfall.cost !== null) {
    const { outcomes } = sheet;
    respondToDraws(sheet, sheet.start);
    const middle = shortfall.target ??
      outcomes.reduce((sum, outcome) => sum + outcome, 0) / outcomes.length;
    start[order.eta] = middle;
    outcomes.forEach((outcome, draw) =>
      start[order.shortfalls + draw] = Math.max(0, middle - outcome) + 0.1
    );
  }
  const found = maximize(program, start, {
    ...options,
    tolerance: options.tolerance ?? 1e-10,
    maxIterations: options.maxIterations ?? 200,
  });
  if (!(found.violation <= INFEASIBLE * program.precision)) {
    throw conflict(["rows, budget"]);
  }
  program.evaluate(
    found.x,
    new Float64Array(order.end),
    new Float64Array(order.size),
  );
  return found;
}

/** The one plan there is, where floors leave nothing to divide. */
function stay(
  program: ReturnType<typeof poseOutlook>,
  x: Float64Array,
): InteriorPoint {
  const prices = new Float64Array(program.lo.length);
  program.evaluate(x, prices, new Float64Array(x.length));
  prices.fill(0);
  const bound = program.bound(prices);
  return {
    x,
    value: bound,
    bound,
    prices,
    tangent: x,
    violation: 0,
    iterations: 0,
  };
}

function unscale({ amountUnit, lo, hi }: OutlookSheet) {
  return (x: number, at: number) =>
    amountUnit * Math.min(Math.max(x, lo[at] as number), hi[at] as number);
}

function standEnvelopes({ curves, count, draws, lo, hi }: OutlookSheet): void {
  for (let at = 0; at < count; at++) {
    for (let draw = 0; draw < draws; draw++) {
      raise(curves, at * draws + draw, [lo[at] as number, hi[at] as number]);
    }
  }
}

/** The best of local searches, by the true value. */
function climb(
  frame: Frame,
  { bounding, options, value }: {
    readonly bounding: InteriorPoint;
    readonly options: SearchOptions;
    readonly value: (x: Float64Array) => number;
  },
): Float64Array {
  const { curves, hi, draws } = frame.sheet;
  let best = bounding.x;
  for (const share of [null, ...STARTS]) {
    if (options.isOver?.()) break;
    let at = share === null
      ? bounding.x
      : bounding.x.map((x, row) => Math.max(x, share * (hi[row] ?? 0)));
    let last = -Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      curves.of.forEach((site) =>
        support(curves, site, at[Math.floor(site / draws)] as number)
      );
      const near = { tolerance: PROGRESS / 10, unproven: true };
      at = search(frame, { ...options, ...near }).x;
      const reached = value(at);
      if (reached > value(best)) best = at;
      const ended = options.isOver?.() === true;
      if (ended || reached - last <= PROGRESS * Math.abs(reached)) break;
      last = reached;
    }
  }
  return best;
}
