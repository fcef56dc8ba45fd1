/**
 * Whose rows a table holds, found by leaps along its key: a log of many millions of rows
 * is not read to learn the names of its few owners.
 *
 * @see https://wiki.postgresql.org/wiki/Loose_indexscan, read on 2026-11-26
 * @module
 */

/** Tables whose key begins with the tenant. */
type OwnedTable = "audit_event" | "checkpoint" | "decision";

/** A query of one column, `tenant`, without repeats. */
export function ownersIn(table: OwnedTable): string {
  return `(
    with recursive leap as (
      (select tenant from ${table} order by tenant limit 1)
      union all
      select (
        select tenant from ${table} as next where next.tenant > leap.tenant
        order by tenant limit 1
      ) from leap where leap.tenant is not null
    )
    select tenant from leap where tenant is not null
  )`;
}
