/**
 * What the policies are told about a budget.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import { type EntityKey, parseEntityKey } from "../../domain/entity.ts";
import type { PlanRequest } from "../../domain/plan_request.ts";
import type { Facts } from "../../domain/verdict.ts";
import type { GroupBound } from "../../verdicts/judge/policy_set.ts";

/** Who has a budget. */
export interface Budgeted {
  readonly entity: EntityKey;
  readonly parent: EntityKey | null;
}

/** What is the same for all budgets of a plan. */
export interface PlanFacts {
  readonly request: Pick<PlanRequest, "model" | "currency">;
  readonly now: Instant;
}

/** Tells the policies about a budget. */
export function describe(
  budgeted: Budgeted,
  { request, now }: PlanFacts,
): Facts {
  const ids = listIds(budgeted);
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
    time: tellTime(now),
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

/** Tells the policies what holds for a whole plan. */
export function describePlan({ request, now }: PlanFacts): Facts {
  const { model, currency } = request;
  return { context: { model, currency }, time: tellTime(now) };
}

function tellTime(now: Instant): Facts {
  const at = new Date(now);
  return {
    localMinute: at.getUTCHours() * 60 + at.getUTCMinutes(),
    weekday: at.getUTCDay(),
    dayOfMonth: at.getUTCDate(),
    localDate: now.slice(0, 10),
  };
}

/** Ids of the entity and its parent, by type. */
function listIds({ entity, parent }: Budgeted): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const key of [parent, entity]) {
    if (key === null) continue;
    const { type, id } = parseEntityKey(key);
    ids[type] = id;
  }
  return ids;
}

/** Whether a budget is one of those that a rule bounds together. */
export function isWithin(
  budgeted: Budgeted,
  { channel, account, campaigns }: Pick<
    GroupBound,
    "channel" | "account" | "campaigns"
  >,
): boolean {
  const ids = listIds(budgeted);
  return (channel === null || ids.channel === channel) &&
    (account === null || ids.account === account) &&
    (campaigns === null ||
      ids.campaign !== undefined && campaigns.has(ids.campaign));
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
