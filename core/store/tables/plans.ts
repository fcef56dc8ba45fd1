/**
 * Plans with their history, how far their writes have come, and budgets that are
 * spent by bids.
 *
 * @module
 */
import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { document, instant, ordinal, tenant } from "./columns.ts";

/** Plans; what moves stands beside the document, which never changes. */
export const plan = pgTable("plan", {
  tenant: tenant(),
  id: text().notNull(),
  state: text({
    enum: [
      "proposed",
      "validated",
      "approved",
      "applying",
      "applied",
      "superseded",
      "rolling_back",
      "rolled_back",
    ],
  }).notNull(),
  createdBy: text().notNull(),
  createdAt: instant().notNull(),
  approvedBy: text(),
  findings: document().notNull().default([]),
  document: document().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  index("plan_created").on(table.tenant, table.createdAt),
  index("plan_state").on(table.tenant, table.state, table.createdAt),
]);

/** Who moved a plan, from where to where, and why. */
export const planEvent = pgTable("plan_event", {
  tenant: tenant(),
  planId: text().notNull(),
  seq: integer().notNull(),
  fromState: text().notNull(),
  toState: text().notNull(),
  movedBy: text().notNull(),
  at: instant().notNull(),
  reason: text(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.planId, table.seq] }),
]);

/** How far each write of a change set has come, each way. */
export const changeProgress = pgTable("change_progress", {
  tenant: tenant(),
  changeSet: text().notNull(),
  direction: text({ enum: ["apply", "rollback"] }).notNull(),
  operation: text().notNull(),
  state: text({ enum: ["sent", "held", "refused", "drifted"] }).notNull(),
  seen: text(),
  attempts: integer().notNull(),
  error: text(),
  at: instant().notNull(),
}, (table) => [
  primaryKey({
    columns: [table.tenant, table.changeSet, table.direction, table.operation],
  }),
]);

/** Budgets that bids spend: what is asked of each, and its account with a count of its changes. */
export const pacedBudget = pgTable("paced_budget", {
  tenant: tenant(),
  id: text().notNull(),
  terms: document().notNull(),
  account: document(),
  changes: ordinal().notNull(),
  createdAt: instant().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant, table.id] })]);
