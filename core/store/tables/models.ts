/**
 * Models on record, and their artifacts.
 *
 * @module
 */
import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { bytes, document, instant, tenant } from "./columns.ts";

/** Versions of models; `record` holds all that never changes. */
export const model = pgTable("model", {
  tenant: tenant(),
  name: text().notNull(),
  version: integer().notNull(),
  record: document().notNull(),
  status: text({ enum: ["pending", "approved", "rejected"] }).notNull(),
  createdBy: text().notNull(),
  reviewedBy: text(),
  reviewedAt: instant(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.name, table.version] }),
]);

/** The bytes of a version. */
export const modelArtifact = pgTable("model_artifact", {
  tenant: tenant(),
  name: text().notNull(),
  version: integer().notNull(),
  artifact: bytes().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.name, table.version] }),
]);
