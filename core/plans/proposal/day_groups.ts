/**
 * What several budgets are held to together on each day that a plan is laid out over.
 *
 * @module
 */
import type { PlanRequest } from "../../domain/plan_request.ts";
import type { ScheduleGroup } from "../schedule/schedule.ts";
import { type Candidate, checkBounds } from "./candidate.ts";
import type { GroupRule } from "./group_rules.ts";
import { highest, lowest, moveBy } from "./request/bound.ts";

/** Bounds of days together. */
export interface DayGroups {
  /** Nobody is in two of them. */
  readonly groups: readonly ScheduleGroup[];
  /** Policies that share somebody with one of these. */
  readonly crossing: readonly GroupRule[];
}

/**
 * Lists change limits of parents, and policies about amounts a day.
 *
 * @param totalMicros Of all budgets, which no group's day exceeds.
 */
export function listDayGroups(
  candidates: readonly Candidate[],
  { changeLimit = {} }: PlanRequest,
  { rules, totalMicros }: {
    readonly rules: readonly GroupRule[];
    readonly totalMicros: bigint;
  },
): DayGroups {
  const groups = listChanges(candidates, changeLimit);
  const crossing: GroupRule[] = [];
  const taken = new Set(groups.flatMap(({ entities }) => entities));
  for (const rule of rules) {
    for (const group of listRuled(rule, candidates, totalMicros)) {
      if (group.entities.some((entity) => taken.has(entity))) {
        crossing.push(rule);
        continue;
      }
      group.entities.forEach((entity) => taken.add(entity));
      groups.push(group);
    }
  }
  return { groups, crossing };
}

/**
 * Gives everybody under a policy its part of the bound of each day, as large as its
 * part of the budgets: what crosses other groups is kept so, whatever the others do.
 *
 * @param candidates Of one day each; narrowed in place.
 * @param toCome What each gets for the days to come, micros, shape [candidates].
 * @throws {EngineError} `plan_infeasible` if that leaves somebody no amount.
 */
export function partDays(
  candidates: readonly Candidate[],
  { effect, members, rule, to }: GroupRule,
  toCome: readonly bigint[],
): void {
  if (to === null || "permille" in to) return;
  const whole = members.reduce((sum, at) => sum + (toCome[at] ?? 0n), 0n);
  if (whole === 0n) return;
  for (const at of members) {
    const candidate = candidates[at];
    if (candidate === undefined) continue;
    const part = to.microsPerDay * (toCome[at] ?? 0n);
    const asked = [`rule:${rule}`];
    if (effect === "cap") {
      const most = { micros: part / whole, asked };
      candidate.hi = lowest([candidate.hi, most]);
    } else {
      const least = { micros: (part + whole - 1n) / whole, asked };
      candidate.lo = highest([candidate.lo, least]);
    }
    checkBounds(candidate, 1);
  }
}

function listChanges(
  candidates: readonly Candidate[],
  { of = {} }: NonNullable<PlanRequest["changeLimit"]>,
): ScheduleGroup[] {
  const own = new Set<string>(candidates.map(({ fitted }) => fitted.entity));
  return Object.entries(of).flatMap(([key, permille]) => {
    if (own.has(key)) return [];
    const below = candidates.filter(({ fitted }) => fitted.parent === key);
    const today = below.reduce(
      (sum, { spend }) => sum + spend.microsPerDay,
      0n,
    );
    return [{
      id: `change_limit.of["${key}"]`,
      entities: below.map(({ fitted }) => fitted.entity),
      dailyMicros: moveBy(today, permille),
    }];
  });
}

function listRuled(
  { rule, effect, members, to }: GroupRule,
  candidates: readonly Candidate[],
  totalMicros: bigint,
): ScheduleGroup[] {
  if (to === null || "permille" in to) return [];
  const { microsPerDay } = to;
  return [{
    id: `rule:${rule}`,
    entities: members.flatMap((at) => candidates[at]?.fitted.entity ?? []),
    dailyMicros: effect === "cap"
      ? [0n, microsPerDay]
      : [microsPerDay, microsPerDay > totalMicros ? microsPerDay : totalMicros],
  }];
}
