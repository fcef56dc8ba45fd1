/**
 * How a budget paced a bid, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Pacing } from "../../domain/budget.ts";
import { microsText, printMicros } from "./fields.ts";

/** Pacing of a bid. */
export const pacingSchema = z.object({
  budget_id: z.string(),
  bid: z.string().nullable().openapi({
    description:
      "Names the bid in notices and outcomes; null if nothing was reserved",
    example: "spring.node_01KAZ7N4QJ8M0V9C3T5X1W2Y6R-0.17",
  }),
  unit: z.enum(["micros", "outcomes"]),
  value: z.number().openapi({ description: "Expected of a win, in that unit" }),
  multiplier: z.number().nullable().openapi({
    description: "Value wanted per micro; null where nothing was to be bid",
  }),
  worth_micros: microsText.nullable().openapi({
    description: "Value over multiplier: the bid before shading",
  }),
  reserved_micros: microsText.nullable(),
  refusal: z.string().nullable().openapi({
    description:
      "Why nothing is bid: waiting, ended, stopped, spent, not_leased, throttled, currency or unit",
  }),
}).openapi("Pacing", {
  description: "Null unless a budget governs the bid",
});

/**
 * Prints how a bid was paced.
 *
 * @param pacing The pacing.
 * @returns JSON-like value.
 */
export function pacingToJson(pacing: Pacing): z.input<typeof pacingSchema> {
  return {
    budget_id: pacing.budget,
    bid: pacing.bid,
    unit: pacing.unit,
    value: pacing.value,
    multiplier: pacing.multiplier,
    worth_micros: printMicros(pacing.worthMicros),
    reserved_micros: printMicros(pacing.reservedMicros),
    refusal: pacing.refusal,
  };
}
