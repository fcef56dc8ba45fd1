/**
 * Runs as rows: begun or gone on with, held while a piece is computed, and ended.
 *
 * The row of a run is the lock on it: each piece is computed by who holds the row, so
 * that two nodes at one run take turns, piece by piece.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { FeatureView } from "../domain/feature.ts";
import type {
  MaterializeJob,
  MaterializeRun,
  RunScope,
} from "../ports/features.ts";
import type { Session, Sql } from "./sql.ts";
import { EMPTY_VECTOR } from "./feature_vectors.ts";

/** Finished runs of a view that are kept, beside those that others go on from. */
export const KEPT_RUNS = 50;
/** An unfinished run that is older is not gone on with, milliseconds. */
const ABANDONED_MS = 3_600_000;
/** For how long an entity without signals keeps its empty vector. */
const EMPTY_DAYS = 30;

/** Whose run of which view. */
export interface RunKey {
  readonly tenant: string;
  readonly view: FeatureView;
}

/** Batch of each source up to which its signals were looked at. */
export type Watermark = Readonly<Record<string, number>>;

/** A run with what is needed to go on with it. */
export interface OpenRun extends MaterializeRun {
  readonly watermark: Watermark;
  /** Last entity that is done, id without type; null if none is. */
  readonly doneEntity: string | null;
}

/** A finished run that computed everybody, or whoever changed. */
export interface BaseRun {
  readonly at: Instant;
  readonly watermark: Watermark;
  readonly rows: number;
}

/** A run under way, and the one whose vectors it renews; null if there is none. */
export interface Opened {
  readonly run: OpenRun;
  readonly base: BaseRun | null;
}

/**
 * Begins a run, or goes on with the unfinished one of the same scope. Without a run to
 * renew, changes are all there is. Vectors of a later moment are never renewed as of an
 * earlier one: then the run is of that later moment.
 */
export async function openRun(
  sql: Sql,
  { tenant, view }: RunKey,
  { at, scope }: MaterializeJob,
): Promise<Opened> {
  const key = [tenant, view.name, view.version];
  return await sql.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      JSON.stringify(["feature_run", ...key]),
    ]);
    const [base = null] = await tx.query<BaseRun>(BASE, key);
    const printed = printScope(
      base === null && scope === "changes" ? "all" : scope,
    );
    const oldest = new Date(Date.parse(at) - ABANDONED_MS).toISOString();
    await tx.query(ABANDON, [...key, printed, oldest, base?.at ?? null]);
    const [open] = await tx.query<OpenRun>(UNFINISHED, [...key, printed]);
    const run = open ??
      written(
        await tx.query(BEGIN, [...key, printed, latest(at, base?.at ?? at)]),
      );
    return { run, base };
  });
}

function written([run]: readonly OpenRun[]): OpenRun {
  if (run !== undefined) return run;
  throw new TypeError("Cannot write a run: it is not held");
}

function latest(one: Instant, other: Instant): Instant {
  return one > other ? one : other;
}

function printScope(scope: RunScope): string {
  return JSON.stringify(
    typeof scope === "string"
      ? scope
      : { from: scope.from, until: scope.until },
  );
}

/** Holds a run until the transaction ends; null if it is no longer there. */
export async function holdRun(
  tx: Session,
  { tenant, view }: RunKey,
  id: string,
): Promise<OpenRun | null> {
  const key = [tenant, view.name, view.version, id];
  const [run] = await tx.query<OpenRun>(HOLD, key);
  return run ?? null;
}

/** Notes a piece: the last entity in it, and how many were computed. */
export async function notePiece(
  tx: Session,
  { tenant, view }: RunKey,
  { id, until, computed }: {
    readonly id: string;
    readonly until: string | null;
    readonly computed: number;
  },
): Promise<OpenRun> {
  const key = [tenant, view.name, view.version, id];
  return written(await tx.query(NOTE, [...key, until, computed]));
}

