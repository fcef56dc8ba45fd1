/**
 * Lays a divided plan out over the days or weeks of its period.
 *
 * Budgets stay what they are. A day's amount is held to the change limit, and judged
 * by the policies as a budget would be: what they object to narrows the days of that
 * entity, and all is laid out anew.
 *
 * @module
 */
import { addDays, countDays, type Day } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import { EngineError } from "../../domain/error.ts";
import type { PlanSchedule } from "../../domain/plan_schedule.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import {
  type Candidate,
  type Circumstances,
  judgeBudget,
} from "./candidate.ts";
import type { CurrentSpend } from "./current_spend.ts";
import { type DayGroups, listDayGroups, partDays } from "./day_groups.ts";
import { findExcess, type GroupRule, listReasons } from "./group_rules.ts";
import { readDailySpend } from "./daily_spend.ts";
import { accepts, narrow } from "./narrow.ts";
import { boundByChange, NOTHING } from "./request/bound.ts";
import { refuseConflict, refuseField } from "./request/refusal.ts";
import type { Timer } from "./request/timer.ts";
import type { Schedule } from "../schedule/schedule.ts";
import { scheduleBudgets } from "../schedule/schedule_budgets.ts";

/** What was spent day by day before the first day that can still change. */
export interface SpentDays {
  /** Of the days before the period, micros, the latest last. */
  readonly before: ReadonlyMap<EntityKey, readonly bigint[]>;
  /** Of the days of the period that are over. */
  readonly within: ReadonlyMap<EntityKey, readonly bigint[]>;
  /** The first day that can still change. */
  readonly from: Day;
}

/** Days of spend before the period whose carry-over counts. */
const CARRIED_DAYS = 91;
const ROUNDS = 12;

/**
 * Reads what is spent.
 *
 * @throws {EngineError} `request_invalid` if spend is not reported by the day.
 */
export async function readSpentDays(
  history: Pick<FeatureHistory, "series">,
  { tenant, request: { period }, now }: Omit<Circumstances, "days">,
  spend: ReadonlyMap<EntityKey, CurrentSpend>,
): Promise<SpentDays> {
  const today = now.slice(0, 10);
  const from = today > period.from ? today : period.from;
  const first = addDays(period.from, -CARRIED_DAYS);
  const days = await readDailySpend(history, {
    ...{ tenant, spend, from: first, until: from, today },
  });
  if (days === null) {
    throw refuseField(
      "schedule",
      "schedule needs spend that is reported by the day, and this one's is not",
    );
  }
  const part = (start: number, end?: number) =>
    new Map([...days].map(([key, list]) => [key, list.slice(start, end)]));
  return {
    before: part(0, CARRIED_DAYS),
    within: part(CARRIED_DAYS),
    from,
  };
}

/** Spend with what of it is gone in the period. */
export function withGone(
  spend: CurrentSpend,
  entity: EntityKey,
  { within }: SpentDays,
): CurrentSpend {
  const days = within.get(entity) ?? [];
  if (days.length === 0) return spend;
  return { ...spend, gone: { days: days.length, micros: sum(days) } };
}

/** A divided plan. */
export interface LayOutOptions {
  readonly by: PlanSchedule["by"];
  /** For the period, micros, shape [candidates]. */
  readonly budgets: readonly bigint[];
  /** Policies that bound several of them together. */
  readonly rules: readonly GroupRule[];
  readonly spent: SpentDays;
  readonly circumstances: Circumstances;
  readonly timer: Timer;
}

/**
 * Lays out.
 *
 * @throws {EngineError} `plan_infeasible` if the days' amounts cannot keep the change
 * limit and the policies.
 */
export function layOut(
  candidates: readonly Candidate[],
  options: LayOutOptions,
): PlanSchedule {
  const { by, circumstances, budgets } = options;
  const daily = candidates.map((candidate, at) =>
    boundDaily(candidate, budgets[at] ?? 0n, circumstances)
  );
  const { groups, crossing } = listDayGroups(
    candidates,
    circumstances.request,
    { rules: options.rules, totalMicros: sum(budgets) },
  );
  const toCome = candidates.map(({ spend }, at) =>
    (budgets[at] ?? 0n) - (spend.gone?.micros ?? 0n)
  );
  crossing.forEach((rule) => partDays(daily, rule, toCome));
  for (let round = 0; round < ROUNDS; round++) {
    const schedule = fill(candidates, daily, { ...options, groups });
    if (!objects(daily, schedule, { ...options, round })) {
      refuseBroken(schedule, options);
      const { slots, entities, outcome, upperBound } = schedule;
      const { gap, uniformOutcome } = schedule;
      return {
        ...{ by, slots, outcome, upperBound, gap, uniformOutcome },
        entities: entities.map(({ entity, micros }) => ({ entity, micros })),
      };
    }
  }
  throw refuseDays(daily, `policies still object after ${ROUNDS} rounds`);
}

