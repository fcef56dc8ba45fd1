/**
 * How a budget stands that bids spend, on the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type {
  BidBounds,
  BudgetTarget,
  BudgetTerms,
} from "../../domain/budget.ts";
import type { Engine } from "../../engine.ts";
import {
  currencyField,
  entityKeyField,
  instantField,
  microsText,
  printMicros,
} from "./fields.ts";

type BudgetStanding = Awaited<ReturnType<Engine["budgets"]["list"]>>[number];

const boundsText = z.object({
  least_micros: microsText,
  most_micros: microsText,
});

/** Answer of `GET /optimization/budgets/{id}`. */
export const budgetSchema = z.object({
  budget_id: z.string(),
  state: z.enum(["waiting", "pacing", "behind", "spent", "ended", "stopped"]),
  stopped: z.string().nullable().openapi({ description: "Why it is stopped" }),
  currency: currencyField,
  cap_micros: microsText,
  day_cap_micros: microsText.nullable(),
  spent_micros: microsText,
  lent_micros: microsText.openapi({
    description: "Lent to nodes and not known to be charged",
  }),
  free_micros: microsText.openapi({
    description: "Neither spent nor lent, today",
  }),
  expected_micros: microsText.openapi({
    description: "What it has cost on average, as far as it is known",
  }),
  multiplier: z.number().openapi({ description: "Value wanted per micro" }),
  returned: z.number().nullable().openapi({
    description: "Value per micro that outcomes brought; null without a target",
  }),
  from: instantField,
  until: instantField,
  zone: z.string(),
  pays_for: z.array(entityKeyField),
  objective: z.enum(["value", "profit", "outcomes"]),
  target: z.object({
    kind: z.enum(["roas", "cpa"]),
    return_permille: z.number().nullable(),
    outcome_value_micros: microsText.nullable(),
    cost_micros: microsText.nullable(),
    within_hours: z.number(),
  }).nullable(),
  bids: boundsText,
  bids_of: z.record(z.string(), boundsText),
  start_multiplier: z.number().nullable(),
  mode: z.enum(["pace", "throttle"]),
  notices: z.object({
    lost_after_seconds: z.number().nullable(),
    life_seconds: z.number(),
  }),
  plan_id: z.string().nullable(),
  created_at: instantField,
  closed_at: instantField.nullable(),
  slices: z.array(z.object({
    slice: z.string(),
    day_from: instantField,
    granted_micros: microsText,
    charged_micros: microsText,
    bids_until: instantField,
  })).openapi({
    description: "Parts lent to nodes, as reports name them",
  }),
}).openapi("Budget");

type BudgetJson = z.input<typeof budgetSchema>;

/**
 * Prints how a budget stands.
 *
 * @param standing The budget.
 * @returns JSON-like value.
 */
export function budgetToJson(standing: BudgetStanding): BudgetJson {
  const { terms } = standing;
  return {
    budget_id: terms.id,
    state: standing.state,
    stopped: standing.stopped,
    currency: terms.currency,
    cap_micros: String(terms.capMicros),
    day_cap_micros: printMicros(terms.dayCapMicros),
    spent_micros: String(standing.spentMicros),
    lent_micros: String(standing.lentMicros),
    free_micros: String(standing.freeMicros),
    expected_micros: String(standing.expectedMicros),
    multiplier: standing.multiplier,
    returned: standing.returned,
    ...termsToJson(terms),
    created_at: standing.createdAt,
    closed_at: terms.closedAt,
    slices: standing.slices.map((slice) => ({
      slice: slice.id,
      day_from: new Date(slice.day).toISOString(),
      granted_micros: String(slice.grantedMicros),
      charged_micros: String(slice.chargedMicros),
      bids_until: new Date(slice.bidsUntil).toISOString(),
    })),
  };
}

function termsToJson(terms: BudgetTerms) {
  const { target, notices } = terms;
  return {
    from: terms.from,
    until: terms.until,
    zone: terms.zone,
    pays_for: [...terms.paysFor],
    objective: terms.objective,
    target: target && targetToJson(target),
    bids: boundsToJson(terms.bids),
    bids_of: Object.fromEntries(
      Object.entries(terms.bidsOf).map((
        [key, bounds],
      ) => [key, boundsToJson(bounds)]),
    ),
    start_multiplier: terms.startMultiplier,
    mode: terms.mode,
    notices: {
      lost_after_seconds: notices.lostAfterSeconds,
      life_seconds: notices.lifeSeconds,
    },
    plan_id: terms.plan,
  };
}

function boundsToJson({ leastMicros, mostMicros }: BidBounds) {
  return {
    least_micros: String(leastMicros),
    most_micros: String(mostMicros),
  };
}

function targetToJson(target: BudgetTarget) {
  const isReturn = target.kind === "roas";
  return {
    kind: target.kind,
    return_permille: isReturn ? target.returnPermille : null,
    outcome_value_micros: isReturn
      ? printMicros(target.outcomeValueMicros)
      : null,
    cost_micros: isReturn ? null : printMicros(target.costMicros),
    within_hours: target.withinHours,
  };
}
