/**
 * What the policies are told about a budget.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import { type EntityKey, parseEntityKey } from "../../domain/entity.ts";
import type { PlanRequest } from "../../domain/plan_request.ts";
import type { Facts } from "../../domain/verdict.ts";

/** Who has a budget. */
export interface Budgeted {
  readonly entity: EntityKey;
  readonly parent: EntityKey | null;
}

/** Tells the policies about a budget. */
export function describe(
  budgeted: Budgeted,
  { request, now }: {
    readonly request: Pick<PlanRequest, "model" | "currency">;
    readonly now: Instant;
  },
): Facts {
  const at = new Date(now);
  const ids: Record<string, string> = {};
  for (const key of [budgeted.parent, budgeted.entity]) {
    if (key === null) continue;
    const { type, id } = parseEntityKey(key);
    ids[type] = id;
  }
  return {
    context: {
      channel: ids.channel ?? null,
      campaign: ids.campaign ?? null,
      placement: ids.placement ?? null,
      account: ids.account ?? null,
      model: request.model,
      action: null,
      currency: request.currency,
    },
    time: {
      localMinute: at.getUTCHours() * 60 + at.getUTCMinutes(),
      weekday: at.getUTCDay(),
      dayOfMonth: at.getUTCDate(),
    },
    constraints: {
      maxBidMicros: null,
      minBidMicros: null,
      budgetRemainingMicros: null,
      contactsDay: null,
      contactsWeek: null,
    },
    compliance: {},
    score: { ppm: null },
    features: {},
  };
}

/** Channel that a budget belongs to; null if it is not known. */
export function findChannel({ entity, parent }: Budgeted): string | null {
  for (const key of [entity, parent]) {
    if (key === null) continue;
    const { type, id } = parseEntityKey(key);
    if (type === "channel") return id;
  }
  return null;
}
