/**
 * Changes on the wire: what is proposed, where it stands, and who stands behind it.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  type Change,
  CHANGE_CLASSES,
  CHANGE_KINDS,
  CHANGE_STATES,
  type Confirmation,
  type Rollout,
} from "../../domain/change.ts";
import { instantField } from "./fields.ts";
import {
  guardrailsSchema,
  guardrailsToJson,
  measureSchema,
  measureToJson,
} from "./trial_json.ts";

/** Whose a change is. */
export const changeScopeField = z.enum(["tenant", "deployment"]).openapi({
  description: "The tenant's own, or the whole deployment's",
});

/** What a change is about. */
export const changeKindField = z.enum(CHANGE_KINDS);

/** Where a change stands. */
export const changeStateField = z.enum(CHANGE_STATES);

/** What a change does to what is allowed. */
export const changeClassField = z.enum(CHANGE_CLASSES);

/** SHA-256 of a content or of evidence. */
export const hashText = z.string().openapi({
  description: "SHA-256, hexadecimal",
});

const rolloutSchema = z.object({
  start_at: instantField.nullable().openapi({
    description: "Not before; null: at once",
  }),
  shadow_hours: z.number(),
  canary_permille: z.int(),
  canary_hours: z.number(),
  expires_at: instantField.nullable().openapi({
    description: "Not in force by then, never in force; null for no end",
  }),
  measure: measureSchema.nullable().openapi({
    description: "What its canary must be found better by; null for nothing",
  }),
  guardrails: guardrailsSchema.nullable().openapi({
    description: "What ends its trial by itself; null for what is shipped",
  }),
});

/** Who stands behind a switch. */
export const confirmationSchema = z.object({
  turned_on_by: z.string(),
  due_at: instantField,
  confirmed_by: z.string().nullable(),
  lapsed: z.boolean().openapi({
    description: "Nobody confirmed it in time; it is on nevertheless",
  }),
});

/** A change as it stands. */
export const changeSchema = z.object({
  change_id: z.string(),
  scope: changeScopeField,
  kind: changeKindField,
  subject: z.string().openapi({ example: "policies" }),
  title: z.string(),
  reason: z.string(),
  state: changeStateField,
  since: instantField,
  version: z.int(),
  content: hashText,
  base: hashText.nullable().openapi({
    description: "What was active when it was written; null for nothing",
  }),
  class: changeClassField.nullable().openapi({
    description: "null: it was not checked yet",
  }),
  rollout: rolloutSchema,
  contributors: z.array(z.string()).openapi({
    description: "Everybody who wrote any version of it; none of them approves",
  }),
  created_by: z.string(),
  created_at: instantField,
  after_review: z.object({
    opened_by: z.string(),
    closed_by: z.string().nullable(),
  }).nullable().openapi({
    description: "Of a rollback: the look at it afterwards",
  }),
  confirmation: confirmationSchema.nullable().openapi({
    description: "Of a switch that is on",
  }),
}).openapi("Change");

/**
 * Prints a change.
 *
 * @param change The change.
 * @returns JSON-like value.
 */
export function changeToJson(change: Change): z.input<typeof changeSchema> {
  const { id, tenant, kind, subject, title, reason } = change;
  const { state, since, version, content, base, contributors } = change;
  const { afterReview, confirmation } = change;
  return {
    change_id: id,
    scope: tenant === null ? "deployment" : "tenant",
    ...{ kind, subject, title, reason, state, since, version, content, base },
    class: change.evidence?.class ?? null,
    rollout: rolloutToJson(change.rollout),
    contributors: [...contributors],
    created_by: change.createdBy,
    created_at: change.createdAt,
    after_review: afterReview
      ? { opened_by: afterReview.openedBy, closed_by: afterReview.closedBy }
      : null,
    confirmation: confirmation ? confirmationToJson(confirmation) : null,
  };
}

/**
 * Prints who stands behind a switch.
 *
 * @param confirmation Who turned it on, and who confirmed it.
 * @returns JSON-like value.
 */
export function confirmationToJson(
  { turnedOnBy, dueAt, confirmedBy, lapsed }: Confirmation,
): z.input<typeof confirmationSchema> {
  return {
    turned_on_by: turnedOnBy,
    due_at: dueAt,
    confirmed_by: confirmedBy,
    lapsed,
  };
}

function rolloutToJson(rollout: Rollout): z.input<typeof rolloutSchema> {
  return {
    start_at: rollout.startAt,
    shadow_hours: rollout.shadowHours,
    canary_permille: rollout.canaryPermille,
    canary_hours: rollout.canaryHours,
    expires_at: rollout.expiresAt,
    measure: rollout.measure ? measureToJson(rollout.measure) : null,
    guardrails: rollout.guardrails
      ? guardrailsToJson(rollout.guardrails)
      : null,
  };
}
