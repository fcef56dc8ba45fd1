/**
 * What tenants have used of what they are allowed.
 *
 * @module
 */
import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, ordinal, tenant } from "./columns.ts";

/**
 * One window of an allowance: since when, seconds since 1970, and what nodes have taken of
 * it; `granted` is what the last of them took. The tenant of one over all tenants is `*`.
 */
export const allowanceUse = pgTable("allowance_use", {
  tenant: tenant(),
  allowance: text().notNull(),
  startsAt: ordinal().notNull(),
  used: ordinal().notNull(),
  granted: ordinal().notNull(),
  endsAt: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.allowance, table.startsAt] }),
  index("allowance_use_ends").on(table.endsAt),
]);
