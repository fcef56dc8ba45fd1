/**
 * What came of a decision, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { parseInstant } from "../../domain/day.ts";
import type { DecisionOutcome } from "../../domain/log_record.ts";
import {
  currencyField,
  entityId,
  instantField,
  momentField,
  nameField,
} from "./fields.ts";

const DECIMAL_WANTED =
  'expected a decimal number as text, such as "12.5", or a whole number';
const MICROS_WANTED =
  'expected whole micros, as text such as "-1500000" or a safe integer';

const signedMicros = z.union([
  z.string().regex(/^(?:0|-?[1-9]\d{0,17})$/, MICROS_WANTED),
  z.int(MICROS_WANTED),
], { error: MICROS_WANTED }).openapi({ example: "25000000" });

/** What a caller tells of a decision. */
export const outcomeBody = z.strictObject({
  id: entityId.openapi({
    description:
      "The caller's own, such as an order's; one of a decision counts once",
    example: "order-1",
  }),
  at: momentField.openapi({ description: "When it happened" }),
  kind: nameField.openapi({
    description: "visit, conversion, revenue, or a name of your own",
    example: "conversion",
  }),
  value: z.union([
    z.string().regex(
      /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,6})?$/,
      DECIMAL_WANTED,
    ),
    z.int(DECIMAL_WANTED),
  ], { error: DECIMAL_WANTED }).optional().openapi({
    description: "How much, where a number says it",
  }),
  money: z.strictObject({ micros: signedMicros, currency: currencyField })
    .optional().openapi({
      description: "What it brought, in millionths; less than 0 for a refund",
    }),
});

/** What came of a decision. */
export const outcomeSchema = z.object({
  id: z.string(),
  at: instantField,
  kind: z.string(),
  value: z.string().nullable(),
  money: z.object({ micros: z.string(), currency: z.string() }).nullable(),
}).openapi("DecisionOutcome");

/**
 * Reads what a caller tells.
 *
 * @param decision Id of the decision.
 * @param body Parsed body.
 * @returns The outcome.
 */
export function outcomeFromJson(
  decision: string,
  { id, at, kind, value, money }: z.output<typeof outcomeBody>,
): DecisionOutcome {
  return {
    ...{ id, decision, at: parseInstant(at), kind },
    value: value === undefined ? null : String(value),
    money: money === undefined
      ? null
      : { micros: String(money.micros), currency: money.currency },
  };
}

/**
 * Prints an outcome.
 *
 * @param outcome What came of a decision.
 * @returns JSON-like value, without the decision's id.
 */
export function outcomeToJson(
  { id, at, kind, value, money }: DecisionOutcome,
): z.input<typeof outcomeSchema> {
  return { id, at, kind, value, money };
}
