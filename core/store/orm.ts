/**
 * Drizzle on top of a session, for ordinary reading and writing of rows.
 *
 * Drizzle puts whatever a statement throws into an error of its own, together with the
 * statement and its parameters. Neither may leave the store, so what the session threw
 * goes on in its place.
 *
 * @module
 */
import { DrizzleQueryError } from "drizzle-orm/errors";
import { drizzle } from "drizzle-orm/pg-proxy";
import type { Param } from "./codec.ts";
import type { Session } from "./sql.ts";

/** Typed statements over the pool or over one open transaction. */
export function orm(session: Session) {
  const db = drizzle(async (text, params: Param[]) => ({
    rows: await session.values(text, params),
  }), { casing: "snake_case" });
  const inner = db._.session;
  const prepare = inner.prepareQuery.bind(inner);
  inner.prepareQuery = (...parts) => {
    const query = prepare(...parts);
    const execute = query.execute.bind(query);
    query.execute = (values) => execute(values).catch(throwAsThrown);
    return query;
  };
  return db;
}

function throwAsThrown(error: unknown): never {
  throw error instanceof DrizzleQueryError && error.cause instanceof Error
    ? error.cause
    : error;
}
