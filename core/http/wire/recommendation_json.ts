/**
 * What a plan gives to each entity, as printed.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { PlanRecommendation } from "../../domain/plan.ts";
import { appliedSchema, appliedToJson } from "./decision_json.ts";
import { entityKeyField, microsText, moneyText } from "./fields.ts";
import { intervalField } from "./plan_proof_json.ts";

/** What one entity gets. */
export const recommendationSchema = z.object({
  entity: entityKeyField,
  parent: entityKeyField.nullable(),
  budget: moneyText.openapi({ description: "For the whole period" }),
  current: moneyText.openapi({
    description: "What it gets now, for as long a period",
  }),
  expected_outcome: z.number(),
  marginal_outcome: z.number(),
  bounds: z.object({ lo_micros: microsText, hi_micros: microsText }).openapi({
    description: "For the whole period",
  }),
  policy_applied: z.array(appliedSchema).openapi({
    description: "Policies judge budgets per day: these micros are a day's",
  }),
  warnings: z.array(z.string()),
  outcome_interval: intervalField.optional().openapi({
    description: "Least and most outcome; left out where no doubt is known",
  }),
  why: z.string().optional().openapi({
    description: "Why it is no more and no less",
  }),
}).openapi("PlanRecommendation");

/**
 * Prints what one entity gets.
 *
 * @param row The recommendation.
 * @param currency Of all its amounts.
 * @returns JSON-like value.
 */
export function recommendationToJson(
  row: PlanRecommendation,
  currency: string,
): z.input<typeof recommendationSchema> {
  return {
    entity: row.entity,
    parent: row.parent,
    budget: { micros: `${row.budgetMicros}`, currency },
    current: { micros: `${row.currentMicros}`, currency },
    expected_outcome: row.expectedOutcome,
    marginal_outcome: row.marginalOutcome,
    bounds: {
      lo_micros: `${row.boundsMicros[0]}`,
      hi_micros: `${row.boundsMicros[1]}`,
    },
    policy_applied: row.applied.map(appliedToJson),
    warnings: [...row.warnings],
    ...row.outcomeInterval && { outcome_interval: [...row.outcomeInterval] },
    ...row.why !== undefined && { why: row.why },
  };
}
