/**
 * Budgets of the vendors' quotas, shared by all tenants whose sources use one key.
 *
 * @module
 */
import { pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { document, instant, ordinal } from "./columns.ts";

/** How often budgets of a connector have been changed: who read them knows by it whether they still are so. */
export const quotaChange = pgTable("quota_change", {
  connector: text().primaryKey(),
  changes: ordinal().notNull(),
});

/**
 * What is known of each budget, by its connector and its name, in which keys and paths
 * are hashed; from `idle_at` on it may be deleted.
 */
export const quotaBudget = pgTable("quota_budget", {
  connector: text().notNull(),
  name: text().notNull(),
  state: document().notNull(),
  idleAt: instant().notNull(),
}, (table) => [primaryKey({ columns: [table.connector, table.name] })]);
