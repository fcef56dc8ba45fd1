/**
 * Keys that data is sealed under, each wrapped by another. Of a destroyed one nothing is
 * left but that it was there.
 *
 * @module
 */
import { sql } from "drizzle-orm";
import {
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { instant, tenant } from "./columns.ts";

/** Keys of tenants (version 1, 2, 3, …) and of subjects (version 0). */
export const dataKey = pgTable("data_key", {
  tenant: tenant(),
  id: text().notNull(),
  version: integer().notNull(),
  subject: text(),
  wrapper: text().notNull(),
  wrapped: text(),
  createdAt: instant().notNull(),
  destroyedAt: instant(),
  destroyedBy: text(),
  reason: text(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  uniqueIndex("data_key_version").on(table.tenant, table.version)
    .where(sql`version > 0`),
  uniqueIndex("data_key_subject").on(table.tenant, table.subject)
    .where(sql`subject is not null`),
]);
