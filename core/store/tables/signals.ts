/**
 * Signals as sources reported them: revisions of totals, events, what could not be
 * read, and how far each source has been read.
 *
 * Of the indexes that hold every event or every total, none but the keys begins with
 * the tenant: a planner that takes a new tenant for empty would else look a row's key up
 * by the tenant alone, which costs the square of what comes in.
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
  pgSequence,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { ENTITY_TYPES } from "../../domain/entity.ts";
import { type Metric, METRICS } from "../../domain/signal.ts";
import {
  entityIds,
  idColumn,
  instant,
  ordinal,
  tenant,
  whole,
} from "./columns.ts";

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
  record: text(),
  contentHash: text().notNull(),
  maturity: text({ enum: ["provisional", "settling", "final"] }).notNull()
    .default("final"),
  batch: ordinal().notNull().default(0),
  observedAt: instant().notNull(),
  supersededAt: instant(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.rowKey, table.revision] }),
  uniqueIndex("performance_in_force").on(table.tenant, table.rowKey)
    .where(sql`superseded_at is null`),
  index("performance_partition")
    .on(table.partitionKey, table.source, table.tenant)
    .where(sql`superseded_at is null`),
  index("performance_batch").on(table.batch, table.source, table.tenant),
  index("performance_source_day")
    .on(table.source, table.tenant, table.day, table.rowKey),
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
  consent: jsonb(),
  batch: ordinal().notNull().default(0),
  observedAt: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.source, table.eventId] }),
  index("event_batch").on(table.batch, table.source, table.tenant),
  index("event_type").on(table.type, table.tenant, table.occurredAt),
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
  context: text(),
  version: text().notNull().default(""),
  observedAt: instant().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.id] }),
  index("dead_letter_reason").on(table.tenant, table.source, table.reason),
  index("dead_letter_observed").on(table.tenant, table.observedAt, table.id),
  index("dead_letter_source_observed")
    .on(table.tenant, table.source, table.observedAt, table.id),
]);

/** Sources heard of, with how much of theirs is kept, so that nobody counts it. */
export const source = pgTable("source", {
  tenant: tenant(),
  name: text().notNull(),
  connector: text().notNull(),
  lastObservedAt: instant().notNull(),
  latestDay: date({ mode: "string" }),
  batches: ordinal().notNull().default(0),
  rows: ordinal().notNull().default(0),
  events: ordinal().notNull().default(0),
  performance: ordinal().notNull().default(0),
  revisions: ordinal().notNull().default(0),
}, (table) => [primaryKey({ columns: [table.tenant, table.name] })]);

/**
 * That a partition was asked for whole, the last time at each of its ages; `since` is
 * the first time at that age.
 */
export const partitionClaim = pgTable("partition_claim", {
  tenant: tenant(),
  source: text().notNull(),
  partitionKey: text().notNull(),
  claimedAt: instant().notNull(),
  since: instant().notNull(),
  report: text().notNull(),
  level: text().notNull(),
  account: text(),
  day: date({ mode: "string" }),
  record: text(),
  whole: boolean().notNull(),
  rows: integer().notNull(),
  ageDays: integer().notNull(),
  maturity: text({ enum: ["provisional", "settling", "final"] }).notNull(),
  quality: text().array().notNull(),
  metrics: jsonb().notNull(),
  reconciled: text(),
}, (table) => [
  primaryKey({
    columns: [
      table.tenant,
      table.source,
      table.partitionKey,
      table.claimedAt,
    ],
  }),
  index("partition_claim_day").on(
    table.tenant,
    table.source,
    table.report,
    table.day,
    table.claimedAt.desc().nullsFirst(),
  ),
]);

/** Runs over ranges of days; their slices that are done are cursors of the source. */
export const backfill = pgTable("backfill", {
  tenant: tenant(),
  id: text().notNull(),
  source: text().notNull(),
  fromDay: date({ mode: "string" }).notNull(),
  untilDay: date({ mode: "string" }).notNull(),
  startedAt: instant().notNull(),
  finishedAt: instant(),
}, (table) => [primaryKey({ columns: [table.tenant, table.id] })]);

/**
 * Batches that wait to be streamed, written with their signals. A position is given
 * after the commit, so that positions have no gaps that fill up later.
 */
export const outbox = pgTable("outbox", {
  tenant: tenant(),
  source: text().notNull(),
  batch: ordinal().notNull(),
  connector: text().notNull(),
  observedAt: instant().notNull(),
  performance: integer().notNull(),
  events: integer().notNull(),
  position: ordinal(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.source, table.batch] }),
  uniqueIndex("outbox_position").on(table.position),
  index("outbox_waiting").on(table.tenant).where(sql`position is null`),
  index("outbox_observed").on(table.observedAt, table.position),
]);

/** Gives positions to batches. */
export const outboxPosition = pgSequence("outbox_next_position");

/** Work that one node does at a time, by name, and until when nobody else takes it. */
export const lease = pgTable("lease", {
  name: text().primaryKey(),
  holder: text().notNull(),
  heldUntil: instant().notNull(),
});

/** What all nodes must agree on, by name. */
export const sharedSetting = pgTable("shared_setting", {
  name: text().primaryKey(),
  setting: text().notNull(),
});

/** How far each consumer has come, and who of its name is at work. */
export const outboxConsumer = pgTable("outbox_consumer", {
  name: text().primaryKey(),
  position: ordinal().notNull(),
  holder: text(),
  heldUntil: instant(),
});

/** How far a source has been read, by what was asked of it. */
export const sourceCursor = pgTable("source_cursor", {
  tenant: tenant(),
  source: text().notNull(),
  scope: text().notNull(),
  cursor: text(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.source, table.scope] }),
]);
