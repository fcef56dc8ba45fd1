/**
 * Looks at a plan's guardrails: what happened since it was applied, against the bound
 * and the days before.
 *
 * The days before end with the day on which the writes began, and begin after the last
 * other plan that changed a budget of theirs; those after begin with the day after the
 * last write, and end with the plan's period, or as many days ago as reports take to be
 * complete. A plan's guardrails share the chance of a false alarm.
 *
 * @module
 */
import { addDays, type Day, type Instant } from "../../domain/day.ts";
import type { GuardrailLook, PlanGuardrail } from "../../domain/guardrail.ts";
import type { Plan, PlanEvent } from "../../domain/plan.ts";
import type { PlanStore } from "../../ports/decisions.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import {
  type AnytimeRatio,
  compareAnytime,
  type Comparison,
} from "./anytime_ratio.ts";
import { readDailyLevels } from "./daily_levels.ts";
import { type EarlierPlan, findEarlier } from "./earlier_plans.ts";

/** Days before without which nothing is concluded: one of each weekday. */
const LEAST_BEFORE = 7;

/** What guardrails are looked at with. */
export interface WatchScope {
  readonly history: Pick<FeatureHistory, "series">;
  readonly store: Pick<PlanStore, "standing" | "history">;
}

/** Whose plan it is, and the present. */
export interface Watched {
  readonly tenant: string;
  readonly plan: Plan;
  readonly now: Instant;
}

/** Looks at each guardrail of a plan that was applied. */
export async function lookAtGuardrails(
  { history, store }: WatchScope,
  watched: Watched,
): Promise<readonly GuardrailLook[]> {
  const { tenant, plan, plan: { guardrails = [] } } = watched;
  if (guardrails.length === 0) return [];
  const applied = findApplied(await store.history(tenant, plan.id));
  if (applied === null) {
    return guardrails.map((guardrail) =>
      undecided(guardrail, 0, "the plan was not applied")
    );
  }
  const earlier = await findEarlier(store, {
    ...{ tenant, plan, begun: applied.begun },
    days: Math.max(...guardrails.map(({ baselineDays }) => baselineDays)),
  });
  const looks: GuardrailLook[] = [];
  for (const guardrail of guardrails) {
    const seen = { ...watched, applied, earlier };
    looks.push(await look(history, guardrail, seen));
  }
  return looks;
}

interface Applied {
  /** Day on which the writes began. */
  readonly begun: Day;
  /** Day on which they had all been read back. */
  readonly done: Day;
}

/** Plans of an earlier release went from approved to applied at once. */
function findApplied(events: readonly PlanEvent[]): Applied | null {
  const begun = events.findLast(({ from }) => from === "approved");
  const done = events.findLast(({ from, to }) =>
    to === "applied" && from !== "applied"
  );
  if (begun === undefined || done === undefined) return null;
  return { begun: begun.at.slice(0, 10), done: done.at.slice(0, 10) };
}

async function look(
  history: WatchScope["history"],
  guardrail: PlanGuardrail,
  { tenant, plan, now, applied, earlier }: Watched & {
    readonly applied: Applied;
    readonly earlier: readonly EarlierPlan[];
  },
): Promise<GuardrailLook> {
  const { metric, entity, baselineDays, settleDays, minDays } = guardrail;
  const today = now.slice(0, 10);
  const settled = addDays(today, -settleDays);
  const { period: { until }, recommendations } = plan;
  const from = addDays(applied.begun, -baselineDays);
  const other = earlier.find(({ entities }) =>
    entity === null || entities.has(entity)
  );
  const isCut = other !== undefined && other.changed >= from;
  const levels = await readDailyLevels(history, {
    ...{ tenant, metric, today },
    budgets: new Map(
      recommendations.filter((row) => entity === null || row.entity === entity)
        .map((row) => [row.entity, row.budgetMicros]),
    ),
    before: {
      from: isCut ? addDays(other.changed, 1) : from,
      until: applied.begun,
    },
    after: {
      from: addDays(applied.done, 1),
      until: settled < until ? settled : until,
    },
  });
  if (levels === null) {
    return undecided(guardrail, 0, "it is not reported by the day");
  }
  const [earlierDays, days] = [levels.before.length, levels.after.length];
  if (days < minDays) {
    const reason = `${days} of ${minDays} days have been reported`;
    return undecided(guardrail, days, reason);
  }
  if (earlierDays < LEAST_BEFORE) {
    const since = isCut ? ` since ${other.id} changed its budgets` : "";
    const reason =
      `${earlierDays} of ${LEAST_BEFORE} days before it were reported${since}`;
    return undecided(guardrail, days, reason);
  }
  return judge(guardrail, levels, shareOf(guardrail, plan));
}

/** Chance of a false alarm, shared by all guardrails of a plan. */
function shareOf({ confidence }: PlanGuardrail, { guardrails }: Plan): number {
  return (1 - confidence) / Math.max(1, guardrails?.length ?? 1);
}

function judge(
  guardrail: PlanGuardrail,
  days: Comparison,
  alpha: number,
): GuardrailLook {
  const compared = compareAnytime(days, alpha);
  const count = days.after.length;
  if (compared === null) {
    return undecided(
      guardrail,
      count,
      "nothing to compare with was reported before",
    );
  }
  const { ratio, interval } = guardrail.metric === "cpa"
    ? inverse(compared)
    : compared;
  const [worse, better] = guardrail.metric === "cpa"
    ? [interval[0] > guardrail.bound, interval[1] <= guardrail.bound]
    : [interval[1] < guardrail.bound, interval[0] >= guardrail.bound];
  const verdict = worse ? "regressed" : better ? "holds" : "undecided";
  const said = `${ratio.toFixed(3)} of before (${interval[0].toFixed(3)} to ${
    interval[1].toFixed(3)
  }) after ${count} days`;
  return {
    ...{ guardrail, verdict, days: count, ratio, interval },
    detail: tell(guardrail, VERDICTS[verdict], said),
  };
}

const VERDICTS = {
  regressed: "broken",
  holds: "kept",
  undecided: "not decided yet",
} as const;

function inverse({ ratio, interval: [lo, hi] }: AnytimeRatio): AnytimeRatio {
  return { ratio: 1 / ratio, interval: [1 / hi, 1 / lo] };
}

function undecided(
  guardrail: PlanGuardrail,
  days: number,
  reason: string,
): GuardrailLook {
  return {
    ...{ guardrail, verdict: "undecided", days, ratio: null, interval: null },
    detail: tell(guardrail, VERDICTS.undecided, reason),
  };
}

function tell(
  { metric, entity, bound }: PlanGuardrail,
  verdict: string,
  reason: string,
): string {
  const bounded = metric === "cpa" ? "at most" : "at least";
  return `${metric} of ${
    entity ?? "all"
  } ${bounded} ${bound} of before: ${verdict}; ${reason}`;
}
