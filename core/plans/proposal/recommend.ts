/**
 * What one entity gets, what that brings, and why it is no more and no less.
 *
 * @module
 */
import { addDays } from "../../domain/day.ts";
import { decimalFromMicros } from "../../domain/money.ts";
import type { PlanRecommendation } from "../../domain/plan.ts";
import type { PlanBinding } from "../../domain/plan_proof.ts";
import { respond, respondMarginally } from "../../domain/response.ts";
import type { FittedCurve, ResponseCurve } from "../../domain/score.ts";
import type { AppliedRule } from "../../domain/verdict.ts";
import { spread } from "./appraise.ts";
import type { Candidate } from "./candidate.ts";
import type { CurrentSpend } from "./current_spend.ts";
import type { Bound } from "./request/bound.ts";
import { expectCurve } from "./request/worth.ts";

/** What was decided for one entity. */
export interface Decided {
  readonly days: number;
  /** For the period, micros. */
  readonly budget: bigint;
  /** What policies said of it. */
  readonly applied: readonly AppliedRule[];
  readonly today: string;
  readonly currency: string;
  /** Unit of what is maximised. */
  readonly unit: string;
  /** Its curve in each draw; null if there are none. */
  readonly draws: readonly ResponseCurve[] | null;
  /** Limits that bind, by the allocator's name. */
  readonly binding: ReadonlyMap<string, PlanBinding>;
}

const STALE_DAYS = 7;
const EXTRAPOLATION = 2;

/** Recommends. */
export function recommend(
  candidate: Candidate,
  decided: Decided,
): PlanRecommendation {
  const { fitted, spend, today, lo, hi, shaped } = candidate;
  const { days, budget, applied, draws } = decided;
  const perDay = Number(budget) / days;
  const curve = expectCurve(fitted);
  const marginal = respondMarginally(curve, perDay);
  const outcomes = draws === null
    ? null
    : Float64Array.from(draws, (draw) => respond(draw, perDay) * days);
  return {
    entity: fitted.entity,
    parent: fitted.parent,
    budgetMicros: budget,
    currentMicros: today,
    expectedOutcome: respond(curve, perDay) * days,
    marginalOutcome: Number.isFinite(marginal)
      ? marginal
      : respond(curve, perDay + 1) - respond(curve, perDay),
    boundsMicros: [candidate.off ? 0n : lo.micros, hi.micros],
    applied: distinct([...shaped, ...applied]),
    warnings: warn(fitted, { spend, perDay, today: decided.today }),
    ...outcomes === null ? {} : { outcomeInterval: spread(outcomes) },
    why: explainBudget(candidate, decided),
  };
}

/** Why the budget is what it is, in a sentence. */
function explainBudget(
  { fitted: { entity }, lo, hi, off, pinned }: Candidate,
  { budget, currency, unit, binding }: Decided,
): string {
  const amount = (micros: bigint) =>
    `${decimalFromMicros(micros, 2)} ${currency}`;
  const by = ({ asked, byDefault }: Bound) =>
    byDefault
      ? "three times today's spend or the most ever seen, as no most is given"
      : asked.join(" and ");
  if (pinned !== null) return `set to ${amount(budget)} by ${by(hi)}`;
  if (budget > 0n && lo.micros === hi.micros) {
    return `held at ${amount(budget)} by ${by(lo.asked.length > 0 ? lo : hi)}`;
  }
  const price = (side: string) => {
    const found = binding.get(`entity:${entity}:${side}`);
    return found === undefined ? "" : `; ${tellPrice(found, currency, unit)}`;
  };
  if (budget > 0n && hi.micros - budget <= 0n) {
    return `held at its most, ${amount(hi.micros)}, by ${by(hi)}${price("hi")}`;
  }
  if (lo.micros > 0n && budget <= lo.micros && budget > 0n) {
    return `held at its least, ${amount(lo.micros)}, by ${by(lo)}${
      price("lo")
    }`;
  }
  if (budget === 0n) {
    return off
      ? `paused: its least if on, ${
        amount(lo.micros)
      }, brings less than it does elsewhere`
      : "gets nothing: what it would bring is less than elsewhere";
  }
  return "free: the next unit brings as much here as elsewhere";
}

/** What one more unit of currency of a limit would bring, in a sentence. */
export function tellPrice(
  { shadowPrice }: PlanBinding,
  currency: string,
  unit: string,
): string {
  const price = Math.abs(shadowPrice);
  const each = unit.endsWith("_micros")
    ? `${price.toPrecision(3)} ${currency} of ${unit.slice(0, -7)}`
    : `${(price * 1e6).toPrecision(3)} ${unit}`;
  return shadowPrice >= 0
    ? `one more ${currency} would bring ${each}`
    : `one ${currency} less would bring ${each}`;
}

function warn(
  { seenMicros }: FittedCurve,
  { spend, perDay, today }: {
    readonly spend: CurrentSpend;
    readonly perDay: number;
    readonly today: string;
  },
): string[] {
  const warnings: string[] = [];
  if (perDay > EXTRAPOLATION * seenMicros[1]) {
    warnings.push(
      `budget is more than twice the largest daily spend seen (${
        Math.floor(seenMicros[1])
      } micros): its response is extrapolated`,
    );
  }
  if (spend.until === null) warnings.push("no spend was ever reported");
  else if (spend.until < addDays(today, -STALE_DAYS)) {
    warnings.push(`spend is known only until ${addDays(spend.until, -1)}`);
  }
  return warnings;
}

/** Each rule once: what it said of the final budget, or how it narrowed the bounds. */
function distinct(rules: readonly AppliedRule[]): AppliedRule[] {
  return [...new Map(rules.map((rule) => [rule.rule, rule])).values()];
}
