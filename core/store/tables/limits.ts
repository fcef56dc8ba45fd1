/**
 * What the limits of policies have counted in their windows.
 *
 * @module
 */
import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, ordinal, tenant } from "./columns.ts";

/**
 * One counter of a limit: `counts[i]` of what happened in the slot that ends at `ends[i]`,
 * milliseconds since 1970. By `since` every slot that ended was forgotten, `most` is what
 * the window may hold; both as of the last claim. From `idle_at` on nothing counts any more.
 * The tenant of a limit over all tenants is `*`.
 */
export const limitCount = pgTable("limit_count", {
  tenant: tenant(),
  counter: text().notNull(),
  key: text().notNull(),
  subjectId: text(),
  ends: ordinal().array().notNull(),
  counts: ordinal().array().notNull(),
  since: ordinal().notNull(),
  most: ordinal().notNull(),
  idleAt: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.counter, table.key] }),
  index("limit_count_subject").on(table.tenant, table.subjectId),
  index("limit_count_idle").on(table.idleAt),
]);
