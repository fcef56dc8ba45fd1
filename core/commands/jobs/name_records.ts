/**
 * Has decisions found by what they are about that were logged before there was such a
 * search, by a release before or by a node that still ran it during the upgrade.
 *
 * @module
 */
import { nameRecords } from "../../decisions/log/records/name_records.ts";
import type { Instant } from "../../domain/day.ts";
import type { Job } from "../../jobs/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TakenRun } from "../../ports/jobs.ts";
import type { Stores } from "../../ports/stores.ts";
import { isUpgraded } from "./upgraded.ts";

const AT = "03:30";
const LONGEST_MINUTES = 600;

/** What it works with. */
export interface NameRecordsScope {
  readonly stores:
    & Pick<Stores, "naming">
    & { readonly log: Pick<Stores["log"], "head" | "tenants"> }
    & { readonly jobs: Pick<Stores["jobs"], "memories"> };
  readonly clock: Clock;
  /** Rest after a page, ms; 25 unless given. */
  readonly restMs?: number;
}

/** How far a tenant's log is named. */
interface Named {
  readonly upTo: number;
  /** When it was first looked at. */
  readonly since: Instant;
  /** Whether nothing can come any more that is not named already. */
  readonly done: boolean;
}

/** Makes the job. */
export function nameRecordsJob(scope: NameRecordsScope): Job {
  const { log, jobs } = scope.stores;
  return {
    name: "name_records",
    schedule: { at: AT },
    longestMinutes: LONGEST_MINUTES,
    concerns: async () => {
      const memories = await jobs.memories("name_records");
      const done = new Set(
        memories.filter(({ memory }) => (memory as Named | null)?.done)
          .map(({ tenant }) => tenant),
      );
      return (await log.tenants()).filter((tenant) => !done.has(tenant))
        .map((tenant) => ({ tenant, subject: "" }));
    },
    run: (run) => name(scope, run),
  };
}

async function name(
  { stores, clock, restMs }: NameRecordsScope,
  { tenant, memory, checkpoint, signal, report, keep }: TakenRun,
): Promise<Named> {
  const before = memory as Named | null;
  const now = clock.now();
  const since = before?.since ?? now;
  const after = typeof checkpoint === "number" ? checkpoint : before?.upTo ?? 0;
  const upTo = await nameRecords({ ...stores, restMs }, {
    ...{ tenant, after, signal },
    keep: async (upTo) => {
      report(`up to record ${upTo}`, null);
      await keep(upTo);
    },
  });
  return { upTo, since, done: isUpgraded(since, now) };
}
