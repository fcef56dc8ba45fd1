/**
 * Feature views that tenants declared, the vectors and tiles that were computed, the
 * runs that computed them, and how served vectors compared.
 *
 * @module
 */
import { sql } from "drizzle-orm";
import {
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import { document, instant, ordinal, tenant } from "./columns.ts";

/** Definitions; a version never changes but for its state. */
export const featureView = pgTable("feature_view", {
  tenant: tenant(),
  name: text().notNull(),
  version: integer().notNull(),
  definition: document().notNull(),
  state: text({ enum: ["candidate", "serving", "superseded", "retired"] })
    .notNull().default("serving"),
  declaredAt: instant().notNull().defaultNow(),
  promotedAt: instant(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.name, table.version] }),
]);

/**
 * One view of one entity, values in the view's order: computed as of `at`, and the same
 * until `valid_until` (null: for ever) as long as no signal of the entity changes.
 */
export const featureVector = pgTable("feature_vector", {
  tenant: tenant(),
  view: text().notNull(),
  version: integer().notNull(),
  entity: text().notNull(),
  at: instant().notNull(),
  validUntil: instant(),
  run: text().notNull(),
  withheld: boolean().notNull().default(false),
  featureValues: jsonb().notNull(),
}, (table) => [
  primaryKey({
    columns: [table.tenant, table.view, table.version, table.entity],
  }),
  index("feature_vector_due")
    .on(table.tenant, table.view, table.version, table.validUntil)
    .where(sql`valid_until is not null`),
]);

/** Signals of an entity in one stretch of time, added up: partial results in order. */
export const featureTile = pgTable("feature_tile", {
  tenant: tenant(),
  view: text().notNull(),
  version: integer().notNull(),
  entity: text().notNull(),
  start: instant().notNull(),
  partials: jsonb().notNull(),
}, (table) => [
  primaryKey({
    columns: [
      table.tenant,
      table.view,
      table.version,
      table.entity,
      table.start,
    ],
  }),
]);

/** Materialisations; `done_entity` is how far an unfinished one came. */
export const featureRun = pgTable("feature_run", {
  tenant: tenant(),
  view: text().notNull(),
  version: integer().notNull(),
  id: text().notNull(),
  scope: document().notNull(),
  at: instant().notNull(),
  startedAt: instant().notNull(),
  finishedAt: instant(),
  doneEntity: text(),
  /** Batch of each source up to which its signals were looked at. */
  watermark: jsonb().notNull(),
  computed: ordinal().notNull().default(0),
  rows: ordinal().notNull().default(0),
  statistics: document(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.view, table.version, table.id] }),
]);

/** Served vectors that were derived again, by day. */
export const featureCheck = pgTable("feature_check", {
  tenant: tenant(),
  view: text().notNull(),
  version: integer().notNull(),
  day: date({ mode: "string" }).notNull(),
  checked: ordinal().notNull(),
  mismatched: ordinal().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.view, table.version, table.day] }),
]);