/** Ends a held run, and forgets runs and empty vectors that are long past. */
export async function finishRun(
  tx: Session,
  { tenant, view }: RunKey,
  { id, at }: Pick<OpenRun, "id" | "at">,
): Promise<OpenRun> {
  const key = [tenant, view.name, view.version];
  await tx.query(FORGET_EMPTY, [...key, at]);
  const run = written(await tx.query<OpenRun>(FINISH, [...key, id]));
  await tx.query(FORGET_RUNS, key);
  return run;
}

/** Finished runs of a view, the latest first. */
export async function listRuns(
  sql: Session,
  { tenant, view }: RunKey,
  limit: number,
): Promise<MaterializeRun[]> {
  const key = [tenant, view.name, view.version];
  return (await sql.query<OpenRun>(LIST, [...key, limit])).map(toRun);
}

/** A run as others know it. */
export function toRun(
  { watermark: _watermark, doneEntity: _done, ...run }: OpenRun,
): MaterializeRun {
  return run;
}

const OF_VIEW = "tenant = $1 and view = $2 and version = $3::int4";

const TOLD = `id, view, version, scope, at, started_at as "startedAt",
  finished_at as "finishedAt", computed::float8 as computed,
  rows::float8 as rows, watermark, done_entity as "doneEntity"`;

/** Runs of some days leave all others as they were. */
const WHOLE = "scope #>> '{}' in ('all', 'changes')";

const BASE = `
  select at, watermark, rows::float8 as rows from feature_run
  where ${OF_VIEW} and finished_at is not null and ${WHOLE}
  order by at desc, finished_at desc limit 1`;

/** One that is held is being computed, whatever its age. */
const ABANDON = `
  delete from feature_run where ${OF_VIEW} and id in (
    select id from feature_run
    where ${OF_VIEW} and finished_at is null and scope::text = $4
      and (at < $5::timestamptz or at < $6::timestamptz)
    for update skip locked
  )`;

const UNFINISHED = `
  select ${TOLD} from feature_run
  where ${OF_VIEW} and finished_at is null and scope::text = $4
  order by started_at desc limit 1`;

const BEGIN = `
  insert into feature_run
    (tenant, view, version, id, scope, at, started_at, watermark)
  select $1, $2, $3::int4, gen_random_uuid()::text, $4::json, $5::timestamptz, now(),
    coalesce((
      select jsonb_object_agg(name, batches) from source where tenant = $1
    ), '{}')
  returning ${TOLD}`;

const HOLD = `
  select ${TOLD} from feature_run where ${OF_VIEW} and id = $4 for update`;

const NOTE = `
  update feature_run set done_entity = $5, computed = computed + $6::int8
  where ${OF_VIEW} and id = $4
  returning ${TOLD}`;

const FINISH = `
  update feature_run set finished_at = clock_timestamp(), done_entity = null, rows = (
    select count(*) from feature_vector
    where ${OF_VIEW} and (withheld or feature_values <> '${EMPTY_VECTOR}')
  )
  where ${OF_VIEW} and id = $4
  returning ${TOLD}`;

/** With the first run of a day: it reads all vectors. */
const FORGET_EMPTY = `
  delete from feature_vector
  where ${OF_VIEW} and feature_values = '${EMPTY_VECTOR}' and not withheld
    and valid_until is null
    and at < $4::timestamptz - interval '${EMPTY_DAYS} days'
    and not exists (
      select from feature_run
      where ${OF_VIEW} and finished_at is not null
        and at >= date_trunc('day', $4::timestamptz)
    )`;

/** Of those of everybody the latest of each scope stays: others go on from it, and tiles are whole by it. */
const FORGET_RUNS = `
  with ranked as (
    select id, ${WHOLE} as whole,
      row_number() over (order by started_at desc, id) as place,
      row_number() over (
        partition by scope::text order by finished_at is null, at desc
      ) as place_in_scope
    from feature_run where ${OF_VIEW}
  )
  delete from feature_run where ${OF_VIEW} and id in (
    select id from ranked
    where place > ${KEPT_RUNS} and not (whole and place_in_scope = 1)
  )`;

const LIST = `
  select ${TOLD} from feature_run
  where ${OF_VIEW} and finished_at is not null
  order by finished_at desc, at desc limit $4::int4`;
