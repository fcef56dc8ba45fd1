/**
 * An entity that may receive budget: its curve, its spend, its bounds, and what the
 * policies are told about it.
 *
 * Policies judge budgets in micros per day. Bounds of a candidate are for the whole
 * period: those of the request, narrowed by the policies' caps and floors. Where the
 * request sets no most, it is three times today's spend, or the largest spend seen.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { parseEntityKey } from "../domain/entity.ts";
import type { PlanRequest } from "../domain/plan.ts";
import type { FittedCurve } from "../domain/score.ts";
import type { AppliedRule, Facts, Verdict } from "../domain/verdict.ts";
import type { PolicySet } from "../verdicts/policy_set.ts";
import { infeasible } from "./allocate.ts";
import type { CurrentSpend } from "./current_spend.ts";

/** One entity in the making of a plan. Its bounds narrow as policies object. */
export interface Candidate {
  readonly fitted: FittedCurve;
  readonly spend: CurrentSpend;
  readonly facts: Facts;
  readonly channel: string | null;
  /** Least and most for the period, micros. */
  lo: bigint;
  hi: bigint;
  /** Budget that policies set themselves, micros per day; null if they did not. */
  pinned: bigint | null;
  /** Rules that narrowed the bounds. */
  shaped: readonly AppliedRule[];
}

/** What all candidates of a plan share. */
export interface Circumstances {
  readonly tenant: string;
  readonly request: PlanRequest;
  readonly days: number;
  readonly now: Instant;
  readonly policies: PolicySet;
}

const DEFAULT_GROWTH = 3n;

/**
 * Makes a candidate.
 *
 * @throws {EngineError} `plan_infeasible` if its bounds and the policies' conflict.
 */
export function createCandidate(
  fitted: FittedCurve,
  spend: CurrentSpend,
  circumstances: Circumstances,
): Candidate {
  const { tenant, request, days, policies } = circumstances;
  const facts = describe(fitted, circumstances);
  const channel = findChannel(fitted);
  const asked = request.bounds[fitted.entity] ?? {};
  const { loMicros, hiMicros, applied } = policies.bounds("budget", facts, {
    tenant,
    channel,
    currentMicros: Number(spend.microsPerDay),
  });
  const period = BigInt(days);
  const lo = larger(asked.lo ?? 0n, BigInt(loMicros ?? 0) * period);
  const most = asked.hi ?? larger(defaultMost(fitted, spend) * period, lo);
  const hi = hiMicros === null
    ? most
    : smaller(most, BigInt(hiMicros) * period);
  const candidate = {
    fitted,
    spend,
    facts,
    channel,
    lo,
    hi,
    pinned: null,
    shaped: applied.filter(({ effect }) => effect !== "deny"),
  };
  checkBounds(candidate);
  return candidate;
}

/** Refuses bounds that cross, naming the rules that narrowed them. */
export function checkBounds({ fitted, lo, hi, shaped }: Candidate): void {
  if (lo <= hi) return;
  const { entity } = fitted;
  throw infeasible({
    constraints: [
      `entity:${entity}:lo`,
      `entity:${entity}:hi`,
      ...new Set(shaped.map(({ rule }) => `rule:${rule}`)),
    ],
    reason:
      `"${entity}" must get at least ${lo} and at most ${hi} micros in the period`,
  });
}

/** Judges a budget in micros per day. */
export function judgeBudget(
  { facts, channel, spend }: Candidate,
  microsPerDay: bigint,
  { tenant, policies }: Circumstances,
): Verdict {
  return policies.judge("budget", facts, {
    tenant,
    channel,
    amountMicros: Number(microsPerDay),
    currentMicros: Number(spend.microsPerDay),
  });
}

function defaultMost({ seenMicros }: FittedCurve, spend: CurrentSpend): bigint {
  const seen = BigInt(Math.max(0, Math.floor(seenMicros[1])));
  return larger(spend.microsPerDay * DEFAULT_GROWTH, seen);
}

function describe(
  fitted: FittedCurve,
  { request, now }: Circumstances,
): Facts {
  const at = new Date(now);
  const ids: Record<string, string> = {};
  for (const key of [fitted.parent, fitted.entity]) {
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

function findChannel({ entity, parent }: FittedCurve): string | null {
  for (const key of [entity, parent]) {
    if (key === null) continue;
    const { type, id } = parseEntityKey(key);
    if (type === "channel") return id;
  }
  return null;
}

/** The larger of two amounts. */
export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The smaller of two amounts. */
export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
