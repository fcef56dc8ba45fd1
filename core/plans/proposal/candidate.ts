/**
 * An entity that may receive budget: its curve, its spend, its bounds, and what the
 * policies are told about it.
 *
 * Policies judge budgets in micros per day. Bounds of a candidate are for the whole
 * period: those of the request, narrowed by its change limit and by the policies'
 * caps and floors. Where the request sets no most and no change limit, it is three
 * times today's spend, or the largest spend seen. Each bound knows who asked for it.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import type { PlanRequest } from "../../domain/plan_request.ts";
import type { FittedCurve } from "../../domain/score.ts";
import type { AppliedRule, Facts, Verdict } from "../../domain/verdict.ts";
import type { PolicySet } from "../../verdicts/judge/policy_set.ts";
import { describe, findChannel } from "./budget_facts.ts";
import type { CurrentSpend } from "./current_spend.ts";
import { refuseConflict } from "./request/refusal.ts";
import {
  type Bound,
  boundByChange,
  findLeastIfOn,
  highest,
  lowest,
  type Mover,
  NOTHING,
  sumDays,
} from "./request/bound.ts";

/** One entity in the making of a plan. Its bounds narrow as policies object. */
export interface Candidate {
  readonly fitted: FittedCurve;
  readonly spend: CurrentSpend;
  readonly facts: Facts;
  readonly channel: string | null;
  /** Today's spend for as long a period, micros. */
  readonly today: bigint;
  /** Least and most for the period. */
  lo: Bound;
  hi: Bound;
  /** Whether it may get nothing instead. */
  off: boolean;
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
  const { tenant, days, policies } = circumstances;
  const facts = describe(fitted, circumstances);
  const channel = findChannel(fitted);
  const limits = policies.bounds("budget", facts, {
    tenant,
    channel,
    currentMicros: Number(spend.microsPerDay),
  });
  const candidate: Candidate = {
    fitted,
    spend,
    facts,
    channel,
    today: spend.microsPerDay * BigInt(days),
    ...boundAll({ fitted, spend, limits }, circumstances),
    pinned: null,
    shaped: limits.applied.filter(({ effect }) => effect !== "deny"),
  };
  checkBounds(candidate, days);
  return candidate;
}

/** What bounds are made from. */
interface Asked {
  readonly fitted: FittedCurve;
  readonly spend: CurrentSpend;
  readonly limits: ReturnType<PolicySet["bounds"]>;
}

/** Bounds by request, change limit, policies and, if none of them sets a most, by default. */
function boundAll(
  asked: Asked,
  circumstances: Circumstances,
): Pick<Candidate, "lo" | "hi" | "off"> {
  const lo = highest(listFloors(asked, circumstances));
  const leastIfOn = findLeastIfOn(circumstances.request, asked.fitted);
  const off = leastIfOn !== null && lo.micros === 0n;
  const least = leastIfOn === null ? lo : raise(lo, leastIfOn);
  const hi = lowest(listCaps(asked, circumstances, least.micros));
  if (off && hi.micros < least.micros) {
    const asked = [...hi.asked, ...least.asked];
    const none = hi.micros === 0n ? hi : { micros: 0n, asked };
    return { lo: NOTHING, hi: none, off: false };
  }
  return { lo: least, hi, off };
}

/** A least if on is one only with what keeps the entity on, where it has a least at all. */
function raise(lo: Bound, { micros, asked }: Bound): Bound {
  if (micros <= lo.micros) return lo;
  return { micros, asked: [...lo.asked, ...asked] };
}

function listFloors(
  { fitted: { entity }, spend, limits }: Asked,
  { request, days }: Circumstances,
): Bound[] {
  const micros = request.bounds[entity]?.lo;
  const change = boundByChange(request, { entity, spend, days });
  return [
    NOTHING,
    ...micros === undefined
      ? []
      : [{ micros, asked: [`bounds["${entity}"].lo_micros`] }],
    ...change === null ? [] : [change.lo],
    ...spend.gone ? [{ micros: spend.gone.micros, asked: ["schedule"] }] : [],
    ...listRuled(limits, "floor", { spend, days }),
  ];
}

function listCaps(
  { fitted, spend, limits }: Asked,
  { request, days }: Circumstances,
  least: bigint,
): Bound[] {
  const { entity } = fitted;
  const micros = request.bounds[entity]?.hi;
  const asked = [`bounds["${entity}"].hi_micros`];
  const change = boundByChange(request, { entity, spend, days });
  const otherwise = defaultMost(fitted, spend) * BigInt(days);
  return [
    ...micros === undefined ? [] : [{ micros, asked }],
    ...change === null ? [] : [change.hi],
    ...micros === undefined && change === null
      ? [{ micros: larger(otherwise, least), asked, byDefault: true }]
      : [],
    ...listRuled(limits, "cap", { spend, days }),
  ];
}

/** What policies ask for, whatever the amount. */
function listRuled(
  { applied, loMicros, hiMicros }: Asked["limits"],
  effect: "floor" | "cap",
  period: Omit<Mover, "entity">,
): Bound[] {
  const micros = effect === "floor" ? loMicros : hiMicros;
  return micros === null ? [] : [{
    micros: sumDays(BigInt(micros), period),
    asked: nameRules(applied.filter((rule) => rule.effect === effect)),
  }];
}

/** Names rules as conflicts do. */
export function nameRules(rules: readonly AppliedRule[]): string[] {
  return [...new Set(rules.map(({ rule }) => `rule:${rule}`))];
}

/** Refuses bounds that cross, naming who asked for them. */
export function checkBounds(
  { fitted, lo, hi, shaped }: Candidate,
  days: number,
): void {
  if (lo.micros <= hi.micros) return;
  throw refuseConflict({
    asked: [...lo.asked, ...hi.asked],
    reason:
      `"${fitted.entity}" must get at least ${lo.micros} and at most ${hi.micros} micros in the ${days} days`,
    rules: shaped,
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

/** The larger of two amounts. */
export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The smaller of two amounts. */
export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
