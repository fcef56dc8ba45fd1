/**
 * What callers send of changes.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { AT_ONCE, type ChangeKind, type Rollout } from "../../domain/change.ts";
import { parseInstant } from "../../domain/day.ts";
import { printProposed } from "../../engine/proposed_content.ts";
import { parseFields } from "../request/field_errors.ts";
import { changeKindField, changeScopeField } from "./change_json.ts";
import { signatureSchema } from "./change_review_json.ts";
import { momentField, nameField, reasonField } from "./fields.ts";
import {
  guardrailsBody,
  measureSchema,
  trialTermsFromJson,
} from "./trial_json.ts";

const MOST_HOURS = 24 * 366;

const hoursField = z.number().min(0).max(MOST_HOURS);

const rolloutBody = z.strictObject({
  start_at: momentField.optional(),
  shadow_hours: hoursField.optional().openapi({
    description: "Beside what is active, without effect; none unless given",
  }),
  canary_permille: z.int().min(0).max(1000).optional().openapi({
    description: "Share that it decides for at first, thousandths",
  }),
  canary_hours: hoursField.optional(),
  expires_at: momentField.optional(),
  measure: measureSchema.optional().openapi({
    description:
      "What its canary must be found better by, of a model that decides; it goes on by time alone unless given",
  }),
  guardrails: guardrailsBody.optional().openapi({
    description:
      "What ends the trial of a model by itself; as shipped unless given",
  }),
}).openapi("ChangeRollout");

const titleField = z.string().trim().min(1).max(200);

const contentField = z.unknown().openapi({
  description:
    "All of it. Of policies: `policies` and, where there are any, `lists`, each as its file has it. Of a model: `version`. Of a switch: the switch, or null to release it.",
});

/** A proposal. */
export const proposalBody = z.strictObject({
  kind: changeKindField,
  subject: z.string().max(140).optional().openapi({
    description: "`policies` unless given",
    example: "model:bidder/champion",
  }),
  title: titleField,
  reason: reasonField,
  content: contentField,
  rollout: rolloutBody.optional(),
});

/** A version written anew. */
export const editBody = z.strictObject({
  content: contentField.optional(),
  title: titleField.optional(),
  rollout: rolloutBody.optional(),
  reason: reasonField.optional(),
});

/** A version for another base. */
export const rebaseBody = z.strictObject({
  content: contentField.optional().openapi({
    description: "Merged with what is active unless given",
  }),
  reason: reasonField.optional(),
}).optional();

/** What may be said of a step. */
export const saidBody = z.strictObject({ reason: reasonField.optional() })
  .optional();

/** What must be said of a step. */
export const reasonedBody = z.strictObject({ reason: reasonField });

/** Consent. */
export const approvalBody = z.strictObject({
  signs: signatureSchema.openapi({
    description: "As the change was read: what the reviewer saw",
  }),
  reason: reasonField.optional(),
});

/** More people than the evidence asks for. */
export const requirementBody = z.strictObject({
  approvals: z.int().min(1).max(20),
  groups: z.array(z.string().min(1).max(100)).max(20).default([]),
  reason: reasonField,
});

/** A start. */
export const scheduleBody = z.strictObject({
  start_at: momentField,
  reason: reasonField.optional(),
});

/** A return to what was active before. */
export const restoringBody = z.strictObject({
  to: z.string().regex(/^[0-9a-f]{64}$/, "expected the hash of a policy set"),
  reason: reasonField,
});

/** Whose changes are asked for. */
export const scopeQuery = z.strictObject({
  scope: changeScopeField.optional().openapi({
    description:
      "The tenant's own unless given; the deployment's take a key with `govern`",
  }),
});

const policiesContent = z.strictObject({
  policies: z.array(z.looseObject({ policy: nameField })).max(1000),
  lists: z.array(z.looseObject({ list: nameField })).max(1000).default([]),
});

const modelContent = z.strictObject({
  version: z.int().min(1).max(999_999_999),
});

const stopName = z.string().min(1).max(200).optional();

/** What a switch stops. */
export const stopsField = z.strictObject({
  tenant: stopName,
  channel: stopName,
  account: stopName,
  campaign: stopName,
  model: stopName,
  policies: stopName.openapi({
    description: "Decisions while policies of this hash are in force",
  }),
  connector: stopName.openapi({
    description: "Not decisions, but all that comes and goes through it",
  }),
  act: z.literal("apply").optional().openapi({
    description: "Not decisions, but the writing of plans; undoing goes on",
  }),
}).openapi("SwitchScope");

const switchContent = z.strictObject({
  id: nameField,
  stops: stopsField,
  reason: reasonField,
}).nullable();

/** A switch to turn on. */
export const switchBody = z.strictObject({
  switch_id: nameField,
  stops: stopsField.openapi({
    description: "Everything if empty; else what is all of this",
  }),
  reason: reasonField,
  confirm_hours: z.number().positive().max(MOST_HOURS).optional().openapi({
    description: "Within which a second person is to confirm it; 24",
  }),
});

/**
 * Reads a content.
 *
 * @param kind What the change is about.
 * @param content As it came.
 * @returns The text that is kept.
 * @throws {EngineError} `request_invalid` naming fields, `policy_invalid` if a policy is
 * unsound.
 */
export function contentFromJson(kind: ChangeKind, content: unknown): string {
  if (kind === "policies") {
    const policies = parseFields(policiesContent, content, "content");
    return printProposed({ kind, content: policies });
  }
  const schema = kind === "model" ? modelContent : switchContent;
  const parsed = parseFields<z.ZodType>(schema, content, "content");
  return printProposed({ kind, content: parsed });
}

/**
 * Reads a rollout.
 *
 * @param body As parsed.
 * @returns With what was left out: at once.
 */
export function rolloutFromJson(body: z.output<typeof rolloutBody>): Rollout {
  const { start_at: start, expires_at: end } = body;
  return {
    startAt: start === undefined ? AT_ONCE.startAt : parseInstant(start),
    shadowHours: body.shadow_hours ?? AT_ONCE.shadowHours,
    canaryPermille: body.canary_permille ?? AT_ONCE.canaryPermille,
    canaryHours: body.canary_hours ?? AT_ONCE.canaryHours,
    expiresAt: end === undefined ? AT_ONCE.expiresAt : parseInstant(end),
    ...trialTermsFromJson(body),
  };
}
