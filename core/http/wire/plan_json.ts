/**
 * A plan on the wire: the request as parsed, the plan and its artifact as printed.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { countDays } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type {
  ChangeOperation,
  Plan,
  PlanRecommendation,
  PlanRequest,
} from "../../domain/plan.ts";
import { appliedSchema, appliedToJson } from "./decision_json.ts";
import {
  bigMicrosField,
  currencyField,
  dayField,
  entityKeyField,
  instantField,
  isKey,
  microsText,
  moneyField,
  moneyText,
  nameField,
  periodField,
} from "./fields.ts";

const MAX_PERIOD_DAYS = 366;

const boundsField = z.strictObject({
  lo_micros: bigMicrosField.optional(),
  hi_micros: bigMicrosField.optional(),
}).refine(
  ({ lo_micros: lo, hi_micros: hi }) =>
    lo === undefined || hi === undefined || BigInt(lo) <= BigInt(hi),
  "lo_micros must not be above hi_micros",
);

/** Body of `POST /optimization/plan`. */
export const planBody = z.strictObject({
  scope: z.strictObject({
    model: nameField.optional().openapi({
      description: "Allocation model; the tenant's only one unless given",
    }),
    entities: z.array(entityKeyField).min(1).max(100_000).optional().openapi({
      description: "What is planned; all that the model knows unless given",
    }),
  }).optional(),
  period: periodField.refine(isPlannable, {
    message: `until must be 1 to ${MAX_PERIOD_DAYS} days after from`,
    path: ["until"],
    when: ({ issues }) => issues.length === 0,
  }),
  total: moneyField.optional().openapi({
    description: "For the whole period; what is spent today unless given",
  }),
  currency: currencyField,
  spend: z.enum(["all", "up_to"]).optional().openapi({
    description: 'Whether all must be spent; "all" unless given',
  }),
  bounds: z.record(entityKeyField, boundsField).optional().openapi({
    description: "For the whole period, of entities and of their parents",
    example: { "campaign:c-17": { hi_micros: "700000000" } },
  }),
}).refine(
  ({ total, currency }) => total === undefined || total.currency === currency,
  {
    message: "must be the plan's currency",
    path: ["total", "currency"],
    when: ({ issues }) => issues.length === 0,
  },
).openapi("PlanRequest");

function isPlannable(period: { from: string; until: string }): boolean {
  const days = countDays(period);
  return days >= 1 && days <= MAX_PERIOD_DAYS;
}

const recommendationSchema = z.object({
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
}).openapi("PlanRecommendation");

const stateField = z.enum(["proposed", "approved", "applied", "rolled_back"]);

/** A plan without its entities. */
export const planSummarySchema = z.object({
  plan_id: z.string(),
  state: stateField,
  validity: z.object({ from: instantField, until: instantField }),
  period: z.object({ from: dayField, until: dayField }),
  total: moneyText,
  objective: z.object({
    unit: z.string(),
    outcome: z.number(),
    current_outcome: z.number(),
    upper_bound: z.number().openapi({
      description: "No plan within the constraints can bring more",
    }),
    gap: z.number().openapi({
      description: "(upper_bound - outcome) / upper_bound",
    }),
  }),
  policy_set: z.string(),
  model_version: z.string(),
  change_set_id: z.string(),
  created_by: z.string(),
  created_at: instantField,
  approved_by: z.string().nullable(),
}).openapi("PlanSummary");

/** Answer of `POST /optimization/plan`. */
export const planSchema = planSummarySchema.extend({
  binding: z.array(
    z.object({ constraint: z.string(), shadow_price: z.number() }),
  ),
  recommendations: z.array(recommendationSchema),
}).openapi("Plan");

const operationSchema = z.object({
  id: z.string(),
  target: entityKeyField,
  field: z.string().openapi({ example: "budget_micros_per_day" }),
  expect: z.string().nullable(),
  set: z.string().nullable(),
}).openapi("ChangeOperation");

/** The machine-readable configuration that automation consumes. */
export const artifactSchema = z.object({
  v: z.literal(1),
  plan_id: z.string(),
  state: stateField,
  validity: z.object({ from: instantField, until: instantField }),
  currency: currencyField,
  model_version: z.string(),
  policy_set: z.string(),
  change_set: z.object({
    id: z.string(),
    destination: z.string(),
    operations: z.array(operationSchema),
    inverse: z.array(operationSchema),
  }),
}).openapi("PlanArtifact");

/**
 * Reads a plan request.
 *
 * @param body The parsed body.
 * @returns The stage's request; whatever was left out is null.
 */
export function planRequestFromJson(
  body: z.output<typeof planBody>,
): PlanRequest {
  const bounds: Record<EntityKey, { lo?: bigint; hi?: bigint }> = {};
  for (const [entity, { lo_micros, hi_micros }] of boundsOf(body)) {
    bounds[entity] = {
      ...(lo_micros === undefined ? {} : { lo: BigInt(lo_micros) }),
      ...(hi_micros === undefined ? {} : { hi: BigInt(hi_micros) }),
    };
  }
  return {
    model: body.scope?.model ?? null,
    entities: body.scope?.entities?.filter(isKey) ?? null,
    period: body.period,
    totalMicros: body.total === undefined ? null : BigInt(body.total.micros),
    currency: body.currency,
    spend: body.spend ?? "all",
    bounds,
  };
}

function boundsOf({ bounds = {} }: z.output<typeof planBody>) {
  return Object.entries(bounds).flatMap(([key, bound]) =>
    isKey(key) ? [[key, bound] as const] : []
  );
}

/**
 * Prints a plan without its entities.
 *
 * @param plan The plan.
 * @returns JSON-like value.
 */
export function planSummaryToJson(
  plan: Plan,
): z.input<typeof planSummarySchema> {
  const { objective } = plan;
  return {
    plan_id: plan.id,
    state: plan.state,
    validity: plan.validity,
    period: plan.period,
    total: { micros: `${plan.totalMicros}`, currency: plan.currency },
    objective: {
      unit: objective.unit,
      outcome: objective.outcome,
      current_outcome: objective.currentOutcome,
      upper_bound: objective.upperBound,
      gap: objective.gap,
    },
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
    binding: plan.binding.map(({ constraint, shadowPrice }) => ({
      constraint,
      shadow_price: shadowPrice,
    })),
    recommendations: plan.recommendations.map((row) =>
      recommendationToJson(row, plan.currency)
    ),
  };
}

function recommendationToJson(
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
  };
}

/**
 * Prints a plan's writes and what undoes them.
 *
 * @param plan The plan.
 * @returns JSON-like value.
 */
export function artifactToJson(plan: Plan): z.input<typeof artifactSchema> {
  const { changeSet } = plan;
  return {
    v: 1,
    plan_id: plan.id,
    state: plan.state,
    validity: plan.validity,
    currency: plan.currency,
    model_version: plan.modelVersion,
    policy_set: plan.policySet,
    change_set: {
      id: changeSet.id,
      destination: changeSet.destination,
      operations: changeSet.operations.map(operationToJson),
      inverse: changeSet.inverse.map(operationToJson),
    },
  };
}

function operationToJson(
  { id, target, field, expect, set }: ChangeOperation,
): z.input<typeof operationSchema> {
  return { id, target, field, expect, set };
}
