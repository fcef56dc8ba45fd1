/**
 * Takes jobs from the queue while a server runs, and hands back what is not done when it
 * stops.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Job } from "../jobs/job.ts";
import { createRunner, type JobAttempt } from "../jobs/run_job.ts";
import type { Clock } from "../ports/clock.ts";
import {
  ALL_TENANTS,
  type JobName,
  type JobQueue,
  SPREAD,
  type Working,
} from "../ports/jobs.ts";
import { pause } from "../signals/pause.ts";
import { printError } from "./print_error.ts";
import type { Background } from "./rounds.ts";

/** Pause before a queue that does not answer is asked again. */
const RETRY_MS = 5000;
/** Longest that what is to come first is waited for: jobs are due without it too. */
const AFTER_MS = 30_000;

/** One line of the log. */
export interface JobEntry {
  readonly at: Instant;
  readonly level: "info" | "warn" | "error";
  readonly event: "job_ended" | "jobs_failed";
  /** Null if it is of all. */
  readonly tenant: string | null;
  /** In one line, without personal data. */
  readonly detail: string;
}

/** What it works with. */
export interface JobsScope {
  readonly queue: JobQueue;
  readonly jobs: readonly Job[];
  /** Names this process. */
  readonly node: string;
  /** What is asked for once at start. */
  readonly first: readonly JobName[];
  /** Nothing begins before it, unless it takes half a minute. */
  readonly after?: Promise<void>;
  readonly clock: Clock;
  /** Counts attempts. */
  readonly metrics: { job(attempt: JobAttempt): void };
  log(entry: JobEntry): void;
  /** Pause before a queue that does not answer is asked again, ms; 5 s unless given. */
  readonly retryMs?: number;
  /** Longest to wait for `after`, ms; half a minute unless given. */
  readonly afterMs?: number;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it; runs under way are told, and waited for.
 */
export function keepJobs(scope: JobsScope): Background {
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    ended: keep(scope, stopping.signal),
  };
}

async function keep(scope: JobsScope, signal: AbortSignal): Promise<void> {
  const { clock, log } = scope;
  const failed = (error: unknown) =>
    log({
      ...{ at: clock.now(), level: "error", event: "jobs_failed" },
      ...{ tenant: null, detail: printError(error) },
    });
  await waitFor(scope, signal);
  let working: Working | null = null;
  while (working === null && !signal.aborted) {
    working = await begin(scope, signal, failed).catch((error) => {
      failed(error);
      return null;
    });
    if (working === null) await pause(scope.retryMs ?? RETRY_MS, signal);
  }
  await untilAborted(signal);
  await working?.stop().catch(failed);
}

async function waitFor(
  { after, afterMs = AFTER_MS }: JobsScope,
  signal: AbortSignal,
): Promise<void> {
  if (after === undefined) return;
  const come = new AbortController();
  await Promise.race([
    after.finally(() => come.abort()),
    pause(afterMs, AbortSignal.any([signal, come.signal])),
  ]);
}

async function begin(
  scope: JobsScope,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<Working> {
  const { queue, jobs, node, first } = scope;
  await queue.keepSchedules(
    jobs.flatMap(({ name, schedule }) =>
      schedule === null ? [] : [{ job: name, schedule }]
    ),
  );
  for (const job of first) {
    await queue.ask({ job, tenant: ALL_TENANTS, subject: SPREAD });
  }
  const run = createRunner({
    ...{ jobs, queue, stopping: signal },
    ended: (attempt) => {
      scope.metrics.job(attempt);
      tell(scope, attempt);
    },
  });
  return await queue.work({ node, run, failed });
}

/** What was done well tells itself of what it did. */
function tell({ clock, log }: JobsScope, attempt: JobAttempt): void {
  const { job, tenant, subject, outcome, error } = attempt;
  if (outcome === "done") return;
  const of = subject === "" || subject === SPREAD ? "" : ` of ${subject}`;
  const why = error === null ? "" : `: ${printError(error)}`;
  log({
    at: clock.now(),
    level: outcome === "failed" ? "error" : "warn",
    event: "job_ended",
    tenant: tenant === ALL_TENANTS ? null : tenant,
    detail: `${job}${of} ${outcome} at attempt ${attempt.attempt}${why}`,
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}
