/**
 * How what must be done in time stands: looked at from time to time, told at `/readyz` and
 * as metrics.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { DAY_MS } from "../domain/day.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobQueue, JobRun } from "../ports/jobs.ts";
import type { CheckpointStore, LogStanding } from "../ports/log.ts";
import type { Upkeep } from "../http/metrics/upkeep.ts";
import type { Job } from "../jobs/job.ts";
import { type Background, inRounds } from "./rounds.ts";

/** How often it is looked at. */
const ROUND_MS = 15_000;
/** Records that wait longer to be signed degrade the engine. */
const UNSIGNED_SECONDS = 300;
/** How long before its end a certificate degrades the engine. */
const ENDING_MS = 14 * DAY_MS;
/** For how long a job may run, and be tried again, after it was due. */
const GRACE_MS = 2 * 3_600_000;
const MINUTE_MS = 60_000;

/** What is looked at. */
export interface UpkeepScope {
  readonly checkpoints: Pick<CheckpointStore, "standings">;
  readonly queue: Pick<JobQueue, "list">;
  readonly jobs: readonly Pick<Job, "name" | "schedule">[];
  readonly clock: Clock;
  /** Whether checkpoints are signed at all. */
  readonly isSigned: boolean;
}

/** How it stood at the last look. */
export interface KeptUpkeep extends Background {
  latest(): Omit<Upkeep, "certificateUntilSeconds"> | null;
}

/**
 * Starts to look.
 *
 * @param scope What is looked at.
 * @returns How it stands; as it was while the database is away.
 */
export function keepUpkeep(scope: UpkeepScope): KeptUpkeep {
  const stopping = new AbortController();
  const since = new Map<string, Waiting>();
  const startedMs = Date.parse(scope.clock.now());
  let latest: ReturnType<KeptUpkeep["latest"]> = null;
  async function look(): Promise<void> {
    const nowMs = Date.parse(scope.clock.now());
    const standings = scope.isSigned ? await scope.checkpoints.standings() : [];
    latest = {
      unsignedSeconds: unsignedSeconds(standings, since, nowMs),
      lateJobs: lateJobs(scope.jobs, await scope.queue.list(), {
        ...{ nowMs, startedMs },
      }),
    };
  }
  return {
    latest: () => latest,
    stop: () => stopping.abort(),
    ended: inRounds(stopping.signal, {
      ...{ everyMs: ROUND_MS, failed: () => {} },
    }, look),
  };
}

/** From when on an owner's records wait, and after which checkpoint. */
interface Waiting {
  readonly after: number;
  readonly fromMs: number;
}

/** For how long the owner waits that waits longest, as far as this node has seen. */
export function unsignedSeconds(
  standings: readonly LogStanding[],
  since: Map<string, Waiting>,
  nowMs: number,
): number {
  let longestMs = 0;
  for (const { owner, heads, last } of standings) {
    const isSigned = heads.decisions.seq === (last?.sizes.decisions ?? 0) &&
      heads.acts.seq === (last?.sizes.acts ?? 0);
    if (isSigned) {
      since.delete(owner);
      continue;
    }
    const after = last?.number ?? 0;
    const known = since.get(owner);
    const fromMs = known?.after === after ? known.fromMs : nowMs;
    since.set(owner, { after, fromMs });
    longestMs = Math.max(longestMs, nowMs - fromMs);
  }
  return longestMs / 1000;
}

/** Jobs of which no run ended well since the last time but one that they were due. */
export function lateJobs(
  jobs: UpkeepScope["jobs"],
  runs: readonly Pick<JobRun, "job" | "succeededAt">[],
  { nowMs, startedMs }: { readonly nowMs: number; readonly startedMs: number },
): readonly string[] {
  return jobs.flatMap(({ name, schedule }) => {
    if (schedule === null) return [];
    const everyMs = "at" in schedule
      ? DAY_MS
      : schedule.everyMinutes * MINUTE_MS;
    const succeeded = runs.filter(({ job }) => job === name)
      .map(({ succeededAt }) =>
        succeededAt === null ? 0 : Date.parse(succeededAt)
      );
    const lastMs = Math.max(startedMs, ...succeeded);
    return nowMs - lastMs > everyMs + GRACE_MS ? [name] : [];
  });
}

/**
 * What of it degrades the engine.
 *
 * @param upkeep How it stands; null while that is not known.
 * @param nowMs Milliseconds since 1970.
 * @returns Parts of the engine's health, by name.
 */
export function healthOfUpkeep(
  upkeep: Upkeep | null,
  nowMs: number,
): Readonly<Record<string, string>> {
  if (upkeep === null) return {};
  const { unsignedSeconds, lateJobs, certificateUntilSeconds } = upkeep;
  const jobs = lateJobs.map((
    job,
  ) => [`job:${job}`, "did not end well in time"]);
  return {
    ...Object.fromEntries(jobs),
    ...unsignedSeconds > UNSIGNED_SECONDS &&
      { ["log:unsigned"]: "records wait for a signed checkpoint" },
    ...certificateUntilSeconds !== null &&
      certificateUntilSeconds * 1000 - nowMs < ENDING_MS &&
      { certificate: "is about to end" },
  };
}

/** Until when a PEM certificate holds, seconds since 1970. */
export function certificateUntil(pem: string): number {
  return Date.parse(new X509Certificate(pem).validTo) / 1000;
}
