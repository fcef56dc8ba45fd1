/**
 * A decision on the wire: the request as parsed, the answer as printed.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { isZone } from "../../domain/day.ts";
import type {
  Decision,
  DecisionConstraints,
  DecisionRequest,
  Recommendation,
} from "../../domain/decision.ts";
import type { EntityIds } from "../../domain/entity.ts";
import { TRIAL_ARMS } from "../../domain/model_trial.ts";
import { type AppliedRule, EFFECTS } from "../../domain/verdict.ts";
import {
  entityId,
  instantField,
  microsField,
  microsText,
  moneyText,
  nameField,
  printMicros,
} from "./fields.ts";
import { pacingSchema, pacingToJson } from "./pacing_json.ts";
import { shadingSchema, shadingToJson } from "./shading_json.ts";

const contacts = z.int().min(0).max(1_000_000).optional();

const zone = z.string().max(64).refine(
  isZone,
  'expected an IANA time zone, such as "Europe/Berlin"',
).openapi({ example: "Europe/Berlin" });

const featureName = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}\.[A-Za-z0-9_]{1,100}$/,
  'expected "view.feature" or "request.name"',
);

const featureValue = z.union([z.number(), z.string().max(500), z.null()], {
  error: "expected a number, text of at most 500 characters, or null",
});

const flagName = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "expected snake_case, such as consent_email",
);

/** What is decided about. */
export const contextSchema = z.strictObject({
  model: nameField.optional().openapi({
    description: "Model that is asked; the tenant's only one unless given",
    example: "email_visit",
  }),
  account: entityId.optional(),
  channel: entityId.optional().openapi({ example: "email" }),
  campaign: entityId.optional().openapi({ example: "c-17" }),
  ad_group: entityId.optional(),
  ad: entityId.optional(),
  placement: entityId.optional(),
  segment: entityId.optional(),
  subject: entityId.optional().openapi({
    description:
      "Pseudonymous id of a person; of an e-mail address, phone number or IP address only the tenant's pseudonym is let in, the same that sources' people have",
    example: "u-48151623",
  }),
  zone: zone.optional().openapi({
    description: "Time zone of the person or place; UTC unless given",
  }),
  actions: z.array(z.string().min(1).max(100)).min(1).max(100).optional()
    .openapi({ description: "Actions to choose among; all unless given" }),
});

/** What this one decision must keep. */
export const constraintsSchema = z.strictObject({
  max_bid_micros: microsField.optional(),
  min_bid_micros: microsField.optional(),
  budget_remaining_micros: microsField.optional(),
  frequency: z.strictObject({ contacts_day: contacts, contacts_week: contacts })
    .optional(),
  compliance: z.record(flagName, z.boolean()).optional().openapi({
    example: { consent_email: true },
  }),
});

/** Body of `POST /optimization/score`. */
export const scoreBody = z.strictObject({
  context: contextSchema,
  features: z.record(featureName, featureValue).optional().openapi({
    description: "Overrides and additions to the feature store's values",
    example: { "request.hour": 9 },
  }),
  max_feature_age_seconds: z.int().min(0).max(1_000_000_000).optional().openapi(
    {
      description: "Age from which a feature is stale, if its view's is longer",
    },
  ),
  constraints: constraintsSchema.optional(),
}).openapi("ScoreRequest");

/** A rule that had something to say. */
export const appliedSchema = z.object({
  rule: z.string().openapi({ example: "bid_limits@1/cap_display" }),
  effect: z.enum(EFFECTS),
  missing: z.boolean().openapi({
    description: "A fact was missing, and onMissing decided",
  }),
  before_micros: microsText.nullable(),
  after_micros: microsText.nullable(),
  reason: z.string(),
}).openapi("AppliedRule");

/** Answer of `POST /optimization/score`. */
export const decisionSchema = z.object({
  decision_id: z.string(),
  score: z.number().nullable(),
  recommended_action: z.string().openapi({
    description: 'The action to take; "bid" or "no_bid" where a bid is decided',
  }),
  recommended_bid: moneyText.nullable(),
  actions: z.array(z.object({
    action: z.string(),
    score: z.number(),
    worth_micros: microsText.nullable(),
    allowed: z.boolean(),
    priority: z.int().openapi({
      description:
        "What policies put it first or last by; 0 if none does. Of the allowed actions the highest priority is recommended, then the highest worth",
    }),
  })),
  reviews: z.array(z.object({
    action: z.string().openapi({
      description: 'The action; "bid" where a bid is decided',
    }),
    rule: z.string().openapi({ example: "big_bids@1/over_limit" }),
    reason: z.string(),
  })).openapi({
    description:
      "What a person must agree to first; it is not recommended until then",
  }),
  policy_applied: z.array(appliedSchema),
  policy_set: z.string(),
  model_version: z.string().nullable().openapi({ example: "email_visit@3" }),
  rung: z.enum([
    "challenger",
    "champion",
    "previous",
    "static_rule",
    "no_action",
  ]),
  falls: z.array(z.object({ from: z.string(), cause: z.string() })).openapi({
    description:
      "Rungs that did not hold, and why: `deadline` if too little time was left, `late:` or `breaker_open:` and what did not answer (postgres, kv, onnx), `champion_unconfirmed` if it could not be asked who is in charge, else a code; `features: ` or `limits: ` before it if what was read or counted is meant",
  }),
  features: z.record(
    z.string(),
    z.object({
      value: z.union([z.number(), z.string(), z.null()]),
      status: z.enum(["fresh", "stale", "missing", "withheld", "given"]),
      at: instantField.nullable(),
    }),
  ),
  trial: z.object({ change_id: z.string(), arm: z.enum(TRIAL_ARMS) })
    .nullable().openapi({
      description:
        "The side that was drawn while a model decides for a share; null if none does",
    }),
  shading: shadingSchema.nullable(),
  budget: pacingSchema.nullable(),
  valid_until: instantField,
  at: instantField,
}).openapi("Decision");

