/**
 * Verifies the plans that were applied once a day, and looks at their guardrails; one
 * whose guardrail is broken is rolled back. Plans that stopped half-way are told of.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../../domain/day.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Concern, Job } from "../../jobs/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TakenRun } from "../../ports/jobs.ts";
import type { SignalStore } from "../../ports/signals.ts";
import type { Plans } from "../../plans/plans.ts";
import type { Found } from "../rounds.ts";
import { NIGHTLY } from "./models.ts";
import { tellNew } from "./tell_new.ts";

/** Minutes from one search for plans whose look is due to the next. */
const SEARCH_MINUTES = 60;
const LONGEST_MINUTES = 60;
/** For how long a plan may be half-way, in which its writes may go on. */
const HALF_WAY_MS = 3_600_000;

/** One line of the log. */
export interface WatchedPlanEntry {
  readonly at: Instant;
  readonly level: "warn";
  readonly event:
    | "plan_drifted"
    | "plan_guardrail"
    | "plan_half_way"
    | "plan_rolled_back";
  readonly tenant: string;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface WatchPlansScope {
  readonly plans: Pick<Plans, "watched" | "history" | "verify" | "guard">;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly clock: Clock;
  log(entry: WatchedPlanEntry): void;
}

interface FoundPlan extends Found {
  readonly event: WatchedPlanEntry["event"];
}

/** What is left for the next run of the same plan. */
interface Looked {
  readonly state: Plan["state"];
  /** When it was looked at. */
  readonly at: Instant;
  readonly keys: readonly string[];
}

/** Makes the job. */
export function watchPlansJob(scope: WatchPlansScope): Job {
  return {
    name: "watch_plans",
    schedule: { everyMinutes: SEARCH_MINUTES },
    longestMinutes: LONGEST_MINUTES,
    concerns: async () => {
      const concerns: Concern[] = [];
      for (const tenant of await scope.signals.tenants()) {
        for (const { id } of await scope.plans.watched(tenant)) {
          concerns.push({ tenant, subject: id });
        }
      }
      return concerns;
    },
    run: (run) => look(scope, run),
  };
}

/** An applied plan that was looked at within a day is let alone. */
async function look(
  scope: WatchPlansScope,
  { tenant, subject, memory }: TakenRun,
): Promise<Looked | null> {
  const { plans, clock, log } = scope;
  const plan = (await plans.watched(tenant)).find(({ id }) => id === subject);
  if (plan === undefined) return null;
  const last = memory as Looked | null;
  const at = clock.now();
  const isFresh = plan.state === "applied" && last?.state === "applied" &&
    Date.parse(at) - Date.parse(last.at) < DAY_MS;
  if (isFresh) return last;
  const found = await findOn(scope, tenant, subject);
  const keys = tellNew(
    found,
    last?.keys ?? [],
    (one) => log({ at: clock.now(), level: "warn", ...one }),
  );
  return { state: plan.state, at, keys };
}

async function findOn(
  scope: WatchPlansScope,
  tenant: string,
  id: string,
): Promise<readonly FoundPlan[]> {
  const { plans } = scope;
  const { plan, looks } = await plans.guard(tenant, id);
  if (plan.state === "rolled_back") {
    const broken = looks.filter(({ verdict }) => verdict === "regressed")
      .map(({ detail }) => detail);
    const detail = `${id}: ${broken.join("; ") || "to its end"}`;
    return [{ tenant, event: "plan_rolled_back", id: [id], detail }];
  }
  if (plan.state === "applying" || plan.state === "rolling_back") {
    return await findStopped(scope, tenant, plan);
  }
  if (plan.state !== "applied") return [];
  const { findings } = await plans.verify(tenant, id, NIGHTLY);
  return [
    ...looks.map(({ guardrail, verdict, detail }): FoundPlan => ({
      ...{ tenant, event: "plan_guardrail", detail: `${id}: ${detail}` },
      id: [id, guardrail.metric, guardrail.entity, verdict],
    })),
    ...findings.map(({ code, entity, message }): FoundPlan => ({
      ...{ tenant, event: "plan_drifted", detail: `${id}: ${message}` },
      id: [id, code, entity],
    })),
  ];
}

/** What the engine does not go on with by itself: somebody has to. */
async function findStopped(
  { plans, clock }: WatchPlansScope,
  tenant: string,
  { id, state }: Plan,
): Promise<readonly FoundPlan[]> {
  const last = (await plans.history(tenant, id)).at(-1);
  const age = Date.parse(clock.now()) - Date.parse(last?.at ?? "");
  if (last === undefined || age < HALF_WAY_MS) return [];
  const detail = `${id} is ${state} since ${last.at}: ${
    last.reason ?? "its writes stopped; go on, or roll it back"
  }`;
  return [{ tenant, event: "plan_half_way", id: [id, state, last.at], detail }];
}
