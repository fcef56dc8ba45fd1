/**
 * The least budget that brings a target by the end of all periods.
 *
 * The outcome V of the best plan is concave in the budget, and a plan's price of the
 * budget is the slope of a line above V. Where that line meets the target no
 * smaller budget can; Newton's method steps from one such budget to the next, each a
 * proof, until a plan reaches the target. With curves that have an S, the line is above the
 * envelopes' V: it proves less than plans reach, and the budget is halved in between.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { narrowCells } from "./narrow.ts";
import { type FlightOptions, planFlight } from "./plan_flight.ts";
import { checkFlight, type Flight, type FlightProblem } from "./problem.ts";

/** A budget that reaches a target, and its proof. */
export interface TargetFlight {
  /** What is spent. */
  readonly budget: number;
  /** No smaller budget reaches the target. */
  readonly leastBudget: number;
  readonly flight: Flight;
}

const ROUNDS = 40;
const REACHED = 1e-9;
/** Halvings where a curve has an S. */
const HALVINGS = 14;
/** Where a line meets the target below the floors, the next budget is that much nearer to them. */
const NEARER = 16;

/**
 * Finds the least budget.
 *
 * @param problem What to plan; its budget is the most there is.
 * @param target Outcome wanted in all periods that count.
 * @param options When each search ends.
 * @returns Budget and plan, with an outcome of the target less 1e-9 of it at least.
 * @throws {EngineError} `plan_infeasible` if no budget up to the problem's reaches it.
 */
export function reachTarget(
  problem: FlightProblem,
  target: number,
  options: FlightOptions = {},
): TargetFlight {
  checkFlight(problem);
  const { reach } = narrowCells({ ...problem, spend: "up_to" });
  let leastBudget = reach.lo.reduce((sum, lo) => sum + lo, 0);
  let { budget } = problem;
  let flight = planFlight(problem, options);
  if (flight.outcome < target * (1 - REACHED)) {
    throw outOfReach(problem, flight);
  }
  if (problem.entities.some(isSShaped)) {
    return halve({ problem, target, options }, {
      budget,
      flight,
      leastBudget: Math.min(budget, meet(budget, flight, target)),
    });
  }
  const close = REACHED * budget;
  for (let round = 0; round < ROUNDS; round++) {
    const met = meet(budget, flight, target);
    const proven = met > leastBudget;
    if (proven) leastBudget = met;
    if (
      flight.outcome >= target * (1 - REACHED) && budget - leastBudget <= close
    ) {
      break;
    }
    const trial = proven ? met : leastBudget + (budget - leastBudget) / NEARER;
    const next = planOrNull({ ...problem, budget: trial }, options);
    if (next === null) leastBudget = trial;
    else [budget, flight] = [trial, next];
  }
  return { budget, leastBudget: Math.min(leastBudget, budget), flight };
}

/** Where the line above what budgets bring meets the target: no smaller budget reaches it. */
function meet(budget: number, flight: Flight, target: number): number {
  const met = budget + (target - flight.upperBound) / flight.prices.budget;
  return Number.isFinite(met) ? Math.max(0, met) : 0;
}

/** Halves between what is proven and what is reached. */
function halve(
  { problem, target, options }: {
    readonly problem: FlightProblem;
    readonly target: number;
    readonly options: FlightOptions;
  },
  first: TargetFlight,
): TargetFlight {
  let reached = first;
  let { leastBudget } = first;
  let missed = leastBudget;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const trial = halving === 0 ? missed : (missed + reached.budget) / 2;
    const flight = planOrNull({ ...problem, budget: trial }, options);
    if (flight !== null && flight.outcome >= target * (1 - REACHED)) {
      reached = { budget: trial, flight, leastBudget };
    } else missed = trial;
    leastBudget = Math.max(
      leastBudget,
      flight === null ? trial : Math.min(trial, meet(trial, flight, target)),
    );
  }
  return { ...reached, leastBudget: Math.min(leastBudget, reached.budget) };
}

/** A plan, or null where the budget is below what the bounds ask. */
function planOrNull(
  problem: FlightProblem,
  options: FlightOptions,
): Flight | null {
  try {
    return planFlight(problem, options);
  } catch (error) {
    if (error instanceof EngineError && error.code === "plan_infeasible") {
      return null;
    }
    throw error;
  }
}

function isSShaped({ curve }: FlightProblem["entities"][number]): boolean {
  return curve.type === "hill" && curve.slope > 1;
}

function outOfReach(
  { budget }: FlightProblem,
  { upperBound }: Flight,
): EngineError {
  return new EngineError(
    "plan_infeasible",
    `Cannot reach target: budget "${budget}" brings at most ${upperBound}`,
    { facts: { constraints: "target, budget", conflicting: 2 } },
  );
}
