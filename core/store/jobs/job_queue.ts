/**
 * The queue of work in the background, kept by pg-boss.
 *
 * What a run comes to is one transaction with what people see of it. The queue is of all
 * tenants and works as the owner of the database; what a tenant sees is behind the wall.
 *
 * @module
 */
import type { JobWithMetadata, PgBoss } from "pg-boss";
import type { Instant } from "../../domain/day.ts";
import {
  ALL_TENANTS,
  type Flight,
  type JobOutcome,
  type JobQueue,
  type ScheduledJob,
  SPREAD,
  type TakenRun,
  type Working,
} from "../../ports/jobs.ts";
import { keepKey } from "../keyed_effects.ts";
import type { Sql } from "../sql.ts";
import { ownerOf } from "../wall/owner.ts";
import { overSession } from "./boss_sql.ts";
import { expressionOf, type JobPace, PACE, QUEUE, startBoss } from "./boss.ts";
import {
  type Claim,
  listFlights,
  listMemories,
  noteAsked,
  noteCancelled,
  noteDone,
  noteFailed,
  noteProgress,
  noteTaken,
} from "./flights.ts";

/** Runs of one process at a time. */
const AT_ONCE = 2;
/** How often is told how far a run is, and looked whether it is still ours. */
const REPORT_MS = 2000;

/**
 * Keeps the queue in a database; nothing is done there before it is used.
 *
 * @param sql Where.
 * @param pace How fast it is.
 */
export function createJobQueue(sql: Sql, pace: JobPace = PACE): JobQueue {
  const owner = ownerOf(sql);
  const started = keepStarted(owner, pace);
  return {
    ask: async (flight) => {
      const boss = await started.any();
      return await owner.transaction(async (tx) => {
        await keepKey(tx);
        const db = overSession(tx);
        const id = await boss.send(QUEUE, { ...flight }, {
          singletonKey: keyOf(flight),
          db,
        });
        if (id !== null) await noteAsked(tx, flight, id);
        return id;
      });
    },
    keepSchedules: async (jobs) => keepSchedules(await started.any(), jobs),
    work: async (options) => {
      const boss = await started.working(options.failed);
      return await work({ sql: owner, boss, pace }, options);
    },
    list: (tenant) =>
      listFlights(sql, tenant ?? null, 2 * pace.heartbeatSeconds),
    memories: (job) => listMemories(owner, job),
    cancel: async (id, tenant) => {
      const boss = await started.any();
      return await owner.transaction(async (tx) => {
        if (!await noteCancelled(tx, id, tenant ?? null)) return false;
        await boss.cancel(QUEUE, id, { db: overSession(tx) });
        return true;
      });
    },
    close: started.close,
  };
}

/** One for asking, and one more that works where runs are taken. */
function keepStarted(sql: Sql, pace: JobPace) {
  let asking: Promise<PgBoss> | null = null;
  let working: Promise<PgBoss> | null = null;
  const forgotten = (error: unknown) => {
    asking = null;
    throw error;
  };
  return {
    any: () =>
      working ?? (asking ??= startBoss(sql, {
        ...{ works: false, pace },
        failed: () => {},
      }).catch(forgotten)),
    working: (failed: (error: unknown) => void) =>
      working ??= startBoss(sql, { works: true, pace, failed }).catch(
        (error) => {
          working = null;
          throw error;
        },
      ),
    close: async () => {
      for (const one of [working, asking]) {
        await (await one?.catch(() => null))?.stop({ close: false });
      }
      asking = null;
      working = null;
    },
  };
}

function keyOf({ job, tenant, subject }: Flight): string {
  return JSON.stringify([job, tenant, subject]);
}

async function keepSchedules(
  boss: PgBoss,
  jobs: readonly ScheduledJob[],
): Promise<void> {
  for (const one of jobs) {
    const { job } = one;
    const flight: Flight = { job, tenant: ALL_TENANTS, subject: SPREAD };
    await boss.schedule(QUEUE, expressionOf(one), {
      ...flight,
      scheduled: true,
    }, {
      key: job,
      singletonKey: keyOf(flight),
      missed: "once",
    });
  }
  const kept = new Set<string>(jobs.map(({ job }) => job));
  for (const { key } of await boss.getSchedules(QUEUE)) {
    if (!kept.has(key)) await boss.unschedule(QUEUE, key);
  }
}

