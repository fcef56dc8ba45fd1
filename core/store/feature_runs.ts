/**
 * Materialised runs: the vectors of all entities of a view at one moment.
 *
 * A run is computed in pieces, each a statement of its own over some signals of
 * whole entities, because the embedded database answers nobody else meanwhile. The
 * latest runs of a view are kept for those who read or audit them; older ones go,
 * and their space is used again.
 *
 * @module
 */
import { calendarPart } from "../domain/calendar.ts";
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureVector, FeatureView } from "../domain/feature.ts";
import type { MaterializeRun } from "../ports/features.ts";
import { viewSql } from "./feature_sql.ts";
import type { Session, Sql } from "./sql.ts";
import { startStatement } from "./statement.ts";

/** Runs of a view that stay. */
export const KEPT_RUNS = 3;
/** Younger runs stay as well: another node may still be reading them. */
const KEPT_MINUTES = 15;
const PIECE_SIGNALS = 2000;
const PAGE_ROWS = 1000;
const DROP_ROWS = 2000;

/** Whose run of which view, and when. */
interface RunScope {
  readonly tenant: string;
  readonly at: Instant;
}

/** Computes a run; again at the same moment, it replaces the one before. */
export async function materialize(
  sql: Sql,
  view: FeatureView,
  { tenant, at }: RunScope,
): Promise<MaterializeRun> {
  const run = { view: view.name, version: view.version, at };
  const key = [tenant, view.name, view.version, at] as const;
  const piece = pieceOf(view, { tenant, at });
  await drop(sql, SAME_RUN, key);
  let rows = 0;
  let after: string | null = "";
  while (after !== null) {
    const added: Added | undefined = await piece(sql, after);
    rows += added?.rows ?? 0;
    after = added?.until ?? null;
  }
  const dropped = await drop(sql, OLD_RUNS, [
    ...key,
    KEPT_RUNS,
    KEPT_MINUTES,
  ]);
  if (dropped > 0) await sql.query("vacuum feature_vector");
  return { ...run, rows };
}

/** What one statement added, and the last entity that it covers. */
interface Added {
  readonly rows: number;
  readonly until: string | null;
}

/**
 * Prepares the statement that adds the vectors of the next entities. It names them
 * one by one: for a range with an unknown end the planner reads the whole table.
 */
function pieceOf(
  view: FeatureView,
  { tenant, at }: RunScope,
): (sql: Session, after: string) => Promise<Added | undefined> {
  const statement = startStatement();
  const key = [tenant, view.name, view.version, at].map(statement.bind);
  const moment = `${key[3]}::timestamptz`;
  const { vector, signals, id } = viewSql(view, {
    tenant,
    at: moment,
    knownAt: null,
    calendar: (part) => `${statement.bind(calendarPart(part, at))}::float8`,
  }, statement);
  const after = `$${statement.params.length + 1}`;
  const ahead = `${signals} and ${id} is not null and ${id} > ${after}`;
  const text = `with piece as materialized (
      select array(
        select distinct next.id
        from (select ${id} as id ${ahead} order by ${id} limit ${PIECE_SIGNALS}) next
      ) as ids
    ), added as (
      insert into feature_vector
        (tenant, view, version, at, entity, feature_values)
      select ${key[0]}, ${key[1]}, ${key[2]}::int4, ${moment},
        '${view.entity}:' || ${id}, ${vector}
      ${signals} and ${id} = any((select ids from piece)::text[])
      group by ${id}
      returning 1
    )
    select (select max(id) from piece, unnest(ids) id) as until,
      count(*)::int4 as rows
    from added`;
  return async (sql, place) =>
    (await sql.query<Added>(text, [...statement.params, place]))[0];
}

/** Drops vectors a few at a time. */
async function drop(
  sql: Sql,
  which: string,
  params: readonly (string | number)[],
): Promise<number> {
  let all = 0;
  while (true) {
    const [dropped] = await sql.query<{ rows: number }>(
      `with gone as (
        delete from feature_vector where ctid = any(array(
          select ctid from feature_vector
          where tenant = $1 and view = $2 and version = $3::int4 and ${which}
          limit ${DROP_ROWS}
        )) returning 1
      )
      select count(*)::int4 as rows from gone`,
      params,
    );
    const rows = dropped?.rows ?? 0;
    all += rows;
    if (rows < DROP_ROWS) return all;
  }
}

const SAME_RUN = "at = $4::timestamptz";

/** One step along the index for each run that stays, not a pass over all rows. */
const OLD_RUNS = `at <> $4::timestamptz and at <= (
    with recursive run(at, place, newest) as (
      select max(at), 1, max(at) from feature_vector
      where tenant = $1 and view = $2 and version = $3::int4
      union all
      select (
        select max(v.at) from feature_vector v
        where v.tenant = $1 and v.view = $2 and v.version = $3::int4
          and v.at < run.at
      ), place + 1, newest
      from run where place <= $5::int4
    )
    select least(at, newest - $6::float8 * interval '1 minute')
    from run where place = $5::int4 + 1 and at is not null
  )`;

/**
 * Reads a run in pages by entity.
 *
 * @throws {EngineError} `not_found` if it is no longer kept, or not whole.
 */
export async function* readRun(
  sql: Sql,
  tenant: string,
  run: MaterializeRun,
): AsyncIterable<readonly FeatureVector[]> {
  const { view, version, at } = run;
  let read = 0;
  let after = "";
  while (true) {
    const rows = await sql.query<Pick<FeatureVector, "entity" | "values">>(
      READ_RUN,
      [tenant, view, version, at, after, PAGE_ROWS],
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    yield rows.map((row) => ({ view, version, at, ...row }));
    read += rows.length;
    after = last.entity;
  }
  if (read < run.rows) throw gone(run);
}

function gone({ view, version, at }: MaterializeRun): EngineError {
  return new EngineError(
    "not_found",
    `Cannot read run of feature view "${view}@${version}" at ${at}: it is no longer kept, only the latest ${KEPT_RUNS} are; materialize again`,
    { facts: { view, version } },
  );
}

const READ_RUN = `
  select entity, feature_values as "values"
  from feature_vector
  where tenant = $1 and view = $2 and version = $3::int4
    and at = $4::timestamptz and entity > $5
  order by entity
  limit $6`;
