/**
 * Reads a problem over periods of the engine's own format.
 *
 * @module
 */
import type { ResponseCurve } from "../../domain/score.ts";
import { carryIn, geometricKernel } from "../flighting/carry_over.ts";
import type { FlightEntity, Range } from "../flighting/problem.ts";
import type { OwnEntity, OwnProblem } from "./own_schema.ts";
import type { FlightAsked } from "./plan_problem.ts";

/** Makes a flight of a problem whose fields agree. */
export function readFlight(own: OwnProblem): FlightAsked {
  const { entities, budget, spend = "all", periods } = own;
  const count = periods?.count ?? 1;
  const totals = periods?.totals;
  return {
    kind: "flight",
    problem: {
      periods: count,
      after: periods?.after ?? 0,
      entities: entities.map((entity) => readEntity(entity, { budget, count })),
      budget,
      spend,
      ...totals ? { totals: totals.map((one) => fill(one, budget)) } : {},
    },
    today: entities.some(({ today }) => today !== undefined)
      ? Float64Array.from(entities, ({ today = NaN }) => today)
      : null,
  };
}

function readEntity(
  { id, curve, lo = 0, hi, weight = 1, total, ...own }: OwnEntity,
  { budget, count }: { readonly budget: number; readonly count: number },
): FlightEntity {
  const { carry_over: carryOver, history, season, ramp, before, spent } = own;
  const kernel = carryOver === undefined
    ? [1]
    : "kernel" in carryOver
    ? carryOver.kernel
    : geometricKernel(carryOver.decay, carryOver.lags);
  const spread = (one: number | readonly number[]) =>
    typeof one === "number" ? Array<number>(count).fill(one) : one;
  const response = curve as ResponseCurve;
  return {
    id,
    curve: { ...response, ceiling: weight * response.ceiling },
    kernel,
    ...history ? { carryIn: carryIn(kernel, history) } : {},
    ...season ? { season } : {},
    lo: spread(lo),
    hi: spread(hi ?? budget),
    ...total ? { total: fill(total, budget) } : {},
    ...ramp === undefined ? {} : { ramp },
    ...before === undefined ? {} : { before },
    ...spent ? { spent } : {},
  };
}

function fill(
  { lo = 0, hi }: { readonly lo?: number; readonly hi?: number },
  budget: number,
): Range {
  return { lo, hi: hi ?? budget };
}
