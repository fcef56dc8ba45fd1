/**
 * Models on trial: what all nodes saw of them, and what came of the people on trial.
 *
 * @module
 */
import {
  boolean,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import { TRIAL_ARMS } from "../../domain/model_trial.ts";
import { document, instant, ordinal, tenant } from "./columns.ts";

/** What was seen of each side of a stage; all nodes add to it. */
export const modelTrialCount = pgTable("model_trial_count", {
  tenant: tenant(),
  change: text().notNull(),
  cycle: integer().notNull(),
  stage: text({ enum: ["shadow", "canary"] }).notNull(),
  arm: text({ enum: TRIAL_ARMS }).notNull(),
  decisions: ordinal().notNull(),
  denied: ordinal().notNull(),
  spend: doublePrecision().notNull(),
  spendSquares: doublePrecision().notNull(),
  asked: ordinal().notNull(),
  unscored: ordinal().notNull(),
  timed: ordinal().notNull(),
  slow: ordinal().notNull(),
  rows: ordinal().notNull(),
  low: doublePrecision(),
  high: doublePrecision(),
}, (table) => [
  primaryKey({
    columns: [table.tenant, table.change, table.cycle, table.stage, table.arm],
  }),
]);

/** How far the outcomes of a trial are read, and what they come to. */
export const modelTrial = pgTable("model_trial", {
  tenant: tenant(),
  change: text().notNull(),
  cycle: integer().notNull(),
  place: ordinal().notNull(),
  people: ordinal().notNull(),
  open: boolean().notNull(),
  document: document().notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.change, table.cycle] }),
]);

/** People on trial by the hash of who it is, while it lasts. */
export const modelTrialPerson = pgTable("model_trial_person", {
  tenant: tenant(),
  change: text().notNull(),
  cycle: integer().notNull(),
  person: text().notNull(),
  arm: text({ enum: TRIAL_ARMS }).notNull(),
  since: instant().notNull(),
  value: doublePrecision().notNull(),
  counted: boolean().notNull(),
}, (table) => [
  primaryKey({
    columns: [table.tenant, table.change, table.cycle, table.person],
  }),
  index("model_trial_person_since").on(
    table.tenant,
    table.change,
    table.cycle,
    table.counted,
    table.since,
  ),
]);
