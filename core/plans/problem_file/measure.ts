/**
 * What amounts come to: their sum, what the objective says of them, and what the
 * next unit of each brings.
 *
 * @module
 */
import type { BindingConstraint } from "../../domain/allocation.ts";
import { respond, respondMarginally } from "../../domain/response.ts";
import {
  type AnyProblem,
  readColumns,
  readCurve,
} from "../allocation/solver/columns.ts";
import type { PlanAnswer } from "./plan_answer.ts";
import { createSum } from "../allocation/solver/compensated_sum.ts";

/** Sum of all, rounded once. */
export function sumUp(amounts: Float64Array): number {
  const sum = createSum();
  amounts.forEach((amount) => sum.add(amount));
  return sum.total();
}

/** What each entity gets in all periods, shape [entities]. */
export function totalsOf({ amounts, periods, ids }: PlanAnswer): Float64Array {
  if (periods === null) return amounts;
  return Float64Array.from(
    ids,
    (_, at) => sumUp(amounts.subarray(at * periods, (at + 1) * periods)),
  );
}

/** Relative distance, 0 where both are the same. */
export function findGap(value: number, upperBound: number): number {
  return upperBound > value ? (upperBound - value) / Math.abs(upperBound) : 0;
}

/** What the objective says of amounts, shape [entities]. */
export function valueAmounts(
  problem: AnyProblem,
  amounts: ArrayLike<number>,
): number {
  const columns = readColumns(problem);
  const sum = createSum();
  for (let at = 0; at < columns.size; at++) {
    const amount = amounts[at] as number;
    const weight = columns.weight?.[at] ?? 1;
    sum.add(weight * respond(readCurve(columns, at), amount));
    if (problem.objective === "profit") sum.add(-amount);
  }
  return sum.total();
}

/** d objective / d amount of each entity, shape [entities]. */
export function measureMarginal(
  problem: AnyProblem,
  amounts: Float64Array,
): Float64Array {
  const columns = readColumns(problem);
  const cost = problem.objective === "profit" ? 1 : 0;
  return amounts.map((amount, at) => {
    const weight = columns.weight?.[at] ?? 1;
    if (weight === 0) return -cost;
    return weight * respondMarginally(readCurve(columns, at), amount) - cost;
  });
}

/** Prices by name; that of the budget is always there. */
export function listPrices(
  binding: readonly BindingConstraint[],
): Record<string, number> {
  const prices: Record<string, number> = Object.create(null);
  prices.budget = 0;
  for (const { constraint, shadowPrice } of binding) {
    prices[constraint] = shadowPrice;
  }
  return prices;
}
