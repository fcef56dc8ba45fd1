/**
 * The one way to Postgres, guarded: a server that hangs costs a bounded wait, and then
 * nothing until it answers again.
 *
 * @module
 */
import type { Guard } from "../../ports/dependencies.ts";
import type { Sql } from "../sql.ts";

/**
 * Guards a database. One inside the process is left as it is: while it runs a statement
 * everybody waits for it, and it has nothing to be back from.
 *
 * @param longestMs Longest that a statement, or a transaction, may take.
 */
export function guardSql(sql: Sql, guard: Guard, longestMs: number): Sql {
  if (sql.embedded) return sql;
  return {
    ...sql,
    query: (text, params) =>
      guard.run(() => sql.query(text, params), longestMs),
    values: (text, params) =>
      guard.run(() => sql.values(text, params), longestMs),
    transaction: (work) => guard.run(() => sql.transaction(work), longestMs),
  };
}
