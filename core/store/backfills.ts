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
  };
}

const OPEN = `
  select id, source, started_at as "startedAt", finished_at as "finishedAt",
    from_day as "from", until_day as "until"
  from backfill
  where tenant = $1 and source = $2 and from_day = $3::date
    and until_day = $4::date and finished_at is null`;

const BEGIN = `
  insert into backfill (tenant, source, from_day, until_day, id, started_at)
  values ($1, $2, $3::date, $4::date, $5, $6::timestamptz)`;
