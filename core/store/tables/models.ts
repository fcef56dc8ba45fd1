/**
 * Models on record, and their artifacts.
 *
 * @module
 */
import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { ALIASES } from "../../domain/model_event.ts";
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
  evidence: document(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.name, table.version] }),
]);

/** The life of versions, only ever added to; hash-chained for each name. */
export const modelEvent = pgTable("model_event", {
  tenant: tenant(),
  name: text().notNull(),
  seq: integer().notNull(),
  at: instant().notNull(),
  kind: text({
    enum: [
      "registered",
      "approved",
      "rejected",
      "proposed",
      "declined",
      "assigned",
      "rolled_back",
    ],
  }).notNull(),
  version: integer(),
  alias: text({ enum: ALIASES }),
  by: text().notNull(),
  reason: text().notNull(),
  settles: integer(),
  hash: text().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant, table.name, table.seq] })]);

/** Parameters tried, by study. */
export const trial = pgTable("trial", {
  tenant: tenant(),
  study: text().notNull(),
  number: integer().notNull(),
  record: document().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.study, table.number] }),
]);

/** What watching versions that serve found. */
export const modelWatch = pgTable("model_watch", {
  tenant: tenant(),
  name: text().notNull(),
  version: integer().notNull(),
  kind: text().notNull(),
  at: instant().notNull(),
  findings: document().notNull(),
}, (table) => [
  primaryKey({
    columns: [table.tenant, table.name, table.version, table.kind, table.at],
  }),
]);
