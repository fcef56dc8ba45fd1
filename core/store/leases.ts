/**
 * Leases: work that one node does at a time, by the clock of the database.
 *
 * @module
 */
import type { LeaseStore } from "../ports/stores.ts";
import type { Sql } from "./sql.ts";

/** Keeps leases in a database. */
export function createLeaseStore(sql: Sql): LeaseStore {
  return {
    take: async (name, holder, leaseMs) =>
      (await sql.query(TAKE, [name, holder, leaseMs])).length === 1,
    release: async (name, holder) => {
      await sql.query("delete from lease where name = $1 and holder = $2", [
        name,
        holder,
      ]);
    },
    rest: async (name, holder, restMs) => {
      await sql.query(REST, [name, holder, Math.ceil(restMs)]);
    },
  };
}

/** No process is named so. */
const NOBODY = "";

const REST = `
  update lease set
    holder = '${NOBODY}',
    held_until = now() + $3::int8 * interval '1 millisecond'
  where name = $1 and holder = $2`;

const TAKE = `
  insert into lease as l (name, holder, held_until)
  values ($1, $2, now() + $3::int8 * interval '1 millisecond')
  on conflict (name) do update set
    holder = excluded.holder, held_until = excluded.held_until
  where l.holder = excluded.holder or l.held_until < now()
  returning 1`;
