/**
 * Feature views that tenants declared, and the vectors of each materialisation.
 *
 * @module
 */
import { integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { document, instant, tenant } from "./columns.ts";

/** Definitions; a version never changes. */
export const featureView = pgTable("feature_view", {
  tenant: tenant(),
  name: text().notNull(),
  version: integer().notNull(),
  definition: document().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.name, table.version] }),
]);

/** One view of one entity at one moment; values in the view's order. */
export const featureVector = pgTable("feature_vector", {
  tenant: tenant(),
  view: text().notNull(),
  version: integer().notNull(),
  at: instant().notNull(),
  entity: text().notNull(),
  featureValues: jsonb().notNull(),
}, (table) => [
  primaryKey({
    columns: [
      table.tenant,
      table.view,
      table.version,
      table.at,
      table.entity,
    ],
  }),
]);
