/**
 * What the policies in force say of a plan's budgets: one by one, and of several
 * together.
 *
 * Policies judge every budget again, by the day and the time it is now, against what
 * the entity spent when the plan was made. What needs a person is told apart from what
 * is refused.
 *
 * @module
 */
import { countDays, type Instant } from "../../domain/day.ts";
import type {
  Plan,
  PlanFinding,
  PlanRecommendation,
} from "../../domain/plan.ts";
import { parseModelRef } from "../../domain/score.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { PolicySet } from "../../verdicts/judge/policy_set.ts";
import { describe, findChannel } from "../proposal/budget_facts.ts";
import {
  findExcess,
  type GroupRule,
  type GroupSums,
  listGroupRules,
} from "../proposal/group_rules.ts";
import { fewest } from "./fewest.ts";

interface Now {
  readonly tenant: string;
  readonly now: Instant;
}

/** Lists what policies say: `policy_objects`, then `policy_review` rule by rule. */
export function findPolicyFindings(
  policies: PolicySet,
  plan: Plan,
  at: Now,
): readonly PlanFinding[] {
  const judged = plan.recommendations.map((row, index) =>
    listDaily(plan, index).map((daily) =>
      judgeRow({ row, daily }, { policies, plan, at })
    )
  );
  const reviews = Map.groupBy(judged.flatMap(listReviews), ({ rule }) => rule);
  return [
    ...fewest([
      ...findGroups(policies, plan, at),
      ...judged.flatMap((days) => days.flatMap(listRefusals).slice(0, 1)),
    ]),
    ...[...reviews.values()].flatMap(fewest),
  ];
}

/** A budget as it is spent on some days. */
interface Daily {
  readonly row: PlanRecommendation;
  /** Micros a day. */
  readonly daily: number;
}

interface Judged extends Daily {
  readonly verdict: Verdict;
}

/** Micros a day of a budget: its mean; of a plan that is laid out those of its slots too. */
function listDaily(plan: Plan, index: number): number[] {
  const { period, recommendations, schedule } = plan;
  const budget = recommendations[index]?.budgetMicros ?? 0n;
  const { micros = [] } = schedule?.entities[index] ?? {};
  const amounts = [
    budget / BigInt(Math.max(1, countDays(period))),
    ...listSlots(plan).map(({ at, days }) => (micros[at] ?? 0n) / BigInt(days)),
  ];
  return [...new Set(amounts)].map(Number);
}

/** Slots that were to come as the plan was made; none if it is not laid out. */
function listSlots({ createdAt, schedule }: Plan) {
  const made = createdAt.slice(0, 10);
  return (schedule?.slots ?? []).flatMap((slot, at) =>
    slot.from < made ? [] : [{ at, days: countDays(slot) }]
  );
}

function judgeRow(
  { row, daily }: Daily,
  { policies, plan, at }: {
    readonly policies: PolicySet;
    readonly plan: Plan;
    readonly at: Now;
  },
): Judged {
  const days = BigInt(Math.max(1, countDays(plan.period)));
  const facts = describe(row, { request: requestOf(plan), now: at.now });
  const verdict = policies.judge("budget", facts, {
    tenant: at.tenant,
    channel: findChannel(row),
    amountMicros: daily,
    currentMicros: Number(row.currentMicros / days),
  });
  return { row, daily, verdict };
}

function requestOf({ modelVersion, currency }: Plan) {
  return { model: parseModelRef(modelVersion).name, currency };
}

function listRefusals({ row, daily, verdict }: Judged): PlanFinding[] {
  const { allowed, amountMicros, applied } = verdict;
  if (allowed && (amountMicros === daily || wasAdjusted(row))) return [];
  const reasons = applied.filter(({ effect, beforeMicros, afterMicros }) =>
    effect === "deny" || beforeMicros !== afterMicros
  ).map(({ rule, reason }) => `${rule}: ${reason}`);
  return [{
    code: "policy_objects",
    entity: row.entity,
    message: `${row.entity} at ${daily} micros a day: ${
      [...new Set(reasons)].join("; ") ||
      "a fact that a policy needs is missing"
    }`,
  }];
}

/** A rule that sets amounts would set what it set already once more. */
function wasAdjusted({ applied }: PlanRecommendation): boolean {
  return applied.some(({ effect }) => effect === "adjust");
}

/** Each rule once, for the first of the days that it asks about. */
function listReviews(days: readonly Judged[]): PlanFinding[] {
  const found = new Map<string, PlanFinding>();
  for (const { row: { entity }, daily, verdict } of days) {
    if (!verdict.allowed || !verdict.review) continue;
    for (const { effect, rule, reason } of verdict.applied) {
      if (effect !== "review" || found.has(rule)) continue;
      const message =
        `${entity} at ${daily} micros a day needs a person who agrees: ${rule}: ${reason}`;
      found.set(rule, { code: "policy_review", entity, message, rule });
    }
  }
  return [...found.values()];
}

function findGroups(policies: PolicySet, plan: Plan, at: Now): PlanFinding[] {
  const rules = listGroupRules(plan.recommendations, {
    ...{ ...at, policies, request: requestOf(plan) },
  });
  if (rules.length === 0) return [];
  const sums = listSums(plan);
  return rules.flatMap((rule) => {
    if (!sums.some((one) => findExcess(rule, one) > 0n)) return [];
    return [{
      code: "policy_objects",
      entity: null,
      message: tellGroup(rule),
      rule: rule.rule,
    }];
  });
}

function tellGroup({ rule, reason, effect, members, to }: GroupRule): string {
  const side = effect === "cap" ? "above the most" : "below the least";
  const limit = to === null
    ? "cannot be told"
    : "permille" in to
    ? `are ${side}, ${Number(to.permille) / 10}% of the plan`
    : `are ${side}, ${to.microsPerDay} micros a day`;
  return `${members.length} budgets together ${limit}: ${rule}: ${reason}`;
}

/** The period as a whole; of a plan that is laid out slot by slot. */
function listSums(plan: Plan): GroupSums[] {
  const { period, recommendations, schedule } = plan;
  const budgets = recommendations.map(({ budgetMicros }) => budgetMicros);
  if (schedule === undefined) {
    return [{ budgets, toCome: budgets, days: countDays(period) }];
  }
  const slots = listSlots(plan).map(({ at, days }) => ({
    ...{ budgets, days },
    toCome: schedule.entities.map(({ micros }) => micros[at] ?? 0n),
  }));
  return [{ budgets, toCome: [], days: 0 }, ...slots];
}
