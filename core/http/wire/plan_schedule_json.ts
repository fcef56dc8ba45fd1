/**
 * A plan's schedule on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { PlanSchedule } from "../../domain/plan_schedule.ts";
import { dayField, entityKeyField, microsText } from "./fields.ts";

/** When budgets are spent. */
export const scheduleSchema = z.object({
  by: z.enum(["day", "week"]),
  slots: z.array(z.object({ from: dayField, until: dayField })).openapi({
    description: "In order; together they are the period",
  }),
  entities: z.array(z.object({
    entity: entityKeyField,
    micros: z.array(microsText).openapi({
      description:
        "In each slot, what is spent already included; they sum to the budget",
    }),
  })),
  outcome: z.number().openapi({
    description:
      "Of all days with carry-over: what earlier spend still brings, and what the period's brings after it, included",
  }),
  upper_bound: z.number().openapi({
    description: "No schedule of the same budgets brings more",
  }),
  gap: z.number(),
  uniform_outcome: z.number().nullable().openapi({
    description:
      "Of spending alike on every day to come; null if limits of a day forbid that",
  }),
}).openapi("PlanSchedule");

/**
 * Prints a schedule.
 *
 * @param schedule The schedule.
 * @returns JSON-like value.
 */
export function scheduleToJson(
  { by, slots, entities, outcome, upperBound, gap, uniformOutcome }:
    PlanSchedule,
): z.input<typeof scheduleSchema> {
  return {
    by,
    slots: slots.map(({ from, until }) => ({ from, until })),
    entities: entities.map(({ entity, micros }) => ({
      entity,
      micros: micros.map(String),
    })),
    outcome,
    upper_bound: upperBound,
    gap,
    uniform_outcome: uniformOutcome,
  };
}
