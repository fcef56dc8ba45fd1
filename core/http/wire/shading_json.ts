/**
 * How a bid was shaded, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Shading } from "../../domain/decision.ts";
import { microsText, printMicros } from "./fields.ts";

/** Shading of a bid. */
export const shadingSchema = z.object({
  landscape: z.string().openapi({ example: "display_win@2" }),
  worth_micros: microsText.nullable(),
  bid_micros: microsText.nullable(),
  win_chance: z.number().nullable(),
  outcome: z.string().openapi({
    description:
      '"shaded"; "flat" or "unwinnable", where no bid is better than another or none wins; else why nothing was asked',
  }),
}).openapi("Shading", {
  description: "Null unless the model's use names a landscape",
});

/**
 * Prints how a bid was shaded.
 *
 * @param shading The shading.
 * @returns JSON-like value.
 */
export function shadingToJson(
  { landscape, worthMicros, bidMicros, winChance, outcome }: Shading,
): z.input<typeof shadingSchema> {
  return {
    landscape,
    worth_micros: printMicros(worthMicros),
    bid_micros: printMicros(bidMicros),
    win_chance: winChance,
    outcome,
  };
}
