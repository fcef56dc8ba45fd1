/**
 * What a plan claims, as printed: how good it is, how sure that is, what holds it back
 * and what would be worth a test.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type {
  PlanBinding,
  PlanExperiment,
  PlanForecast,
  PlanValue,
} from "../../domain/plan_proof.ts";
import { entityKeyField, microsText } from "./fields.ts";

/** Least and most. */
export const intervalField = z.array(z.number()).length(2).openapi({
  description: "Least and most",
});

/** How good a plan is. */
export const objectiveSchema = z.object({
  unit: z.string(),
  outcome: z.number(),
  current_outcome: z.number(),
  upper_bound: z.number().openapi({
    description:
      "No plan within the constraints can bring more: outcome, or value of the goal",
  }),
  gap: z.number().openapi({
    description: "(upper_bound - outcome or goal) / upper_bound",
  }),
  least_micros: microsText.optional().openapi({
    description: "No plan that reaches the target outcome spends less",
  }),
  goal: z.object({
    measure: z.enum(["weighted_outcome", "profit", "mean_cvar", "chance"]),
    unit: z.string(),
    value: z.number(),
    current: z.number(),
  }).optional().openapi({
    description: "What was maximised, where that is not the outcome",
  }),
});

/** What holds a plan back. */
export const bindingSchema = z.object({
  constraint: z.string(),
  shadow_price: z.number().openapi({
    description: "What one more micro of it would bring",
  }),
  asked: z.array(z.string()).optional().openapi({
    description: "Fields of the request, and rules, that ask for it",
    example: ['bounds["campaign:c-17"].hi_micros'],
  }),
  text: z.string().optional(),
});

/** How sure a plan's outcome is. */
export const forecastSchema = z.object({
  share: z.number().openapi({
    description: "Of the cases, within each interval",
  }),
  draws: z.int().openapi({ description: "How many cases" }),
  outcome: intervalField,
  improvement_mean: z.number().openapi({
    description: "More than today's spend brings",
  }),
  improvement: intervalField,
  beats_today: z.number().openapi({
    description: "Share of the cases in which it brings more",
  }),
}).openapi("PlanForecast");

/** A test that is expected to be worth more than it costs. */
export const experimentSchema = z.object({
  entity: entityKeyField,
  planned_micros_per_day: microsText,
  test_micros_per_day: microsText,
  days: z.int(),
  benefit: z.number().openapi({
    description: "Outcome that better plans are expected to bring",
  }),
  cost: z.number().openapi({
    description: "Outcome that the test is expected to lose",
  }),
}).openapi("PlanExperiment");

/**
 * Prints how good a plan is.
 *
 * @param value Its value and bound.
 * @returns JSON-like value.
 */
export function objectiveToJson(
  value: PlanValue,
): z.input<typeof objectiveSchema> {
  return {
    unit: value.unit,
    outcome: value.outcome,
    current_outcome: value.currentOutcome,
    upper_bound: value.upperBound,
    gap: value.gap,
    ...value.leastMicros !== undefined &&
      { least_micros: `${value.leastMicros}` },
    ...value.goal && { goal: { ...value.goal } },
  };
}

/**
 * Prints what holds a plan back.
 *
 * @param binding The constraint.
 * @returns JSON-like value.
 */
export function bindingToJson(
  { constraint, shadowPrice, asked, text }: PlanBinding,
): z.input<typeof bindingSchema> {
  return {
    constraint,
    shadow_price: shadowPrice,
    ...asked && { asked: [...asked] },
    ...text !== undefined && { text },
  };
}

/**
 * Prints how sure a plan's outcome is.
 *
 * @param forecast From draws of the curves.
 * @returns JSON-like value.
 */
export function forecastToJson(
  forecast: PlanForecast,
): z.input<typeof forecastSchema> {
  return {
    share: forecast.share,
    draws: forecast.draws,
    outcome: [...forecast.outcome],
    improvement_mean: forecast.improvementMean,
    improvement: [...forecast.improvement],
    beats_today: forecast.beatsToday,
  };
}

/**
 * Prints a test.
 *
 * @param experiment The test.
 * @returns JSON-like value.
 */
export function experimentToJson(
  experiment: PlanExperiment,
): z.input<typeof experimentSchema> {
  return {
    entity: experiment.entity,
    planned_micros_per_day: `${experiment.plannedMicrosPerDay}`,
    test_micros_per_day: `${experiment.testMicrosPerDay}`,
    days: experiment.days,
    benefit: experiment.benefit,
    cost: experiment.cost,
  };
}
