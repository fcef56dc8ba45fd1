/**
 * Signals as sources reported them: revisions of totals, events, what could not be
 * read, and how far each source has been read.
 *
 * @module
 */
import { sql } from "drizzle-orm";
import {
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { ENTITY_TYPES } from "../../domain/entity.ts";
import { type Metric, METRICS } from "../../domain/signal.ts";
import { entityIds, idColumn, instant, tenant, whole } from "./columns.ts";

function metrics() {
  return Object.fromEntries(
    Object.keys(METRICS).map((metric) => [metric, whole()]),
  ) as Record<Metric, ReturnType<typeof whole>>;
}

/** Totals by row and revision; `superseded_at` is null in the one in force. */
export const performance = pgTable("performance", {
  tenant: tenant(),
  rowKey: text().notNull(),
  revision: integer().notNull(),
  source: text().notNull(),
  partitionKey: text().notNull(),
  report: text().notNull(),
  level: text().notNull(),
  ...entityIds(),
  day: date({ mode: "string" }).notNull(),
  periodDays: integer().notNull(),
  zone: text().notNull(),
  currency: text().notNull(),
  breakdowns: jsonb().notNull(),
  attribution: text().notNull(),
  ...metrics(),
  contentHash: text().notNull(),
  observedAt: instant().notNull(),
  supersededAt: instant(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.rowKey, table.revision] }),
  uniqueIndex("performance_in_force").on(table.tenant, table.rowKey)
    .where(sql`superseded_at is null`),
  index("performance_partition")
    .on(table.tenant, table.source, table.partitionKey)
    .where(sql`superseded_at is null`),
  ...ENTITY_TYPES.map((type) =>
    index(`performance_${type}_day`)
      .on(table.tenant, table.level, table[idColumn(type)], table.day)
      .where(sql`${table[idColumn(type)]} is not null`)
  ),
]);

/** Things that happened, once each. */
export const event = pgTable("event", {
  tenant: tenant(),
  source: text().notNull(),
  eventId: text().notNull(),
  type: text().notNull(),
  occurredAt: instant().notNull(),
  ...entityIds(),
  valueMicros: whole(),
  currency: text(),
  properties: jsonb().notNull(),
  observedAt: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.source, table.eventId] }),
  index("event_type").on(table.tenant, table.type, table.occurredAt),
  ...ENTITY_TYPES.map((type) =>
    index(`event_${type}`)
      .on(table.tenant, table[idColumn(type)], table.occurredAt)
      .where(sql`${table[idColumn(type)]} is not null`)
  ),
]);

/** Records that could not become signals, as they came. */
export const deadLetter = pgTable("dead_letter", {
  tenant: tenant(),
  id: text().notNull(),
  source: text().notNull(),
  connector: text().notNull(),
  reason: text().notNull(),
  detail: text().notNull(),
  original: text().notNull(),
  observedAt: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  index("dead_letter_reason").on(table.tenant, table.source, table.reason),
]);

/** Sources heard of. */
export const source = pgTable("source", {
  tenant: tenant(),
  name: text().notNull(),
  connector: text().notNull(),
  lastObservedAt: instant().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant, table.name] })]);

/** How far a source has been read, by what was asked of it. */
export const sourceCursor = pgTable("source_cursor", {
  tenant: tenant(),
  source: text().notNull(),
  scope: text().notNull(),
  cursor: text(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.source, table.scope] }),
]);
