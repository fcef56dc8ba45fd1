/**
 * Keys on the wire; their secrets are shown once, when they are made.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { isPurpose, plainName } from "../../domain/names.ts";
import {
  type ApiKey,
  type Role,
  ROLE_NAMES,
  SCOPES,
} from "../../ports/access.ts";
import { KEY_DAYS, OVERLAP_HOURS } from "../access/issue_key.ts";
import { instantField } from "./fields.ts";

const purposesField = z.array(
  z.string().refine(isPurpose, "expected a snake_case name"),
).min(1).max(100);

/** A key that is asked for. */
export const keyBody = z.strictObject({
  name: z.string().max(200).refine(
    (text) => plainName(text) !== null,
    "expected a name of 1 to 100 characters",
  ).openapi({ description: "Which system holds it", example: "bidder" }),
  role: z.enum(ROLE_NAMES as [Role, ...Role[]]).optional().openapi({
    description: "What it may do; give this or `scopes`",
  }),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).optional(),
  purposes: purposesField.optional().openapi({
    description:
      "What it may read features for; whatever the caller may unless given",
  }),
  days: z.int().min(KEY_DAYS.least).max(KEY_DAYS.most).default(
    KEY_DAYS.otherwise,
  ).openapi({ description: "Days until it expires" }),
}).refine(
  ({ role, scopes }) => (role === undefined) !== (scopes === undefined),
  { message: "give either a role or scopes", path: ["role"] },
);

/** How a key is replaced. */
export const keyRotationBody = z.strictObject({
  ["overlap_hours"]: z.int().min(OVERLAP_HOURS.least).max(OVERLAP_HOURS.most)
    .default(OVERLAP_HOURS.otherwise).openapi({
      description: "Hours for which the old key works beside the new one",
    }),
}).default({ ["overlap_hours"]: OVERLAP_HOURS.otherwise });

/** A key on record. */
export const keySchema = z.object({
  key_id: z.string(),
  name: z.string(),
  person: z.boolean(),
  role: z.string().nullable().openapi({
    description: "Role that its scopes were when it was made",
  }),
  scopes: z.array(z.string()),
  purposes: z.array(z.string()).nullable().openapi({
    description: "Null for anything",
  }),
  groups: z.array(z.string()),
  created_at: instantField,
  expires_at: instantField.nullable(),
  revoked_at: instantField.nullable(),
  last_used_at: instantField.nullable().openapi({
    description: "To the hour",
  }),
}).openapi("Key");

/** A key with what its holder sends. */
export const issuedKeySchema = keySchema.extend({
  secret: z.string().openapi({
    description: "What its holder sends; it is not shown again",
    example: "moe_<id>_<secret>",
  }),
}).openapi("IssuedKey");

/**
 * Prints a key.
 *
 * @param key Its record.
 * @returns JSON-like value, without the hash of its secret.
 */
export function keyToJson(key: ApiKey): z.input<typeof keySchema> {
  return {
    key_id: key.id,
    name: key.name,
    person: key.person,
    role: key.role,
    scopes: [...key.scopes],
    purposes: key.purposes && [...key.purposes],
    groups: [...key.groups],
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
    last_used_at: key.usedAt,
  };
}
