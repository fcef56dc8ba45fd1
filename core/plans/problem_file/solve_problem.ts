/**
 * Solves the problem of a file.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import { allocate } from "../allocation/allocate.ts";
import { sumOutcome } from "../flighting/carry_over.ts";
import { planFlight } from "../flighting/plan_flight.ts";
import { forecast } from "../outlook/outcomes.ts";
import { nameOf, readColumns } from "../allocation/solver/columns.ts";
import {
  findGap,
  listPrices,
  measureMarginal,
  sumUp,
  valueAmounts,
} from "./measure.ts";
import { completeToday, planDraws, toOutlook } from "./plan_draws.ts";
import type { PlanAnswer } from "./plan_answer.ts";
import type { AmountsAsked, FlightAsked, PlanProblem } from "./plan_problem.ts";
import { settleAmounts } from "./settle.ts";
import { settleFlight } from "./settle_flight.ts";

/** When the search ends. */
export interface SolveOptions {
  /** The answer comes about then, with the gap that is left; flights and tails take the time they need. */
  readonly deadlineMs?: number;
}

/** Gap that is good enough for means over draws, each of whose evaluations is a sum. */
const DRAWN = 1e-9;

/**
 * Solves.
 *
 * @param asked What a file asks for.
 * @param options When to stop.
 * @returns Amounts that keep each bound exactly and sum to the budget.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict, or
 * `request_invalid` for what no search takes.
 */
export function solveProblem(
  asked: PlanProblem,
  options: SolveOptions = {},
): PlanAnswer {
  try {
    if (asked.kind === "flight") return solveFlight(asked);
    return asked.aim.type === "mean"
      ? solveAmounts(asked, options)
      : planDraws(asked, asked.aim);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EngineError("request_invalid", error.message, { cause: error });
  }
}

function solveAmounts(
  { problem, today, seen }: AmountsAsked,
  options: SolveOptions,
): PlanAnswer {
  const drawn = toOutlook(problem, seen);
  const tolerance = drawn === null ? {} : { tolerance: DRAWN };
  const found = allocate(problem, { ...tolerance, ...options });
  const amounts = settleAmounts(problem, found.amounts);
  const columns = readColumns(problem);
  const value = valueAmounts(problem, amounts);
  const upperBound = Math.max(found.upperBound, value);
  const shadowPrices = listPrices(found.binding);
  return {
    ids: columns.ids ??
      Array.from({ length: columns.size }, (_, at) => nameOf(columns, at)),
    periods: null,
    ...{ amounts, value, upperBound, gap: findGap(value, upperBound) },
    ...{ budget: problem.budget, spent: sumUp(amounts) },
    ...{ price: shadowPrices.budget ?? 0, shadowPrices },
    marginal: measureMarginal(problem, amounts),
    mustBring: Float64Array.from(
      columns.group,
      (group) => group < 0 ? found.price : found.groupPrices[group] as number,
    ),
    forecast: drawn && forecast(drawn, amounts, completeToday(today)),
  };
}

function solveFlight({ problem }: FlightAsked): PlanAnswer {
  const found = planFlight(problem);
  const amounts = settleFlight(problem, found.amounts);
  const value = sumOutcome(problem, amounts);
  const upperBound = Math.max(found.upperBound, value);
  const { prices } = found;
  return {
    ids: problem.entities.map(({ id }) => id),
    periods: problem.periods,
    ...{ amounts, value, upperBound, gap: findGap(value, upperBound) },
    ...{ budget: problem.budget, spent: sumUp(amounts) },
    price: prices.budget,
    shadowPrices: listPrices(found.binding),
    marginal: found.marginal,
    mustBring: prices.totals.map((price) => price + prices.budget),
    forecast: null,
  };
}
