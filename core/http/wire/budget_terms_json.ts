/**
 * A budget's terms on the wire, as parsed.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type {
  BidBounds,
  BudgetTarget,
  BudgetTerms,
} from "../../domain/budget.ts";
import { isZone, parseInstant } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import {
  currencyField,
  entityKeyField,
  isKey,
  microsField,
  momentField,
} from "./fields.ts";

const DEFAULT_WITHIN_HOURS = 24;
const DEFAULT_LIFE_SECONDS = 3600;
const MOST_HOURS = 7 * 24;
const MOST_SECONDS = 7 * 86_400;

const boundsField = z.strictObject({
  least_micros: microsField.optional(),
  most_micros: microsField,
});

const withinHours = z.int().min(1).max(MOST_HOURS).optional().openapi({
  description:
    `Hours in which a win's outcomes come; ${DEFAULT_WITHIN_HOURS} unless given`,
});

const targetField = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("roas"),
    return_permille: z.int().min(1).max(1_000_000).openapi({
      description: "Value for each unit spent, in thousandths; 4000 is 4:1",
    }),
    outcome_value_micros: microsField.openapi({
      description: "What one outcome is worth on average",
    }),
    within_hours: withinHours,
  }),
  z.strictObject({
    kind: z.literal("cpa"),
    cost_micros: microsField.openapi({
      description: "Most that an outcome may cost on average",
    }),
    within_hours: withinHours,
  }),
]);

/** Body of `PUT /optimization/budgets/{id}`. */
export const budgetBody = z.strictObject({
  currency: currencyField,
  cap_micros: microsField.openapi({ description: "For the whole flight" }),
  day_cap_micros: microsField.optional().openapi({
    description: "For each day of the zone; none unless given",
  }),
  from: momentField,
  until: momentField,
  zone: z.string().max(64).refine(
    isZone,
    'expected an IANA time zone, such as "Europe/Berlin"',
  ).optional().openapi({ description: "Zone of its days; UTC unless given" }),
  pays_for: z.array(entityKeyField).min(1).max(10_000).openapi({
    description: "Bids for any of these are paid by it",
    example: ["campaign:c-17"],
  }),
  objective: z.enum(["value", "profit", "outcomes"]).optional().openapi({
    description: 'What is made the most of; "value" unless given',
  }),
  target: targetField.optional(),
  bids: boundsField.openapi({ description: "Least and most of any bid" }),
  bids_of: z.record(entityKeyField, boundsField).optional().openapi({
    description: "Narrower bounds, by entity",
    example: { "campaign:c-17": { most_micros: "1500000" } },
  }),
  start_multiplier: z.number().positive().max(1e9).optional().openapi({
    description: "Value wanted per micro to begin with, such as a shadow price",
  }),
  mode: z.enum(["pace", "throttle"]).optional().openapi({
    description:
      '"pace" makes bids lower, "throttle" leaves opportunities out; "pace" unless given',
  }),
  notices: z.strictObject({
    lost_after_seconds: z.int().min(1).max(MOST_SECONDS).optional().openapi({
      description:
        "A bid was lost if no win was told of it for so long, if the exchange promises that",
    }),
    life_seconds: z.int().min(60).max(MOST_SECONDS).optional().openapi({
      description:
        `A bid may be charged for so long after it was sent; ${DEFAULT_LIFE_SECONDS} unless given`,
    }),
  }).optional(),
}).openapi("BudgetTerms");

/**
 * Reads terms.
 *
 * @param id The budget's id.
 * @param body The parsed body.
 * @returns The terms.
 */
export function budgetFromJson(
  id: string,
  body: z.output<typeof budgetBody>,
): BudgetTerms {
  const { notices = {} } = body;
  return {
    id,
    currency: body.currency,
    capMicros: Number(body.cap_micros),
    dayCapMicros: body.day_cap_micros === undefined
      ? null
      : Number(body.day_cap_micros),
    from: parseInstant(body.from),
    until: parseInstant(body.until),
    zone: body.zone ?? "UTC",
    paysFor: body.pays_for.filter(isKey),
    objective: body.objective ?? "value",
    target: body.target ? targetFromJson(body.target) : null,
    bids: boundsFromJson(body.bids),
    bidsOf: Object.fromEntries(
      Object.entries(body.bids_of ?? {}).map((
        [key, bounds],
      ) => [key, boundsFromJson(bounds)]),
    ) as Record<EntityKey, BidBounds>,
    startMultiplier: body.start_multiplier ?? null,
    mode: body.mode ?? "pace",
    notices: {
      lostAfterSeconds: notices.lost_after_seconds ?? null,
      lifeSeconds: notices.life_seconds ?? DEFAULT_LIFE_SECONDS,
    },
    plan: null,
    closedAt: null,
  };
}

function boundsFromJson(
  { least_micros: least = 0, most_micros: most }: z.output<typeof boundsField>,
): BidBounds {
  return { leastMicros: Number(least), mostMicros: Number(most) };
}

function targetFromJson(target: z.output<typeof targetField>): BudgetTarget {
  const withinHours = target.within_hours ?? DEFAULT_WITHIN_HOURS;
  return target.kind === "cpa"
    ? { kind: "cpa", costMicros: Number(target.cost_micros), withinHours }
    : {
      kind: "roas",
      returnPermille: target.return_permille,
      outcomeValueMicros: Number(target.outcome_value_micros),
      withinHours,
    };
}