/** What waits in the queue. */
interface Asked extends Flight {
  readonly scheduled?: boolean;
  /** When it was first asked for, if it was handed back since. */
  readonly askedAt?: Instant;
}

interface Ground {
  readonly sql: Sql;
  readonly boss: PgBoss;
  readonly pace: JobPace;
}

async function work(
  ground: Ground,
  { node, run, failed }: Parameters<JobQueue["work"]>[0],
): Promise<Working> {
  const { boss, pace } = ground;
  await boss.work(QUEUE, {
    pollingIntervalSeconds: pace.pollSeconds,
    heartbeatRefreshSeconds: pace.heartbeatSeconds / 3,
    localConcurrency: AT_ONCE,
    includeMetadata: true,
  }, async ([job]: JobWithMetadata<Asked>[]) => {
    if (job === undefined) return;
    const { claim, taken, end } = await take(ground, job, node);
    try {
      await settle(ground, { claim, taken }, await run(taken));
    } catch (error) {
      failed(error);
      throw new Error("the run was not settled");
    } finally {
      end();
    }
  });
  return { stop: () => boss.offWork(QUEUE, { wait: true }) };
}

async function take(
  { sql }: Ground,
  { id, data, retryCount, createdOn, signal }: JobWithMetadata<Asked>,
  node: string,
) {
  const { scheduled = false, askedAt = createdOn, ...flight } = data;
  const claim: Claim = { ...flight, id, attempt: retryCount + 1 };
  const left = await noteTaken(sql, claim, node);
  const lost = new AbortController();
  let said: { share: number | null; text: string | null } = {
    ...{ share: null, text: null },
  };
  const note = async (kept: { readonly checkpoint?: unknown } = {}) => {
    const mine = await noteProgress(sql, claim, { ...said, ...kept });
    if (!mine) lost.abort(new Error("the run is no longer this process's"));
  };
  const telling = setInterval(() => note().catch(() => {}), REPORT_MS);
  const until = AbortSignal.any([signal, lost.signal]);
  const taken: TakenRun = {
    ...{ ...claim, ...left, scheduled, signal: until },
    askedAt: new Date(askedAt).toISOString(),
    report: (text, share) => said = { text, share },
    keep: async (checkpoint) => {
      await note({ checkpoint });
      until.throwIfAborted();
    },
  };
  return { claim, taken, end: () => clearInterval(telling) };
}

/** Its type leaves out what it says. */
function isSettled(response: { readonly affected?: number }): boolean {
  return response.affected === 1;
}

/** What was cancelled, took too long or was taken over meanwhile stays so. */
async function settle(
  { sql, boss }: Ground,
  { claim, taken: { scheduled, askedAt } }: {
    readonly claim: Claim;
    readonly taken: TakenRun;
  },
  outcome: JobOutcome,
): Promise<void> {
  await sql.transaction(async (tx) => {
    const db = overSession(tx);
    const attempt = { id: claim.id, retryCount: claim.attempt - 1 };
    if (outcome.kind === "failed") {
      const { error } = outcome;
      if (!isSettled(await boss.fail(QUEUE, attempt, { error }, { db }))) {
        return;
      }
      const [job] = await boss.findJobs(QUEUE, { id: claim.id, db });
      const again = job?.state === "retry";
      const nextTryAt = again ? new Date(job.startAfter).toISOString() : null;
      await noteFailed(tx, claim, { error, nextTryAt });
      return;
    }
    const { kind } = outcome;
    const ended = await boss.complete(QUEUE, attempt, { kind }, { db });
    if (!isSettled(ended)) return;
    if (outcome.kind === "done") {
      return await noteDone(tx, claim, outcome.memory);
    }
    const { job, tenant, subject } = claim;
    const flight = { job, tenant, subject };
    const options = { singletonKey: keyOf(flight), db };
    const asked: Asked = { ...flight, scheduled, askedAt };
    const next = await boss.send(QUEUE, { ...asked }, options);
    if (next !== null) await noteAsked(tx, flight, next);
  });
}
