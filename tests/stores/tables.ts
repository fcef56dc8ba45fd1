/**
 * What the migrations make, against what the tables declare.
 *
 * @module
 */
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import { PgTable } from "drizzle-orm/pg-core";
import assert from "node:assert/strict";
import { migrate } from "../../core/store/migrate.ts";
import type { Sql } from "../../core/store/sql.ts";
import * as allowances from "../../core/store/tables/allowances.ts";
import * as decisions from "../../core/store/tables/decisions.ts";
import * as encryption from "../../core/store/tables/encryption.ts";
import * as erasure from "../../core/store/tables/erasure.ts";
import * as features from "../../core/store/tables/features.ts";
import * as governance from "../../core/store/tables/governance.ts";
import * as jobs from "../../core/store/tables/jobs.ts";
import * as limits from "../../core/store/tables/limits.ts";
import * as log from "../../core/store/tables/log.ts";
import * as modelTrials from "../../core/store/tables/model_trials.ts";
import * as models from "../../core/store/tables/models.ts";
import * as plans from "../../core/store/tables/plans.ts";
import * as quota from "../../core/store/tables/quota.ts";
import * as signals from "../../core/store/tables/signals.ts";

/**
 * Hold no tenant's rows: what was migrated, how far consumers of the outbox are,
 * policy sets, known by their hash, budgets of keys, contents of changes, known by
 * theirs, and what all nodes agree on.
 */
const SHARED = [
  "change_content",
  "lease",
  "migration",
  "outbox_consumer",
  "policy_set",
  "quota_budget",
  "quota_change",
  "shared_setting",
];

/** Checks a fresh database: declared columns, and the tenant first in every key. */
export async function checkTables(sql: Sql): Promise<void> {
  await migrate(sql);
  await migrate(sql);
  const made = await sql.query<{ name: string; columns: string[] }>(COLUMNS);
  assert.deepEqual(
    Object.fromEntries(made.map(({ name, columns }) => [name, columns])),
    {
      ...declaredColumns(),
      migration: ["applied_at", "checksum", "state", "tag"],
    },
  );
  const keys = await sql.query<{ name: string; first: string }>(FIRST_KEYS);
  assert.equal(keys.length, made.length);
  const shared = keys.filter(({ first }) => first !== "tenant");
  assert.deepEqual(shared.map(({ name }) => name), SHARED);
  assert.deepEqual(await sql.query(BY_TENANT_ALONE), []);
}

function declaredColumns(): Record<string, string[]> {
  const exported = [
    allowances,
    decisions,
    encryption,
    erasure,
    features,
    governance,
    jobs,
    limits,
    log,
    models,
    modelTrials,
    plans,
    quota,
    signals,
  ]
    .flatMap((module): unknown[] => Object.values(module));
  const tables = exported.filter((it): it is PgTable => is(it, PgTable));
  return Object.fromEntries(tables.map((table) => [
    getTableName(table),
    Object.keys(getTableColumns(table)).map(toSnakeCase).sort(),
  ]));
}

/** A planner that takes a new tenant for empty would look keys up by these. */
const BY_TENANT_ALONE = `
  select i.indexrelid::regclass::text as name
  from pg_index i
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid in ('event'::regclass, 'performance'::regclass)
    and a.attname = 'tenant' and i.indpred is null and not i.indisunique`;

const COLUMNS = `
  select table_name::text as name,
    array_agg(column_name::text order by column_name::text collate "C")
      as columns
  from information_schema.columns
  where table_schema = 'public'
  group by table_name
  order by table_name`;

const FIRST_KEYS = `
  select k.table_name::text as name, k.column_name::text as first
  from information_schema.table_constraints c
  join information_schema.key_column_usage k using (constraint_name)
  where c.table_schema = 'public' and c.constraint_type = 'PRIMARY KEY'
    and k.ordinal_position = 1
  order by k.table_name`;
