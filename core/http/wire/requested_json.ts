/**
 * A decision's request on the wire, as it was understood.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { DecisionRequest } from "../../domain/decision.ts";
import { microsText, printMicros } from "./fields.ts";

/** A decision's request, as it was understood. */
export const requestedSchema = z.object({
  model: z.string().nullable(),
  entities: z.record(z.string(), z.string()),
  zone: z.string().nullable(),
  actions: z.array(z.string()).nullable(),
  features: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  max_feature_age_seconds: z.int().nullable(),
  constraints: z.object({
    max_bid_micros: microsText.nullable(),
    min_bid_micros: microsText.nullable(),
    budget_remaining_micros: microsText.nullable(),
    contacts_day: z.int().nullable(),
    contacts_week: z.int().nullable(),
    compliance: z.record(z.string(), z.boolean()),
  }),
});

/**
 * Prints a request.
 *
 * @param request As it was understood and logged.
 * @returns JSON-like value.
 */
export function requestedToJson(
  request: DecisionRequest,
): z.input<typeof requestedSchema> {
  const { constraints, model, entities, zone, actions, features } = request;
  return {
    model,
    entities: entities as Record<string, string>,
    zone,
    actions: actions && [...actions],
    features,
    max_feature_age_seconds: request.maxFeatureAgeSeconds ?? null,
    constraints: {
      max_bid_micros: printMicros(constraints.maxBidMicros),
      min_bid_micros: printMicros(constraints.minBidMicros),
      budget_remaining_micros: printMicros(constraints.budgetRemainingMicros),
      contacts_day: constraints.contactsDay,
      contacts_week: constraints.contactsWeek,
      compliance: constraints.compliance,
    },
  };
}
