/**
 * The answer to a problem file as JSON, in the file's unit and its names.
 *
 * Amounts are printed with all digits of a 64-bit number; what is infinite is null.
 *
 * @module
 */
import type { Infeasible } from "./explain_infeasible.ts";
import type { PlanAnswer } from "./plan_answer.ts";

/**
 * Prints an answer.
 *
 * @param answer The plan.
 * @param seconds What it took to solve.
 * @param more Further members.
 * @returns An object for `JSON.stringify`.
 */
export function answerToJson(
  answer: PlanAnswer,
  seconds: number,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { ids, periods, budget, spent, value, upperBound, gap } = answer;
  return {
    allocation: byEntity(ids, answer.amounts, periods),
    value,
    "upper_bound": upperBound,
    gap,
    "shadow_prices": answer.shadowPrices,
    seconds,
    ...{ budget, spent },
    marginal: byEntity(ids, answer.marginal, periods),
    ...answer.forecast === null ? {} : { forecast: forecastToJson(answer) },
    ...more,
  };
}

function byEntity(
  ids: readonly string[],
  values: Float64Array,
  periods: number | null,
): Record<string, unknown> {
  return Object.fromEntries(
    ids.map((id, at) => [
      id,
      periods === null
        ? values[at]
        : [...values.subarray(at * periods, (at + 1) * periods)],
    ]),
  );
}

function forecastToJson({ forecast }: PlanAnswer): unknown {
  if (forecast === null) return null;
  const { mean, median, interval, beatsToday, warnings } = forecast;
  return { mean, median, interval, "beats_today": beatsToday, warnings };
}

/** Prints why there is no answer, as an object for `JSON.stringify`. */
export function infeasibleToJson(
  { conflict, moves }: Infeasible,
  message: string,
): Record<string, unknown> {
  return {
    error: "plan_infeasible",
    message,
    conflict: conflict.constraints,
    relaxation: moves,
  };
}
