/**
 * pg-boss as it is used here: one queue for all jobs, one run of a flight at a time,
 * heartbeats, and no connections, listeners or registries of its own.
 *
 * @see https://pgboss.io/api/queues, read on 2026-11-26
 * @module
 */
import type { PgBoss } from "pg-boss";
import { EngineError } from "../../domain/error.ts";
import type { ScheduledJob } from "../../ports/jobs.ts";
import type { Sql } from "../sql.ts";
import { overSql } from "./boss_sql.ts";

/** The queue that every run waits in. */
export const QUEUE = "moe";
/** Schema of the database that pg-boss keeps its tables in. */
const SCHEMA = "pgboss";
/**
 * Longest that an attempt may take, seconds: a day is the most that pg-boss allows. Each job
 * has its own limit, which is shorter, and a node that died is noticed by its silence.
 */
const LONGEST_SECONDS = 86_400 - 1;
/** For how long runs that ended are kept. */
const HISTORY_SECONDS = 14 * 86_400;
/** How often a run that fails is tried again, and the longest pause before that. */
const RETRIES = 5;
const LONGEST_PAUSE_SECONDS = 3600;

/** How fast the queue is, seconds. */
export interface JobPace {
  /** Pause between two looks for runs that wait. */
  readonly pollSeconds: number;
  /** A node that is not heard of for so long has lost its runs; 10 at least. */
  readonly heartbeatSeconds: number;
  /** Pause between two looks for lost runs. */
  readonly watchSeconds: number;
  /** Pause between two looks for schedules that are due; a run begins within a third more. */
  readonly scheduleSeconds: number;
  /** Pause after a first failure; it doubles with each. */
  readonly retrySeconds: number;
}

/** What a node is like unless told: a run whose node died goes on within half a minute. */
export const PACE: JobPace = {
  pollSeconds: 1,
  heartbeatSeconds: 15,
  watchSeconds: 10,
  scheduleSeconds: 15,
  retrySeconds: 60,
};

/** How pg-boss is used. */
interface BossOptions {
  /** Whether it looks after lost runs and schedules. */
  readonly works: boolean;
  readonly pace: JobPace;
  /** Is told of what fails. */
  failed(error: unknown): void;
}

/** How Postgres says that what is to be made is there. */
const THERE: ReadonlySet<unknown> = new Set([
  ...["23505", "42710", "42P06", "42P07", "42723"],
]);

/**
 * Starts pg-boss; the first to do so makes its tables, and who meant to make them at the
 * same moment finds them then.
 *
 * @param sql Where it keeps them.
 * @param options How it is used.
 */
export async function startBoss(
  sql: Sql,
  options: BossOptions,
): Promise<PgBoss> {
  try {
    return await startOnce(sql, options);
  } catch (error) {
    const cause = error instanceof EngineError ? error.facts.cause : null;
    if (!THERE.has(cause)) throw error;
    return await startOnce(sql, options);
  }
}

async function startOnce(
  sql: Sql,
  { works, pace, failed }: BossOptions,
): Promise<PgBoss> {
  const { PgBoss } = await import("pg-boss");
  const boss = new PgBoss({
    db: overSql(sql),
    schema: SCHEMA,
    backend: sql.embedded ? "pglite" : "postgres",
    supervise: works,
    schedule: works,
    superviseIntervalSeconds: pace.watchSeconds,
    monitorIntervalSeconds: pace.watchSeconds,
    cronMonitorIntervalSeconds: pace.scheduleSeconds,
    cronWorkerIntervalSeconds: Math.ceil(pace.scheduleSeconds / 3),
    flowIntervalSeconds: 60,
    registerInstance: false,
    monitorVacuum: false,
    reindex: !sql.embedded,
    openTelemetry: { enabled: false },
  });
  boss.on("error", (told) => failed(asThrown(told)));
  await boss.start();
  await boss.createQueue(QUEUE, {
    policy: "exclusive",
    heartbeatSeconds: pace.heartbeatSeconds,
    expireInSeconds: LONGEST_SECONDS,
    deleteAfterSeconds: HISTORY_SECONDS,
    retryLimit: RETRIES,
    retryDelay: pace.retrySeconds,
    retryBackoff: true,
    retryDelayMax: LONGEST_PAUSE_SECONDS,
  });
  return boss;
}

/** pg-boss tells most errors as copies that are none, with the members of the error. */
function asThrown(told: unknown): unknown {
  if (told instanceof Error) return told;
  const { code, message } = told as Readonly<Record<string, unknown>>;
  return code === undefined ? message : `${code}: ${message}`;
}

/** When a job is due, as pg-boss reads it: cron, or a recurrence that starts at 1970. */
export function expressionOf({ schedule }: ScheduledJob): string {
  if ("everyMinutes" in schedule) {
    return `FREQ=MINUTELY;INTERVAL=${schedule.everyMinutes}`;
  }
  const [hour, minute] = schedule.at.split(":").map(Number);
  return `${minute} ${hour} * * *`;
}