type DecisionJson = z.input<typeof decisionSchema>;

/**
 * Reads a score request.
 *
 * @param body The parsed body.
 * @returns The stage's request; whatever was left out is null.
 */
export function decisionRequestFromJson(
  body: z.output<typeof scoreBody>,
): DecisionRequest {
  const { model = null, zone = null, actions = null, ...ids } = body.context;
  const { max_feature_age_seconds: maxFeatureAgeSeconds } = body;
  return {
    model,
    entities: ids as EntityIds,
    zone,
    actions,
    features: body.features ?? {},
    ...maxFeatureAgeSeconds !== undefined && { maxFeatureAgeSeconds },
    constraints: constraintsFromJson(body.constraints ?? {}),
  };
}

function constraintsFromJson(
  body: z.output<typeof constraintsSchema>,
): DecisionConstraints {
  return {
    maxBidMicros: numberOrNull(body.max_bid_micros),
    minBidMicros: numberOrNull(body.min_bid_micros),
    budgetRemainingMicros: numberOrNull(body.budget_remaining_micros),
    contactsDay: body.frequency?.contacts_day ?? null,
    contactsWeek: body.frequency?.contacts_week ?? null,
    compliance: body.compliance ?? {},
  };
}

function numberOrNull(micros: string | number | undefined): number | null {
  return micros === undefined ? null : Number(micros);
}

/**
 * Prints a decision.
 *
 * @param decision The decision.
 * @returns JSON-like value.
 */
export function decisionToJson(decision: Decision): DecisionJson {
  const { recommended_action, recommended_bid } = recommendationToJson(
    decision.recommendation,
  );
  return {
    decision_id: decision.id,
    score: decision.score,
    recommended_action,
    recommended_bid,
    actions: decision.actions.map((
      { action, score, worthMicros, allowed, priority = 0 },
    ) => ({
      action,
      score,
      worth_micros: printMicros(worthMicros),
      allowed,
      priority,
    })),
    reviews: (decision.reviews ?? []).map((
      { action, rule, reason },
    ) => ({ action, rule, reason })),
    policy_applied: decision.applied.map(appliedToJson),
    policy_set: decision.policySet,
    model_version: decision.modelVersion,
    rung: decision.rung,
    falls: decision.falls.map(({ from, cause }) => ({ from, cause })),
    features: decision.features,
    trial: decision.trial
      ? { change_id: decision.trial.change, arm: decision.trial.arm }
      : null,
    shading: decision.shading ? shadingToJson(decision.shading) : null,
    budget: decision.pacing ? pacingToJson(decision.pacing) : null,
    valid_until: decision.validUntil,
    at: decision.at,
  };
}

/**
 * Prints what is recommended, so that an action can always be read.
 *
 * @param recommendation An action or a bid.
 * @returns Members of the answer.
 */
export function recommendationToJson(
  recommendation: Recommendation,
): Pick<DecisionJson, "recommended_action" | "recommended_bid"> {
  if (recommendation.kind === "action") {
    const { action } = recommendation;
    return { recommended_action: action, recommended_bid: null };
  }
  const { bidMicros, currency } = recommendation;
  return {
    recommended_action: bidMicros > 0 ? "bid" : "no_bid",
    recommended_bid: { micros: printMicros(bidMicros) ?? "0", currency },
  };
}

/**
 * Prints a rule that spoke.
 *
 * @param applied The rule.
 * @returns JSON-like value.
 */
export function appliedToJson(
  { rule, effect, missing, beforeMicros, afterMicros, reason }: AppliedRule,
): z.input<typeof appliedSchema> {
  return {
    rule,
    effect,
    missing,
    before_micros: printMicros(beforeMicros),
    after_micros: printMicros(afterMicros),
    reason,
  };
}
