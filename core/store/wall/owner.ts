/**
 * What serves several tenants at once, or reaches what belongs to none, asks as the
 * owner of the database, whoever set it going.
 *
 * @module
 */
import type { Sql } from "../sql.ts";
import { actAsOwner } from "./acting.ts";

/** The same database, asked as its owner. */
export function ownerOf(sql: Sql): Sql {
  return {
    embedded: sql.embedded,
    query: (text, params) => actAsOwner(() => sql.query(text, params)),
    values: (text, params) => actAsOwner(() => sql.values(text, params)),
    transaction: (work) => actAsOwner(() => sql.transaction(work)),
    close: () => sql.close(),
  };
}
