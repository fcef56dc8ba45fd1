/**
 * Decisions in their chains, plans with their history, and what both stand on.
 *
 * @module
 */
import {
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { document, instant, ordinal, tenant } from "./columns.ts";

/** The decision log, one chain of hashes per tenant. */
export const decision = pgTable("decision", {
  tenant: tenant(),
  seq: ordinal().notNull(),
  id: text().notNull(),
  at: instant().notNull(),
  prev: text().notNull(),
  hash: text().notNull(),
  record: text().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.seq] }),
  uniqueIndex("decision_id").on(table.tenant, table.id),
]);

/** The end of each chain; its row is locked while the chain grows. */
export const chainHead = pgTable("chain_head", {
  tenant: tenant(),
  seq: ordinal().notNull(),
  hash: text().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant] })]);

/** First answers by the caller's key. */
export const idempotentAnswer = pgTable("idempotent_answer", {
  tenant: tenant(),
  route: text().notNull(),
  key: text().notNull(),
  request_hash: text().notNull(),
  status: integer().notNull(),
  answer: text().notNull(),
  kept_at: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.route, table.key] }),
]);

/** Plans; state and approver beside the document, which never changes. */
export const plan = pgTable("plan", {
  tenant: tenant(),
  id: text().notNull(),
  state: text({ enum: ["proposed", "approved", "applied", "rolled_back"] })
    .notNull(),
  created_by: text().notNull(),
  created_at: instant().notNull(),
  approved_by: text(),
  document: document().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  index("plan_created").on(table.tenant, table.created_at),
]);

/** Who moved a plan, from where to where. */
export const planEvent = pgTable("plan_event", {
  tenant: tenant(),
  plan_id: text().notNull(),
  seq: integer().notNull(),
  from_state: text().notNull(),
  to_state: text().notNull(),
  moved_by: text().notNull(),
  at: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.plan_id, table.seq] }),
]);

/** Policy sets by the hash of their text, whoever uses them. */
export const policySet = pgTable("policy_set", {
  hash: text().primaryKey(),
  text: text().notNull(),
});

/** Keys of callers; secrets are never kept. */
export const apiKey = pgTable("api_key", {
  tenant: tenant(),
  id: text().notNull(),
  name: text().notNull(),
  scopes: document().notNull(),
  secret_hash: text().notNull(),
  created_at: instant().notNull(),
  expires_at: instant(),
  revoked_at: instant(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  uniqueIndex("api_key_id").on(table.id),
]);
