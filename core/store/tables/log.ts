/**
 * What is kept beside the decision log: what its records are found by, signed
 * checkpoints, and where it goes on from after old records were retired.
 *
 * @module
 */
import { index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, ordinal, tenant } from "./columns.ts";

/**
 * Entities that records are found by, in the order of their moments. A table of its own
 * costs the hot path less than an index over lists, and reads a page of an entity with
 * many records without sorting them all. By moment its rows lie as they were written, so
 * the retired ones are found by blocks.
 */
export const decisionEntity = pgTable("decision_entity", {
  tenant: tenant(),
  entity: text().notNull(),
  at: instant().notNull(),
  seq: ordinal().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.entity, table.at, table.seq] }),
  index("decision_entity_at").using("brin", table.at),
]);

/** The last record of each chain that was retired. */
export const logAnchor = pgTable("log_anchor", {
  tenant: tenant(),
  seq: ordinal().notNull(),
  hash: text().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant] })]);

/** Signed checkpoints; `*` is the deployment, which has acts and no decisions. */
export const checkpoint = pgTable("checkpoint", {
  tenant: tenant(),
  number: integer().notNull(),
  at: instant().notNull(),
  note: text().notNull(),
  decisions: ordinal().notNull(),
  acts: ordinal().notNull(),
}, (table) => [primaryKey({ columns: [table.tenant, table.number] })]);
