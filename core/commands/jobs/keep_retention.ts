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

/** Makes the job. */
export function keepRetentionJob(scope: RetentionJobScope): Job {
  const { stores, configuration, clock, ids, log } = scope;
  return {
    name: "keep_retention",
    schedule: { at: AT },
    longestMinutes: LONGEST_MINUTES,
    concerns: () => Promise.resolve([{ tenant: ALL_TENANTS, subject: "" }]),
    async run({ askedAt, signal, report }) {
      const rules = await readRetentionRules(configuration);
      const verifiers = await readVerifiers(configuration, undefined);
      await runRetention({ ...stores, verifiers, ids }, {
        ...{ rules, now: earlier(clock.now(), askedAt), signal },
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
      return null;
    },
  };
}

/** A clock that is ahead takes out nothing before its time: the database has another. */
function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}
