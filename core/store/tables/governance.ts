/**
 * Changes, their contents, what is active, and the audit log. What belongs to the whole
 * deployment has `*` for its tenant.
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
} from "drizzle-orm/pg-core";
import { CHANGE_KINDS, CHANGE_STATES } from "../../domain/change.ts";
import { document, instant, ordinal, tenant } from "./columns.ts";

/** Changes as they stand; the columns beside the document are to find them by. */
export const changeRequest = pgTable("change_request", {
  tenant: tenant(),
  id: text().notNull(),
  kind: text({ enum: CHANGE_KINDS }).notNull(),
  subject: text().notNull(),
  state: text({ enum: CHANGE_STATES }).notNull(),
  version: integer().notNull(),
  reviewOpen: boolean().notNull(),
  createdAt: instant().notNull(),
  document: document().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  index("change_request_subject").on(table.tenant, table.subject),
  index("change_request_state").on(table.tenant, table.state),
]);

/** Contents by the hash of their text, whoever uses them. */
export const changeContent = pgTable("change_content", {
  hash: text().primaryKey(),
  text: text().notNull(),
});

/** Every move of what is active, only ever added to; the last one holds. */
export const activePointer = pgTable("active_pointer", {
  tenant: tenant(),
  subject: text().notNull(),
  seq: integer().notNull(),
  content: text(),
  change: text(),
  trial: document(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.subject, table.seq] }),
]);

/**
 * What happened to changes, only ever added to, and acts, which leave by retention; one
 * chain of hashes for each tenant. `change` is empty for acts, and `retention` for what
 * says that they left.
 */
export const auditEvent = pgTable("audit_event", {
  tenant: tenant(),
  seq: ordinal().notNull(),
  change: text().notNull(),
  prev: text().notNull(),
  hash: text().notNull(),
  record: text().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.seq] }),
  index("audit_event_change").on(table.tenant, table.change, table.seq),
]);

/** What was seen of changes on trial; all nodes add to it. */
export const rolloutCount = pgTable("rollout_count", {
  tenant: tenant(),
  change: text().notNull(),
  cycle: integer().notNull(),
  stage: text({ enum: ["shadow", "canary"] }).notNull(),
  decisions: ordinal().notNull(),
  flips: ordinal().notNull(),
  tighter: ordinal().notNull(),
  looser: ordinal().notNull(),
}, (table) => [
  primaryKey({
    columns: [table.tenant, table.change, table.cycle, table.stage],
  }),
]);
