/**
 * What a caller wants planned, as parsed from the wire.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { countDays } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type { PlanRequest } from "../../domain/plan_request.ts";
import {
  bigMicrosField,
  currencyField,
  entityKeyField,
  isKey,
  moneyField,
  nameField,
  periodField,
} from "./fields.ts";
import { guardrailBody, guardrailFromJson } from "./plan_life_json.ts";
import { planTerms, planTermsFromJson } from "./plan_terms_json.ts";

const MAX_PERIOD_DAYS = 366;

const boundsField = z.strictObject({
  lo_micros: bigMicrosField.optional(),
  hi_micros: bigMicrosField.optional(),
}).refine(
  ({ lo_micros: lo, hi_micros: hi }) =>
    lo === undefined || hi === undefined || BigInt(lo) <= BigInt(hi),
  "lo_micros must not be above hi_micros",
);

/** Body of `POST /optimization/plan`. */
export const planBody = z.strictObject({
  scope: z.strictObject({
    model: nameField.optional().openapi({
      description: "Allocation model; the tenant's only one unless given",
    }),
    entities: z.array(entityKeyField).min(1).max(100_000).optional().openapi({
      description: "What is planned; all that the model knows unless given",
    }),
  }).optional(),
  period: periodField.refine(isPlannable, {
    message: `until must be 1 to ${MAX_PERIOD_DAYS} days after from`,
    path: ["until"],
    when: ({ issues }) => issues.length === 0,
  }),
  total: moneyField.optional().openapi({
    description: "For the whole period; what is spent today unless given",
  }),
  currency: currencyField,
  spend: z.enum(["all", "up_to"]).optional().openapi({
    description: 'Whether all must be spent; "all" unless given',
  }),
  bounds: z.record(entityKeyField, boundsField).optional().openapi({
    description: "For the whole period, of entities and of their parents",
    example: { "campaign:c-17": { hi_micros: "700000000" } },
  }),
  ...planTerms.shape,
  guardrails: z.array(guardrailBody).min(1).max(20).optional().openapi({
    description:
      "What must not become worse once the plan is applied, or it is rolled back",
  }),
}).refine(
  ({ total, currency }) => total === undefined || total.currency === currency,
  {
    message: "must be the plan's currency",
    path: ["total", "currency"],
    when: ({ issues }) => issues.length === 0,
  },
).openapi("PlanRequest");

function isPlannable(period: { from: string; until: string }): boolean {
  const days = countDays(period);
  return days >= 1 && days <= MAX_PERIOD_DAYS;
}

/**
 * Reads a plan request.
 *
 * @param body The parsed body.
 * @returns The stage's request; whatever was left out is null.
 */
export function planRequestFromJson(
  body: z.output<typeof planBody>,
): PlanRequest {
  const bounds: Record<EntityKey, { lo?: bigint; hi?: bigint }> = {};
  for (const [entity, { lo_micros, hi_micros }] of boundsOf(body)) {
    bounds[entity] = {
      ...(lo_micros === undefined ? {} : { lo: BigInt(lo_micros) }),
      ...(hi_micros === undefined ? {} : { hi: BigInt(hi_micros) }),
    };
  }
  return {
    model: body.scope?.model ?? null,
    entities: body.scope?.entities?.filter(isKey) ?? null,
    period: body.period,
    totalMicros: body.total === undefined ? null : BigInt(body.total.micros),
    currency: body.currency,
    spend: body.spend ?? "all",
    bounds,
    ...planTermsFromJson(body),
    ...body.guardrails &&
      { guardrails: body.guardrails.map(guardrailFromJson) },
  };
}

function boundsOf({ bounds = {} }: z.output<typeof planBody>) {
  return Object.entries(bounds).flatMap(([key, bound]) =>
    isKey(key) ? [[key, bound] as const] : []
  );
}
