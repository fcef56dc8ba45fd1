/**
 * Decisions in their chains, plans with their history, and what both stand on.
 *
 * @module
 */
import {
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { LOG_KINDS } from "../../domain/log_record.ts";
import { document, instant, ordinal, tenant } from "./columns.ts";

/** The decision log, one chain of hashes per tenant. */
export const decision = pgTable("decision", {
  tenant: tenant(),
  seq: ordinal().notNull(),
  id: text().notNull(),
  at: instant().notNull(),
  kind: text({ enum: LOG_KINDS }).notNull().default("decision"),
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
  requestHash: text().notNull(),
  status: integer().notNull(),
  answer: text().notNull(),
  keptAt: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.route, table.key] }),
  index("idempotent_answer_kept").on(table.tenant, table.keptAt),
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
  role: text(),
  /** Which edition of the scopes they are of. */
  edition: integer().notNull().default(1),
  purposes: document(),
  groups: document(),
  person: boolean().notNull().default(false),
  secretHash: text().notNull(),
  createdAt: instant().notNull(),
  expiresAt: instant(),
  revokedAt: instant(),
  usedAt: instant(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  uniqueIndex("api_key_id").on(table.id),
]);
