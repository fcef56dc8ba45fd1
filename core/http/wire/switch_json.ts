/**
 * Kill switches on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Change } from "../../domain/change.ts";
import type { Switch, SwitchScope } from "../../domain/verdict.ts";
import { stopsField } from "./change_body.ts";
import { confirmationSchema, confirmationToJson } from "./change_json.ts";
import { instantField } from "./fields.ts";

/** A kill switch that is on. */
export const switchSchema = z.object({
  switch_id: z.string(),
  stops: stopsField,
  reason: z.string(),
  turned_on_by: z.string(),
  at: instantField,
  recorded: z.boolean().openapi({
    description: "false: only on the node that answers, until it is recorded",
  }),
  change_id: z.string().nullable(),
  confirmation: confirmationSchema.nullable(),
}).openapi("KillSwitch");

/** A switch that is on, and how it came to be. */
export interface KnownSwitch {
  readonly switch: Switch;
  readonly by: string;
  readonly at: string;
  /** The change that turned it on; null while it is on at one node alone. */
  readonly change: Change | null;
}

/**
 * Prints a switch.
 *
 * @param known The switch.
 * @returns JSON-like value.
 */
export function switchToJson(
  { switch: { id, stops, reason }, by, at, change }: KnownSwitch,
): z.input<typeof switchSchema> {
  const confirmation = change?.confirmation;
  return {
    switch_id: id,
    stops: { ...stops },
    ...{ reason, at },
    turned_on_by: by,
    recorded: change !== null,
    change_id: change?.id ?? null,
    confirmation: confirmation ? confirmationToJson(confirmation) : null,
  };
}

/**
 * Reads what a switch stops.
 *
 * @param stops As parsed.
 * @returns What is given, alone.
 */
export function stopsFromJson(stops: z.output<typeof stopsField>): SwitchScope {
  return Object.fromEntries(
    Object.entries(stops).filter(([, name]) => name !== undefined),
  );
}