/** A candidate for one day's amount: by its change limit, and not more than its budget. */
function boundDaily(
  candidate: Candidate,
  budget: bigint,
  { request }: Circumstances,
): Candidate {
  const { fitted: { entity }, spend: { gone: _, ...spend } } = candidate;
  const change = boundByChange(request, { entity, spend, days: 1 });
  return {
    ...{ ...candidate, spend },
    lo: change?.lo ?? NOTHING,
    hi: change?.hi ?? { micros: budget, asked: ["schedule"] },
    ...{ off: false, pinned: null },
  };
}

function fill(
  candidates: readonly Candidate[],
  daily: readonly Candidate[],
  { by, budgets, groups, spent, circumstances: { request }, timer }:
    & LayOutOptions
    & Pick<DayGroups, "groups">,
): Schedule {
  const left = timer.leftMs();
  try {
    return scheduleBudgets(
      {
        period: request.period,
        from: spent.from,
        granularity: by,
        entities: candidates.map(({ fitted }, at) => {
          const budget = budgets[at] ?? 0n;
          const { lo, hi } = daily[at] ?? { lo: NOTHING, hi: NOTHING };
          return {
            fitted,
            historyMicros: (spent.before.get(fitted.entity) ?? []).map(Number),
            spentMicros: spent.within.get(fitted.entity) ?? [],
            boundsMicros: [budget, budget],
            dailyMicros: [lo.micros, hi.micros],
          };
        }),
        groups,
        totalMicros: sum(budgets),
        spend: "all",
      },
      left < Infinity
        ? { deadlineMs: Math.max(left, 0), now: timer.nowMs }
        : {},
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw refuseDays(daily, "no amounts of days sum to these budgets");
  }
}

/** Refuses days on which policies about several budgets together are broken. */
function refuseBroken(
  { slots, entities }: Schedule,
  { budgets, rules, spent }: LayOutOptions,
): void {
  let day = 0;
  const toCome = slots.map((slot, at) => {
    const start = day;
    day += countDays(slot);
    const from = slot.from < spent.from ? spent.from : slot.from;
    const days = from < slot.until ? countDays({ ...slot, from }) : 0;
    const micros = entities.map(({ entity, micros }) =>
      (micros[at] ?? 0n) -
      sum((spent.within.get(entity) ?? []).slice(start, day))
    );
    return { days, toCome: micros, budgets };
  }).filter(({ days }) => days > 0);
  const broken = rules.filter((rule) =>
    toCome.some((sums) => findExcess(rule, sums) > 0n)
  );
  if (broken.length === 0) return;
  throw refuseConflict({
    asked: ["schedule", ...broken.map(({ rule }) => `rule:${rule}`)],
    reason:
      "days were found for these budgets, but on some of them policies object to their sum",
    rules: listReasons(broken),
  });
}

/** Has every day judged; narrows the days of those objected to. */
function objects(
  daily: readonly Candidate[],
  { slots, entities }: Schedule,
  { spent, circumstances, round }: LayOutOptions & { readonly round: number },
): boolean {
  const alone = { ...circumstances, days: 1 };
  let found = false;
  daily.forEach((candidate, at) => {
    const gone = spent.within.get(candidate.fitted.entity) ?? [];
    const amounts = listAmounts(slots, entities[at]?.micros ?? [], {
      ...{ gone, from: spent.from },
    });
    for (const amount of amounts) {
      const verdict = judgeBudget(candidate, amount, alone);
      if (accepts(verdict, amount)) continue;
      narrow(candidate, {
        ...{ daily: amount, verdict, circumstances: alone, round },
        stepMicros: 1n,
      });
      found = true;
      return;
    }
  });
  return found;
}

/** Micros a day of each slot that has days to come, the largest first. */
function listAmounts(
  slots: Schedule["slots"],
  micros: readonly bigint[],
  { gone, from }: { readonly gone: readonly bigint[]; readonly from: Day },
): bigint[] {
  let day = 0;
  const amounts = slots.flatMap((slot, at) => {
    const days = countDays(slot);
    const over = slot.from < from
      ? Math.min(countDays({ from: slot.from, until: from }), days)
      : 0;
    const spent = sum(gone.slice(day, day + over));
    day += over;
    if (over === days) return [];
    return [((micros[at] ?? 0n) - spent) / BigInt(days - over)];
  });
  return [...new Set(amounts)].sort((a, b) => a < b ? 1 : -1);
}

function refuseDays(daily: readonly Candidate[], reason: string): EngineError {
  const shaped = daily.flatMap((one) => one.shaped);
  const asked = daily.flatMap(({ lo, hi }) => [...lo.asked, ...hi.asked]);
  return refuseConflict({
    asked: ["schedule", ...asked],
    reason,
    rules: shaped,
  });
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((all, amount) => all + amount, 0n);
}
