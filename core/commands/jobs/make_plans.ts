/**
 * Makes plans at night if the operator asked for it; none is approved here.
 *
 * What was made is on record under the night and its setting, so that a run that comes
 * again makes nothing twice.
 *
 * @module
 */
import { sha256 } from "../../domain/canonical.ts";
import type { Instant } from "../../domain/day.ts";
import { planToJson } from "../../http/wire/plan_json.ts";
import { lastTime } from "../../jobs/due.ts";
import type { Job } from "../../jobs/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TakenRun } from "../../ports/jobs.ts";
import type { Plans } from "../../plans/plans.ts";
import type { NightlyPlan } from "../nightly_plans.ts";
import { NIGHTLY } from "./models.ts";

const LONGEST_MINUTES = 60;
/** Route under which the answers to its own requests are kept. */
const ROUTE = "nightly plan";
/** Digits by which a setting is named. */
const NAME_DIGITS = 16;

/** One line of the log. */
export interface MadePlanEntry {
  readonly at: Instant;
  readonly level: "info";
  readonly event: "plan_made";
  readonly tenant: string;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface MakePlansScope {
  readonly plans: Pick<Plans, "make">;
  readonly clock: Clock;
  /** Time of day, UTC, `HH:MM`, at which plans are made; null for never. */
  readonly planAt: string | null;
  readonly nightly: readonly NightlyPlan[];
  log(entry: MadePlanEntry): void;
}

/** Makes the job. */
export function makePlansJob(scope: MakePlansScope): Job {
  const { planAt, nightly } = scope;
  return {
    name: "make_plans",
    schedule: planAt === null ? null : { at: planAt },
    longestMinutes: LONGEST_MINUTES,
    concerns: () =>
      Promise.resolve(
        nightly.map(({ tenant, text }) => ({ tenant, subject: nameOf(text) })),
      ),
    run: (run) => make(scope, run),
  };
}

function nameOf(text: string): string {
  return sha256(text).slice(0, NAME_DIGITS);
}

/** A setting that is no more is not planned. */
async function make(
  { plans, clock, planAt, nightly, log }: MakePlansScope,
  { tenant, subject, askedAt }: TakenRun,
): Promise<null> {
  const setting = nightly.find((one) =>
    one.tenant === tenant && nameOf(one.text) === subject
  );
  if (setting === undefined) return null;
  const requestHash = sha256(setting.text);
  const night = planAt === null ? askedAt : lastTime(askedAt, planAt);
  const { plan } = await plans.make(tenant, setting.request(night), {
    by: NIGHTLY,
    idempotent: { route: ROUTE, key: `${night} ${requestHash}`, requestHash },
    render: (plan) => JSON.stringify(planToJson(plan)),
  });
  if (plan === null) return null;
  log({
    ...{ at: clock.now(), level: "info", event: "plan_made", tenant },
    detail: `${plan.id} is ${plan.state}: ${
      plan.findings[0]?.message ?? "approve and apply it, or leave it"
    }`,
  });
  return null;
}
