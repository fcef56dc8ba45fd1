/**
 * A plan on the wire: the plan and its artifact as printed.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { digest } from "../../domain/canonical.ts";
import type { ChangeOperation } from "../../domain/change_set.ts";
import type { Plan } from "../../domain/plan.ts";
import {
  currencyField,
  dayField,
  entityKeyField,
  instantField,
  moneyText,
} from "./fields.ts";
import {
  findingSchema,
  findingToJson,
  guardrailSchema,
  guardrailToJson,
  stateField,
} from "./plan_life_json.ts";
import {
  bindingSchema,
  bindingToJson,
  experimentSchema,
  experimentToJson,
  forecastSchema,
  forecastToJson,
  objectiveSchema,
  objectiveToJson,
} from "./plan_proof_json.ts";
import { scheduleSchema, scheduleToJson } from "./plan_schedule_json.ts";
import {
  recommendationSchema,
  recommendationToJson,
} from "./recommendation_json.ts";

/** A plan without its entities. */
export const planSummarySchema = z.object({
  plan_id: z.string(),
  state: stateField,
  validity: z.object({ from: instantField, until: instantField }),
  period: z.object({ from: dayField, until: dayField }),
  total: moneyText,
  objective: objectiveSchema,
  policy_set: z.string(),
  model_version: z.string(),
  change_set_id: z.string(),
  created_by: z.string(),
  created_at: instantField,
  approved_by: z.string().nullable(),
}).openapi("PlanSummary");

/** Answer of `POST /optimization/plan`. */
export const planSchema = planSummarySchema.extend({
  findings: z.array(findingSchema).openapi({
    description:
      "What spoke against it when it was last validated, applied, verified or rolled back",
  }),
  guardrails: z.array(guardrailSchema).openapi({
    description:
      "What must not become worse once it is applied, or it is rolled back",
  }),
  unspent: moneyText.openapi({
    description: "What of the total asked for is left",
  }),
  forecast: forecastSchema.nullable().openapi({
    description: "How sure the outcome is; null where the model knows no doubt",
  }),
  binding: z.array(bindingSchema),
  schedule: scheduleSchema.nullable().openapi({
    description: "When budgets are spent; null if that was not asked for",
  }),
  experiments: z.array(experimentSchema).openapi({
    description: "Tests that are worth their cost, if they were asked for",
  }),
  recommendations: z.array(recommendationSchema),
}).openapi("Plan");

const operationSchema = z.object({
  id: z.string(),
  target: entityKeyField,
  field: z.string().openapi({ example: "budget_micros_per_day" }),
  route: z.string().optional().openapi({
    description:
      "Which of several destinations it goes to; absent where there is one",
  }),
  expect: z.string().nullable(),
  set: z.string().nullable(),
}).openapi("ChangeOperation");

/** The machine-readable configuration that automation consumes. */
export const artifactSchema = z.object({
  v: z.literal(1),
  plan_id: z.string(),
  state: stateField,
  content_hash: z.string().regex(/^[0-9a-f]{64}$/).openapi({
    description:
      "SHA-256 of the canonical JSON (RFC 8785) of all members but `state` and itself",
  }),
  period: z.object({ from: dayField, until: dayField }),
  total: moneyText,
  validity: z.object({ from: instantField, until: instantField }),
  currency: currencyField,
  model_version: z.string(),
  policy_set: z.string(),
  change_set: z.object({
    id: z.string(),
    destination: z.string(),
    operations: z.array(operationSchema),
    inverse: z.array(operationSchema),
    rate: z.object({
      batch: z.int().positive().openapi({
        description: "Operations written together at most",
      }),
      pause_ms: z.number().nonnegative().openapi({
        description: "Pause between two batches",
      }),
    }),
  }),
}).openapi("PlanArtifact");

/**
 * Prints a plan without its entities.
 *
 * @param plan The plan.
 * @returns JSON-like value.
 */
export function planSummaryToJson(
  plan: Plan,
): z.input<typeof planSummarySchema> {
  return {
    plan_id: plan.id,
    state: plan.state,
    validity: plan.validity,
    period: plan.period,
    total: { micros: `${plan.totalMicros}`, currency: plan.currency },
    objective: objectiveToJson(plan.objective),
    policy_set: plan.policySet,
    model_version: plan.modelVersion,
    change_set_id: plan.changeSet.id,
    created_by: plan.createdBy,
    created_at: plan.createdAt,
    approved_by: plan.approvedBy,
  };
}

/**
 * Prints a plan.
 *
 * @param plan The plan.
 * @returns JSON-like value.
 */
export function planToJson(plan: Plan): z.input<typeof planSchema> {
  return {
    ...planSummaryToJson(plan),
    findings: plan.findings.map(findingToJson),
    guardrails: plan.guardrails?.map(guardrailToJson) ?? [],
    unspent: {
      micros: `${plan.unspentMicros ?? 0n}`,
      currency: plan.currency,
    },
    forecast: plan.forecast ? forecastToJson(plan.forecast) : null,
    binding: plan.binding.map(bindingToJson),
    schedule: plan.schedule ? scheduleToJson(plan.schedule) : null,
    experiments: plan.experiments?.map(experimentToJson) ?? [],
    recommendations: plan.recommendations.map((row) =>
      recommendationToJson(row, plan.currency)
    ),
  };
}

/**
 * Prints a plan's writes and what undoes them.
 *
 * @param plan The plan.
 * @returns JSON-like value.
 */
export function artifactToJson(plan: Plan): z.input<typeof artifactSchema> {
  const content = contentToJson(plan);
  return { ...content, state: plan.state, content_hash: digest(content) };
}

/** What the hash of an artifact is taken of: all that never changes. */
function contentToJson(
  plan: Plan,
): Omit<z.input<typeof artifactSchema>, "state" | "content_hash"> {
  const { changeSet } = plan;
  return {
    v: 1,
    plan_id: plan.id,
    period: plan.period,
    total: { micros: `${plan.totalMicros}`, currency: plan.currency },
    validity: plan.validity,
    currency: plan.currency,
    model_version: plan.modelVersion,
    policy_set: plan.policySet,
    change_set: {
      id: changeSet.id,
      destination: changeSet.destination,
      operations: changeSet.operations.map(operationToJson),
      inverse: changeSet.inverse.map(operationToJson),
      rate: { batch: changeSet.rate.batch, pause_ms: changeSet.rate.pauseMs },
    },
  };
}

function operationToJson(
  { id, target, field, route, expect, set }: ChangeOperation,
): z.input<typeof operationSchema> {
  const operation = { id, target, field, expect, set };
  return route === undefined ? operation : { ...operation, route };
}
