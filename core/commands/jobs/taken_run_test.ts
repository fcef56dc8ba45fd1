/**
 * A run as the queue gives it, for tests of jobs.
 *
 * @module
 */
import type { Job } from "../../jobs/job.ts";
import type { TakenRun } from "../../ports/jobs.ts";

/** A run of a job, and what it keeps. */
export function takenRun(
  { name }: Pick<Job, "name">,
  also: Partial<TakenRun> = {},
): TakenRun & { readonly kept: unknown[] } {
  const kept: unknown[] = [];
  return {
    ...{ id: "r1", job: name, tenant: "acme", subject: "", attempt: 1 },
    ...{ askedAt: "2026-11-01T04:00:10.000Z", scheduled: true },
    ...{ checkpoint: null, memory: null, kept },
    signal: new AbortController().signal,
    report: () => {},
    keep: (checkpoint) => {
      kept.push(checkpoint);
      return Promise.resolve();
    },
    ...also,
  };
}
