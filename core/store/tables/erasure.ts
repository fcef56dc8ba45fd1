/**
 * Who was erased, as hashes, and by what.
 *
 * @module
 */
import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { document, instant, tenant } from "./columns.ts";

/** Subjects of whom nothing is taken in up to a moment. */
export const erasedSubject = pgTable("erased_subject", {
  tenant: tenant(),
  subjectHash: text().notNull(),
  erasedAt: instant().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant, table.subjectHash] })]);

/**
 * Events of theirs by hashes of source and id: sent again, one may look as if it had
 * happened later, where its sender tells no moment of its own.
 */
export const erasedEvent = pgTable("erased_event", {
  tenant: tenant(),
  eventHash: text().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant, table.eventHash] })]);

/**
 * Erasures, for the audit. While one is under way `bereft` holds of whom the features are
 * to be computed again, none of them a subject of it; `target` is a hash of the subjects.
 */
export const erasure = pgTable("erasure", {
  tenant: tenant(),
  id: text().notNull(),
  target: text().notNull(),
  at: instant().notNull(),
  finishedAt: instant(),
  askedBy: text().notNull(),
  subjects: integer().notNull(),
  erased: document().notNull(),
  models: document().notNull(),
  bereft: document(),
}, (table) => [primaryKey({ columns: [table.tenant, table.id] })]);
