/**
 * Takes out once a day what was kept for long enough.
 *
 * @module
 */
import { runRetention } from "../../decisions/log/retention/retention.ts";
import type { RetentionScope } from "../../decisions/log/retention/run.ts";
import type { Instant } from "../../domain/day.ts";
import type { Job } from "../../jobs/job.ts";
import type { Clock, Ids } from "../../ports/clock.ts";
import { ALL_TENANTS } from "../../ports/jobs.ts";
import type { Configuration } from "../configuration.ts";
import { readVerifiers } from "../log/checkpoint_key.ts";
import { readRetentionRules } from "../log/retention_rules.ts";
import { isUpgraded } from "./upgraded.ts";

const AT = "02:30";
const LONGEST_MINUTES = 600;

/** One line of the log: what left of a tenant, or why nothing could. */
export interface RetentionEntry {
  readonly at: Instant;
  readonly level: "info" | "warn";
  readonly event: "retention";
  readonly tenant: string;
  readonly purpose: string;
  readonly count: number;
  /** In one line; null where all went well. */
  readonly detail: string | null;
}

/** What it works with. */
export interface RetentionJobScope {
  readonly stores: Pick<
    RetentionScope,
    "log" | "governance" | "checkpoints" | "retention"
  >;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly ids: Ids;
  log(entry: RetentionEntry): void;
}

/** What the next run is told. */
interface Remembered {
  /** When a node of a release that takes out acts ran it first. */
  readonly since: Instant;
}

/** Makes the job. */
export function keepRetentionJob(scope: RetentionJobScope): Job {
  const { stores, configuration, clock, ids, log } = scope;
  return {
    name: "keep_retention",
    schedule: { at: AT },
    longestMinutes: LONGEST_MINUTES,
    concerns: () => Promise.resolve([{ tenant: ALL_TENANTS, subject: "" }]),
    async run({ askedAt, memory, signal, report }): Promise<Remembered> {
      const now = earlier(clock.now(), askedAt);
      const since = (memory as Remembered | null)?.since ?? now;
      // A node of the release before takes acts that left for acts that were taken away.
      const isOld = !isUpgraded(since, now);
      const rules = (await readRetentionRules(configuration))
        .filter(({ purpose }) => purpose !== "acts" || !isOld);
      const verifiers = await readVerifiers(configuration, undefined);
      await runRetention({ ...stores, verifiers, ids }, {
        ...{ rules, now, signal },
        report: ({ tenant, purpose, count, held, failed }) => {
          report(`${tenant}: ${purpose}`, null);
          if (count === 0 && !failed) return;
          log({
            at: clock.now(),
            level: failed ? "warn" : "info",
            event: "retention",
            ...{ tenant, purpose, count, detail: held },
          });
        },
      });
      return { since };
    },
  };
}

/** A clock that is ahead takes out nothing before its time: the database has another. */
function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}
