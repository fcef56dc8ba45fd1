/**
 * Work in the background, beside the queue in the schema `pgboss`.
 *
 * @module
 */
import {
  doublePrecision,
  integer,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import { document, instant, tenant } from "./columns.ts";

/**
 * The latest run of each flight. The tenant of what concerns all is empty. `checkpoint` is
 * how far the run came, `memory` what the last one that ended well left.
 */
export const jobFlight = pgTable("job_flight", {
  tenant: tenant(),
  job: text().notNull(),
  subject: text().notNull(),
  runId: text().notNull(),
  attempt: integer().notNull(),
  state: text({ enum: ["queued", "running", "done", "failed", "cancelled"] })
    .notNull(),
  node: text(),
  since: instant(),
  touchedAt: instant(),
  endedAt: instant(),
  nextTryAt: instant(),
  succeededAt: instant(),
  share: doublePrecision(),
  text: text(),
  error: text(),
  checkpoint: document(),
  memory: document(),
}, (table) => [
  primaryKey({ columns: [table.tenant, table.job, table.subject] }),
]);
