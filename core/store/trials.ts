/**
 * Trials of a study: parameters tried and how they did, so that it goes on where it
 * was stopped.
 *
 * @module
 */
import { and, asc, eq } from "drizzle-orm";
import type { TrialRecord } from "../domain/evidence.ts";
import type { TrialStore } from "../ports/models.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { trial } from "./tables/models.ts";

/** Keeps trials in a database. */
export function createTrialStore(sql: Sql): TrialStore {
  const db = orm(sql);
  return {
    list: async (tenant, study) => {
      const rows = await db.select({ record: trial.record }).from(trial)
        .where(and(eq(trial.tenant, tenant), eq(trial.study, study)))
        .orderBy(asc(trial.number));
      return rows.map(({ record }) => record as TrialRecord);
    },
    add: async (tenant, study, record) => {
      await db.insert(trial)
        .values({ tenant, study, number: record.number, record })
        .onConflictDoNothing();
    },
  };
}
