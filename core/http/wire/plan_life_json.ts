/**
 * What becomes of a plan, as printed: where it stands, what speaks against it, its
 * moves, its writes, and its guardrails.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { OperationProgress } from "../../domain/change_set.ts";
import {
  GUARDRAIL_METRICS,
  type GuardrailLook,
  type PlanGuardrail,
} from "../../domain/guardrail.ts";
import {
  type Plan,
  PLAN_MOVES,
  type PlanEvent,
  type PlanFinding,
  type PlanState,
} from "../../domain/plan.ts";
import { entityKeyField, instantField, isKey, reasonField } from "./fields.ts";

const BASELINE_DAYS = 28;
const MIN_DAYS = 7;
const SETTLE_DAYS = 3;
const CONFIDENCE = 0.95;

/** Where a plan stands. */
export const stateField = z.enum(
  Object.keys(PLAN_MOVES) as [PlanState, ...PlanState[]],
);

/** What speaks against a plan. */
export const findingSchema = z.object({
  code: z.string().openapi({ example: "live_value_drifted" }),
  entity: entityKeyField.nullable(),
  message: z.string(),
  rule: z.string().optional().openapi({
    description:
      "Of `policy_review`: the rule that whoever approves must name in the reason",
    example: "budget_review@1/large_budget",
  }),
}).openapi("PlanFinding");

/** A guardrail as a caller sends it. */
export const guardrailBody = z.strictObject({
  metric: z.enum(GUARDRAIL_METRICS).openapi({
    description:
      "Conversions, revenue, revenue per spend, or spend per conversion",
  }),
  entity: entityKeyField.optional().openapi({
    description: "One that is planned; all together unless given",
  }),
  bound: z.number().positive().max(10).openapi({
    description:
      "Worst ratio to the days before that is accepted: the least, and of cpa the most",
    example: 0.9,
  }),
  baseline_days: z.int().min(14).max(366).optional().openapi({
    description: `Days before that it is compared with; ${BASELINE_DAYS}`,
  }),
  min_days: z.int().min(1).max(366).optional().openapi({
    description: `Fewest days after to conclude from; ${MIN_DAYS}`,
  }),
  settle_days: z.int().min(0).max(90).optional().openapi({
    description:
      `Days that reports take to be complete, which are not looked at; ${SETTLE_DAYS}`,
  }),
  confidence: z.number().min(0.5).lt(1).optional().openapi({
    description:
      `Chance that no plan which keeps to the bound is rolled back, however often it is looked at; ${CONFIDENCE}`,
  }),
}).openapi("PlanGuardrailRequest");

/** A guardrail as it is kept. */
export const guardrailSchema = z.object({
  metric: z.enum(GUARDRAIL_METRICS),
  entity: entityKeyField.nullable(),
  bound: z.number(),
  baseline_days: z.int(),
  min_days: z.int(),
  settle_days: z.int(),
  confidence: z.number(),
}).openapi("PlanGuardrail");

/** What may be said of a step with a plan. */
export const stepBody = z.strictObject({
  reason: reasonField.optional().openapi({
    description: "Why, for the plan's history",
  }),
}).optional();

/** What a look at a guardrail found. */
export const guardrailLookSchema = z.object({
  guardrail: guardrailSchema,
  verdict: z.enum(["regressed", "holds", "undecided"]).openapi({
    description: "undecided: there is not enough evidence either way",
  }),
  days: z.int().openapi({ description: "Days after that were compared" }),
  ratio: z.number().nullable().openapi({
    description: "Of after to before, estimated",
  }),
  interval: z.object({
    lo: z.number(),
    hi: z.number().nullable().openapi({ description: "null: not bounded" }),
  }).nullable(),
  detail: z.string(),
}).openapi("GuardrailLook");

/** A move of a plan. */
export const planEventSchema = z.object({
  seq: z.int(),
  from: stateField.nullable().openapi({ description: "null: it was made" }),
  to: stateField,
  by: z.string(),
  at: instantField,
  reason: z.string().nullable(),
}).openapi("PlanEvent");

/** How far the writes of a plan have come. */
export const progressSchema = z.object({
  plan_id: z.string(),
  state: stateField,
  change_set_id: z.string(),
  operations: z.int().openapi({ description: "How many there are" }),
  progress: z.array(
    z.object({
      operation: z.string(),
      direction: z.enum(["apply", "rollback"]),
      state: z.enum(["sent", "held", "refused", "drifted"]),
      seen: z.string().nullable().openapi({
        description: "What the destination was last seen to hold",
      }),
      attempts: z.int(),
      error: z.string().nullable(),
      at: instantField,
    }),
  ).openapi({ description: "Operations that were begun" }),
}).openapi("PlanProgress");

/**
 * Reads a guardrail.
 *
 * @param body As parsed.
 * @returns With what was left out.
 */
export function guardrailFromJson(
  body: z.output<typeof guardrailBody>,
): PlanGuardrail {
  const { metric, bound, entity } = body;
  return {
    ...{ metric, bound },
    entity: entity !== undefined && isKey(entity) ? entity : null,
    baselineDays: body.baseline_days ?? BASELINE_DAYS,
    minDays: body.min_days ?? MIN_DAYS,
    settleDays: body.settle_days ?? SETTLE_DAYS,
    confidence: body.confidence ?? CONFIDENCE,
  };
}

/**
 * Prints a guardrail.
 *
 * @param guardrail The guardrail.
 * @returns JSON-like value.
 */
export function guardrailToJson(
  guardrail: PlanGuardrail,
): z.input<typeof guardrailSchema> {
  return {
    metric: guardrail.metric,
    entity: guardrail.entity,
    bound: guardrail.bound,
    baseline_days: guardrail.baselineDays,
    min_days: guardrail.minDays,
    settle_days: guardrail.settleDays,
    confidence: guardrail.confidence,
  };
}

/**
 * Prints a look at a guardrail.
 *
 * @param look The look.
 * @returns JSON-like value.
 */
export function guardrailLookToJson(
  { guardrail, verdict, days, ratio, interval, detail }: GuardrailLook,
): z.input<typeof guardrailLookSchema> {
  return {
    ...{ guardrail: guardrailToJson(guardrail), verdict, days, detail },
    ratio: finite(ratio),
    interval: interval &&
      { lo: interval[0], hi: finite(interval[1]) },
  };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/**
 * Prints what speaks against a plan.
 *
 * @param finding The finding.
 * @returns JSON-like value.
 */
export function findingToJson(
  { code, entity, message, rule }: PlanFinding,
): z.input<typeof findingSchema> {
  const finding = { code, entity, message };
  return rule === undefined ? finding : { ...finding, rule };
}

/**
 * Prints a move of a plan.
 *
 * @param event The move.
 * @returns JSON-like value.
 */
export function planEventToJson(
  { seq, from, to, by, at, reason }: PlanEvent,
): z.input<typeof planEventSchema> {
  return { seq, from, to, by, at, reason };
}

/**
 * Prints how far the writes of a plan have come.
 *
 * @param told The plan, and what was begun of it.
 * @returns JSON-like value.
 */
export function progressToJson(
  { plan, progress }: {
    readonly plan: Plan;
    readonly progress: readonly OperationProgress[];
  },
): z.input<typeof progressSchema> {
  return {
    plan_id: plan.id,
    state: plan.state,
    change_set_id: plan.changeSet.id,
    operations: plan.changeSet.operations.length,
    progress: progress.map((
      { operation, direction, state, seen, attempts, error, at },
    ) => ({ operation, direction, state, seen, attempts, error, at })),
  };
}
