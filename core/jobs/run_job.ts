/**
 * Runs what a node takes from the queue: contains what fails, hangs or is cancelled, and
 * hands back what is not done when the node stops.
 *
 * @module
 */
import { EngineError, type ErrorCode } from "../domain/error.ts";
import {
  type JobName,
  type JobOutcome,
  type JobQueue,
  SPREAD,
  type TakenRun,
} from "../ports/jobs.ts";
import { isMissed } from "./due.ts";
import type { Job } from "./job.ts";

/** For how long work that was told to end is waited for before it is left behind. */
const GRACE_MS = 5000;
const MINUTE_MS = 60_000;

/** How a run ended; `lost`: it was cancelled, or another node has it. */
export type JobEnd = JobOutcome["kind"] | "lost";

/** How an attempt went. */
export interface JobAttempt {
  readonly job: JobName;
  readonly tenant: string;
  readonly subject: string;
  readonly attempt: number;
  readonly outcome: JobEnd;
  readonly seconds: number;
  /** What was thrown; null if nothing. */
  readonly error: unknown;
}

/** What runs stand on. */
export interface RunnerScope {
  readonly jobs: readonly Job[];
  readonly queue: Pick<JobQueue, "ask">;
  /** The node stops. */
  readonly stopping: AbortSignal;
  /** Told of each attempt. */
  ended(attempt: JobAttempt): void;
  /** Longest to wait for work that was told to end, ms; 5 s unless given. */
  readonly graceMs?: number;
}

/**
 * Makes what runs jobs.
 *
 * @param scope What they stand on.
 * @returns Runs one, and never rejects.
 */
export function createRunner(
  scope: RunnerScope,
): (taken: TakenRun) => Promise<JobOutcome> {
  const byName = new Map(scope.jobs.map((job) => [job.name, job]));
  return async (taken) => {
    const startedMs = performance.now();
    const { outcome, error } = await attempt(scope, byName, taken);
    const { job, tenant, subject } = taken;
    scope.ended({
      ...{ job, tenant, subject, attempt: taken.attempt, error },
      outcome: taken.signal.aborted ? "lost" : outcome.kind,
      seconds: (performance.now() - startedMs) / 1000,
    });
    return outcome;
  };
}

interface Ended {
  readonly outcome: JobOutcome;
  readonly error: unknown;
}

async function attempt(
  scope: RunnerScope,
  byName: ReadonlyMap<JobName, Job>,
  taken: TakenRun,
): Promise<Ended> {
  const late = new AbortController();
  const signal = AbortSignal.any([taken.signal, scope.stopping, late.signal]);
  const job = byName.get(taken.job);
  const longestMs = (job?.longestMinutes ?? 1) * MINUTE_MS;
  const timer = setTimeout(() => late.abort(tooLong(taken)), longestMs);
  try {
    signal.throwIfAborted();
    if (job === undefined) throw unknown(taken);
    const running = taken.subject === SPREAD
      ? spread(scope, job, taken)
      : job.run({ ...taken, signal });
    const memory = await untilLeft(running, signal, scope.graceMs ?? GRACE_MS);
    return { outcome: { kind: "done", memory: memory ?? null }, error: null };
  } catch (error) {
    if (scope.stopping.aborted) {
      return { outcome: { kind: "handed_back" }, error: null };
    }
    return { outcome: { kind: "failed", error: codeOf(error) }, error };
  } finally {
    clearTimeout(timer);
  }
}

/** Asks for a run for each whom the job concerns; one that is under way is not asked for. */
async function spread(
  { queue }: RunnerScope,
  job: Job,
  { tenant, askedAt, scheduled }: TakenRun,
): Promise<null> {
  const { name, schedule } = job;
  const at = schedule !== null && "at" in schedule ? schedule.at : null;
  if (scheduled && at !== null && isMissed(askedAt, at)) return null;
  for (const concern of await job.concerns()) {
    if (tenant !== "" && concern.tenant !== tenant) continue;
    await queue.ask({ job: name, ...concern });
  }
  return null;
}

/** Waits for work, and after it was told to end only for a while. */
async function untilLeft<T>(
  work: Promise<T>,
  signal: AbortSignal,
  graceMs: number,
): Promise<T> {
  const { promise: left, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = () => {
    timer = setTimeout(() => reject(signal.reason), graceMs);
  };
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener("abort", leave);
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof EngineError ? error.code : "internal_error";
}

function tooLong({ job }: TakenRun): EngineError {
  return new EngineError(
    "deadline_exceeded",
    `Cannot end job "${job}": it takes longer than it may`,
    { facts: { job } },
  );
}

/** Another release of the engine has it. */
function unknown({ job }: TakenRun): EngineError {
  return new EngineError(
    "not_found",
    `Cannot run job "${job}": this node has none of that name`,
    { facts: { job } },
  );
}
