/**
 * Runs over ranges of days. Which slices are done stands among the source's cursors,
 * so that it is written together with the slice.
 *
 * @module
 */
import type { Backfill, BackfillStore } from "../ports/signals.ts";
import type { Sql } from "./sql.ts";

/** Keeps backfills in a database. */
export function createBackfillStore(sql: Sql): BackfillStore {
  return {
    findOpen: async (tenant, source, { from, until }) => {
      const params = [tenant, source, from, until];
      const [open] = await sql.query<Backfill>(OPEN, params);
      return open ?? null;
    },
    begin: (tenant, { id, source, startedAt, from, until }) =>
      sql.transaction(async (tx) => {
        await tx.query("select pg_advisory_xact_lock(hashtext($1))", [
          `backfill ${tenant} ${source}`,
        ]);
        const params = [tenant, source, from, until];
        const [open] = await tx.query<Backfill>(OPEN, params);
        if (open) return open;
        await tx.query(BEGIN, [...params, id, startedAt]);
        return {
          id,
          source,
          startedAt,
          from,
          until,
          finishedAt: null,
          done: 0,
        };
      }),
    doneSlices: async (tenant, id) => {
      const rows = await sql.query<{ scope: string; cursor: string }>(
        "select scope, cursor from source_cursor where tenant = $1 and scope like $2",
        [tenant, `backfill/${id}/%`],
      );
      return new Map(rows.map(({ scope, cursor }) => [scope, cursor]));
    },
    finish: (tenant, id, at) =>
      sql.transaction(async (tx) => {
        await tx.query(
          "update backfill set finished_at = $3::timestamptz where tenant = $1 and id = $2",
          [tenant, id, at],
        );
        await tx.query(
          "delete from source_cursor where tenant = $1 and scope like $2",
          [tenant, `backfill/${id}/%`],
        );
      }),
    list: (tenant) => sql.query<Backfill>(LIST, [tenant]),
  };
}

const COLUMNS = `b.id, b.source, b.started_at as "startedAt",
  b.finished_at as "finishedAt", b.from_day as "from", b.until_day as "until",
  (select count(*)::int4 from source_cursor c
    where c.tenant = b.tenant and c.source = b.source
      and c.scope like 'backfill/' || b.id || '/%') as done`;

const OPEN = `
  select ${COLUMNS} from backfill b
  where b.tenant = $1 and b.source = $2 and b.from_day = $3::date
    and b.until_day = $4::date and b.finished_at is null`;

const BEGIN = `
  insert into backfill (tenant, source, from_day, until_day, id, started_at)
  values ($1, $2, $3::date, $4::date, $5, $6::timestamptz)`;

const LIST = `
  select ${COLUMNS} from backfill b where b.tenant = $1
  order by b.started_at desc limit 100`;
