/**
 * The log of a model on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  ALIASES,
  type ModelEvent,
  type Roles,
} from "../../domain/model_event.ts";
import { printModelRef } from "../../domain/score.ts";
import { instantField, reasonField } from "./fields.ts";

/** A role. */
export const aliasField = z.enum(ALIASES).openapi({
  description:
    "The champion decides; challenger and shadow score beside it and are compared",
});

const modelVersion = z.string().openapi({ example: "email_visit@3" });

/** One entry of the log. */
export const modelEventSchema = z.object({
  seq: z.int(),
  at: instantField,
  kind: z.enum([
    "registered",
    "approved",
    "rejected",
    "proposed",
    "declined",
    "assigned",
    "rolled_back",
  ]),
  model_version: modelVersion.nullable(),
  alias: aliasField.nullable(),
  by: z.string(),
  reason: z.string(),
  settles: z.int().nullable().openapi({
    description: "Number of the proposal that it settles",
  }),
  hash: z.string().openapi({
    description: "SHA-256 over the entry and the hash before it",
  }),
}).openapi("ModelEvent");

/** Versions by role. */
export const rolesSchema = z.object({
  at: instantField,
  champion: modelVersion.nullable(),
  challenger: modelVersion.nullable(),
  shadow: modelVersion.nullable(),
}).openapi("ModelRoles");

/** A wish that an alias point elsewhere. */
export const proposalBody = z.strictObject({
  alias: aliasField,
  version: z.int().min(1).nullable().openapi({
    description: "An approved version; null takes the role from all",
  }),
  reason: reasonField,
});

/** A rollback. */
export const rollbackBody = z.strictObject({
  alias: aliasField.default("champion"),
  from: z.int().min(1).optional().openapi({
    description:
      "Version that has the role; refused if it has it no more, so that a call made twice goes back once",
  }),
  reason: reasonField,
});

/**
 * Prints an entry of the log.
 *
 * @param event The entry.
 * @returns JSON-like value.
 */
export function modelEventToJson(
  event: ModelEvent,
): z.input<typeof modelEventSchema> {
  const { name, version, ...entry } = event;
  return { ...entry, model_version: printVersion(name, version) };
}

/**
 * Prints who has which role.
 *
 * @param name The model.
 * @param roles Versions by role.
 * @param at The moment.
 * @returns JSON-like value.
 */
export function rolesToJson(
  name: string,
  roles: Roles,
  at: string,
): z.input<typeof rolesSchema> {
  const { champion, challenger, shadow } = roles;
  return {
    at,
    champion: printVersion(name, champion),
    challenger: printVersion(name, challenger),
    shadow: printVersion(name, shadow),
  };
}

function printVersion(name: string, version: number | null): string | null {
  return version === null ? null : printModelRef({ name, version });
}
