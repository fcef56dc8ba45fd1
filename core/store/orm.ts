/**
 * Drizzle on top of a session, for ordinary reading and writing of rows.
 *
 * @module
 */
import { drizzle } from "drizzle-orm/pg-proxy";
import type { Param } from "./codec.ts";
import type { Session } from "./sql.ts";

/** Typed statements over the pool or over one open transaction. */
export function orm(session: Session) {
  return drizzle(async (text, params: Param[]) => ({
    rows: await session.values(text, params),
  }), { casing: "snake_case" });
}
