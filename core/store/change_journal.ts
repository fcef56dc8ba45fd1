/**
 * How far the writes of change sets have come. One statement keeps a step, so that it
 * is there as a whole or not at all.
 *
 * @module
 */
import { and, asc, eq } from "drizzle-orm";
import type { OperationProgress } from "../domain/change_set.ts";
import { EngineError } from "../domain/error.ts";
import type { ChangeJournal } from "../ports/changes.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { changeProgress } from "./tables/plans.ts";

/** Keeps progress in a database. */
export function createChangeJournal(sql: Sql): ChangeJournal {
  const db = orm(sql);
  return {
    save: (tenant, changeSet, progress) =>
      save(sql, { tenant, changeSet }, progress),
    load: async (tenant, changeSet) => {
      const rows = await db.select().from(changeProgress).where(and(
        eq(changeProgress.tenant, tenant),
        eq(changeProgress.changeSet, changeSet),
      )).orderBy(asc(changeProgress.direction), asc(changeProgress.operation));
      return rows.map(({ tenant: _, changeSet: __, ...step }) => step);
    },
  };
}

async function save(
  sql: Sql,
  { tenant, changeSet }: {
    readonly tenant: string;
    readonly changeSet: string;
  },
  progress: readonly OperationProgress[],
): Promise<void> {
  if (progress.length === 0) return;
  const column = <K extends keyof OperationProgress>(name: K) =>
    progress.map((step) => step[name]);
  const kept = await sql.query(SAVE, [
    tenant,
    changeSet,
    progress.some(({ direction }) => direction === "apply"),
    column("direction"),
    column("operation"),
    column("state"),
    column("seen"),
    column("attempts"),
    column("error"),
    column("at"),
  ]);
  if (kept.length === progress.length) return;
  throw new EngineError(
    "plan_state_invalid",
    `Cannot go on with change set "${changeSet}": its rollback has begun`,
    { facts: { changeSet } },
  );
}

const SAVE = `
  insert into change_progress (tenant, change_set, direction, operation, state,
    seen, attempts, error, at)
  select $1, $2, given.* from unnest($4::text[], $5::text[], $6::text[],
    $7::text[], $8::int4[], $9::text[], $10::timestamptz[]) as given
  where not ($3::bool and exists (
    select from change_progress where tenant = $1 and change_set = $2
      and direction = 'rollback'))
  on conflict (tenant, change_set, direction, operation) do update set
    state = excluded.state, seen = excluded.seen, attempts = excluded.attempts,
    error = excluded.error, at = excluded.at
  returning 1`;
