/**
 * What was found of a model that serves, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { ModelWatch } from "../../ports/models.ts";
import { printModelRef } from "../../domain/score.ts";
import { instantField } from "./fields.ts";

/** A look at a version, or how it compares with the champion. */
export const lookSchema = z.object({
  model_version: z.string().openapi({ example: "email_visit@3" }),
  kind: z.string().openapi({
    description:
      "`look`: a day's look at it; `challenger`, `shadow`: how it compares with the champion",
  }),
  at: instantField,
  findings: z.record(z.string(), z.unknown()).openapi({
    description:
      "Of a look: rows, labels, findings with their size and the money at risk a day, and measures",
  }),
}).openapi("ModelLook");

/** Prints a look. */
export function lookToJson(
  { name, version, kind, at, findings }: ModelWatch,
): z.input<typeof lookSchema> {
  return {
    model_version: printModelRef({ name, version }),
    kind,
    at,
    findings: findings as z.input<typeof lookSchema>["findings"],
  };
}
