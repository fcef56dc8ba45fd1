/**
 * Budgets of an applied plan: for each entity what the plan gives it, by day and as a
 * whole, to be spent from the plan's own price of one more unit on.
 *
 * Each entity's price is what one more micro brings it: the plan's shadow price of its
 * budget where nothing else holds the entity, and its own where bounds do.
 *
 * @module
 */
import type { BudgetTerms } from "../../domain/budget.ts";
import {
  countDays,
  type Day,
  localTime,
  startOfDay,
} from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { Plan, PlanRecommendation } from "../../domain/plan.ts";

/** What a plan does not say. */
export interface PlanBudgetOptions {
  /** Most of any bid, micros. */
  readonly mostMicros: number;
  /** Zone in which the plan's days are counted. */
  readonly zone: string;
}

const LIFE_SECONDS = 3600;

/**
 * Makes the terms of a plan's budgets.
 *
 * @throws {EngineError} `plan_state_invalid` unless the plan is applied.
 */
export function planBudgets(
  plan: Plan,
  options: PlanBudgetOptions,
): readonly BudgetTerms[] {
  if (plan.state !== "applied") {
    throw new EngineError(
      "plan_state_invalid",
      `Cannot make budgets of plan "${plan.id}": it is ${plan.state}, not applied`,
      { facts: { plan: plan.id, state: plan.state } },
    );
  }
  return plan.recommendations.flatMap((one, place) =>
    one.budgetMicros > 0n ? [termsOf(plan, { one, place }, options)] : []
  );
}

function termsOf(
  plan: Plan,
  { one, place }: { readonly one: PlanRecommendation; readonly place: number },
  { mostMicros, zone }: PlanBudgetOptions,
): BudgetTerms {
  const { period: { from, until }, currency, objective } = plan;
  const days = countDays({ from, until });
  return {
    id: `${plan.id}-${place + 1}`,
    currency,
    capMicros: Number(one.budgetMicros),
    dayCapMicros: Math.ceil(Number(one.budgetMicros) / days),
    from: localMidnight(from, zone),
    until: localMidnight(until, zone),
    zone,
    paysFor: [one.entity],
    objective: objective.unit.endsWith("_micros") ? "value" : "outcomes",
    target: null,
    bids: { leastMicros: 0, mostMicros },
    bidsOf: {},
    startMultiplier: priceOf(plan, one),
    mode: "pace",
    notices: { lostAfterSeconds: null, lifeSeconds: LIFE_SECONDS },
    plan: plan.id,
    closedAt: null,
  };
}

function priceOf(
  { binding }: Plan,
  { marginalOutcome }: PlanRecommendation,
): number | null {
  const ofBudget = binding.find(({ constraint }) => constraint === "budget");
  const price = marginalOutcome > 0 ? marginalOutcome : ofBudget?.shadowPrice;
  return price !== undefined && price > 0 ? price : null;
}

/** The first moment of a day on the wall clock of a zone. */
function localMidnight(day: Day, zone: string): string {
  let at = Date.parse(startOfDay(day));
  for (let turn = 0; turn < 2; turn++) {
    const local = localTime(new Date(at).toISOString(), zone);
    const shown = Date.parse(startOfDay(local.day)) + local.minute * 60_000;
    at -= shown - Date.parse(startOfDay(day));
  }
  return new Date(at).toISOString();
}
