/**
 * The latest run of each flight: what people see of it, and what the next one knows.
 * Every change is fenced by run and attempt, so that who lost a run changes nothing.
 *
 * @module
 */
import {
  type Flight,
  type JobName,
  type JobRun,
  SPREAD,
} from "../../ports/jobs.ts";
import type { Session } from "../sql.ts";

/** Which attempt at which run. */
export interface Claim extends Flight {
  readonly id: string;
  /** Counted from 1. */
  readonly attempt: number;
}

/** Notes that a run is asked for. */
export async function noteAsked(
  session: Session,
  { tenant, job, subject }: Flight,
  id: string,
): Promise<void> {
  await session.query(ASKED, [tenant, job, subject, id]);
}

/** A run that was handed back waits under another id, and goes on where it was. */
const ASKED = `
  insert into job_flight (tenant, job, subject, run_id, attempt, state)
  values ($1, $2, $3, $4, 0, 'queued')
  on conflict (tenant, job, subject) do update set
    run_id = excluded.run_id, attempt = 0, state = 'queued', node = null,
    since = null, touched_at = null, ended_at = null, next_try_at = null,
    error = null`;

/** Notes that a node begins an attempt; answers what attempts and runs before it left. */
export async function noteTaken(
  session: Session,
  { tenant, job, subject, id, attempt }: Claim,
  node: string,
): Promise<{ readonly checkpoint: unknown; readonly memory: unknown }> {
  const [row] = await session.query<{ checkpoint: unknown; memory: unknown }>(
    TAKEN,
    [tenant, job, subject, id, attempt, node],
  );
  return row ?? { checkpoint: null, memory: null };
}

const TAKEN = `
  insert into job_flight as f
    (tenant, job, subject, run_id, attempt, state, node, since, touched_at)
  values ($1, $2, $3, $4, $5::int4, 'running', $6, now(), now())
  on conflict (tenant, job, subject) do update set
    run_id = excluded.run_id, attempt = excluded.attempt, state = 'running',
    node = excluded.node, since = now(), touched_at = now(), ended_at = null,
    next_try_at = null, share = null, text = null,
    checkpoint = case when f.run_id = excluded.run_id then f.checkpoint end
  returning checkpoint, memory`;

/** Notes how far it is, and keeps a checkpoint if one is given; false if it was lost. */
export async function noteProgress(
  session: Session,
  claim: Claim,
  progress: {
    readonly share: number | null;
    readonly text: string | null;
    readonly checkpoint?: unknown;
  },
): Promise<boolean> {
  const { share, text, checkpoint } = progress;
  const kept = checkpoint === undefined ? null : JSON.stringify(checkpoint);
  const rows = await session.query(PROGRESS, [
    ...keyOf(claim),
    ...[share, text, kept],
  ]);
  return rows.length === 1;
}

const MINE = `
  where tenant = $1 and job = $2 and subject = $3 and run_id = $4
    and attempt = $5::int4 and state = 'running'
  returning 1`;

const PROGRESS = `
  update job_flight set touched_at = now(), share = $6::float8, text = $7,
    checkpoint = coalesce($8::text::json, checkpoint)
  ${MINE}`;

/** Notes that it ended well. */
export async function noteDone(
  session: Session,
  claim: Claim,
  memory: unknown,
): Promise<void> {
  await session.query(DONE, [...keyOf(claim), JSON.stringify(memory ?? null)]);
}

const DONE = `
  update job_flight set state = 'done', ended_at = now(), succeeded_at = now(),
    share = null, text = null, error = null, checkpoint = null,
    memory = $6::text::json
  ${MINE}`;

/** Notes that it failed, and when it is tried again. */
export async function noteFailed(
  session: Session,
  claim: Claim,
  { error, nextTryAt }: {
    readonly error: string;
    readonly nextTryAt: string | null;
  },
): Promise<void> {
  await session.query(FAILED, [...keyOf(claim), error, nextTryAt]);
}

const FAILED = `
  update job_flight set state = 'failed', ended_at = now(), error = $6,
    next_try_at = $7::timestamptz
  ${MINE}`;

/** Ends what is not over; the id of the run if there was one to end. */
export async function noteCancelled(
  session: Session,
  id: string,
  tenant: string | null,
): Promise<boolean> {
  return (await session.query(CANCELLED, [id, tenant])).length === 1;
}

const CANCELLED = `
  update job_flight set state = 'cancelled', ended_at = now(),
    next_try_at = null, checkpoint = null
  where run_id = $1 and ($2::text is null or tenant = $2)
    and (state in ('queued', 'running') or next_try_at is not null)
  returning 1`;

/** The latest run of every flight; `lostSeconds` after it was heard of last it is lost. */
export function listFlights(
  session: Session,
  tenant: string | null,
  lostSeconds: number,
): Promise<JobRun[]> {
  return session.query<JobRun>(LIST, [tenant, lostSeconds]);
}

const LIST = `
  select job, tenant, subject, run_id as id, attempt, node, since, share, text,
    error, ended_at as "endedAt", next_try_at as "nextTryAt",
    succeeded_at as "succeededAt",
    case when state = 'running'
        and touched_at < now() - $2::float8 * interval '1 second'
      then 'lost' else state end as state
  from job_flight where $1::text is null or tenant = $1
  order by job, tenant, subject`;

/** What runs of a job left. */
export function listMemories(
  session: Session,
  job: JobName,
): Promise<{ tenant: string; subject: string; memory: unknown }[]> {
  return session.query(
    "select tenant, subject, memory from job_flight where job = $1 and subject <> $2 and memory is not null order by tenant, subject",
    [job, SPREAD],
  );
}

function keyOf({ tenant, job, subject, id, attempt }: Claim) {
  return [tenant, job, subject, id, attempt];
}
