/**
 * The second wall between tenants: behind it, no table shows or takes the row of another,
 * whatever a statement asks for.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../../core/domain/error.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { migrate } from "../../core/store/migrate.ts";
import type { Sql } from "../../core/store/sql.ts";
import { actAsOwner, actFor } from "../../core/store/wall/acting.ts";
import { ownerOf } from "../../core/store/wall/owner.ts";
import { raiseWall, SHARED } from "../../core/store/wall/raise.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { testDatabases } from "./databases.ts";

const OURS = "acme";
const THEIRS = "rival";

testDatabases("the wall between tenants holds", async (sql, t) => {
  assert.equal(await raiseWall(sql), null);
  for (const [promise, check] of Object.entries(PROMISES)) {
    await t.step(promise, () => check(sql));
  }
});

const PROMISES: Readonly<Record<string, (sql: Sql) => Promise<void>>> = {
  "every table with a tenant has the wall": checkPolicies,
  "what belongs to no tenant is out of reach": checkShared,
  "a transaction stays behind the wall to its end": checkTransactions,
  "the owner is the owner again at once": checkOwner,
  "no table shows or takes another's row": checkRows,
};

async function checkPolicies(sql: Sql): Promise<void> {
  const bare = await sql.query<{ name: string }>(`
    select c.relname as name from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
    where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p') and not (c.relrowsecurity and exists (
        select from pg_policies p
        where p.schemaname = current_schema() and p.tablename = c.relname
          and p.roles = '{moe_tenant}' and p.cmd = 'ALL'
          and p.permissive = 'PERMISSIVE'
          and p.qual = '(tenant = current_setting(''moe.tenant''::text))'
          and p.with_check = p.qual
      ) and (
        select count(*) = 1 from pg_policies p
        where p.schemaname = current_schema() and p.tablename = c.relname
      ))`);
  assert.deepEqual(bare, []);
}

async function checkRows(sql: Sql): Promise<void> {
  const tables = await tablesOf(sql, true);
  assert.ok(tables.length > 30);
  await withoutReferences(sql);
  for (const table of tables) {
    const columns = await columnsOf(sql, table);
    for (const tenant of [OURS, THEIRS]) {
      await sql.query(insertOf(table, columns), [tenant]);
    }
    await checkTable(sql, table, columns);
  }
}

/** Whatever is tried for one tenant, the other's row is neither seen nor changed. */
async function checkTable(
  sql: Sql,
  table: string,
  columns: readonly Column[],
): Promise<void> {
  const forUs = (text: string, params: readonly string[] = []) =>
    actFor(OURS, () => sql.query(text, params));
  const before = await sql.query(`select * from "${table}"`);
  assert.equal(before.length, 2, table);
  const seen = await forUs(`select tenant from "${table}"`);
  assert.deepEqual(seen, [{ tenant: OURS }], table);
  const asked = `"${table}" where tenant = $1`;
  assert.deepEqual(await forUs(`select tenant from ${asked}`, [THEIRS]), []);
  const untouched = [
    `delete from ${asked} returning 1 as one`,
    `update "${table}" set tenant = tenant where tenant = $1 returning 1 as one`,
  ];
  for (const text of untouched) {
    assert.deepEqual(await forUs(text, [THEIRS]), [], table);
  }
  const refused = [
    insertOf(table, columns),
    `update "${table}" set tenant = $1`,
  ];
  for (const text of refused) {
    await assert.rejects(forUs(text, [THEIRS]), isDenied, table);
  }
  assert.deepEqual(await sql.query(`select * from "${table}"`), before, table);
}

async function checkShared(sql: Sql): Promise<void> {
  const readable: string[] = [];
  for (const table of await tablesOf(sql, false)) {
    try {
      await actFor(OURS, () => sql.query(`select from "${table}"`));
      readable.push(table);
    } catch (error) {
      assert.ok(isDenied(error), String(error));
    }
  }
  assert.deepEqual(readable, Object.keys(SHARED));
}

async function checkTransactions(sql: Sql): Promise<void> {
  const columns = await columnsOf(sql, "source");
  await actFor(OURS, async () => {
    await sql.transaction(async (tx) => {
      await tx.query(insertOf("source", columns), [OURS]);
      const seen = await tx.query("select tenant from source");
      assert.deepEqual(seen, [{ tenant: OURS }]);
    });
    const failed = sql.transaction(async (tx) => {
      await tx.query("delete from source");
      await tx.query(insertOf("source", columns), [THEIRS]);
    });
    await assert.rejects(failed, isDenied);
  });
  const kept = await sql.query("select tenant from source");
  assert.deepEqual(kept, [{ tenant: OURS }]);
  await sql.query("delete from source");
}

async function checkOwner(sql: Sql): Promise<void> {
  const who = () =>
    sql.query<{ who: string }>("select current_user::text as who")
      .then(([row]) => row?.who);
  const owner = await who();
  const seen = await actFor(OURS, async () => [
    await who(),
    await actAsOwner(who),
    await who(),
    await ownerOf(sql).transaction(async (tx) => {
      const [row] = await tx.query<{ who: string }>(
        "select current_user::text as who",
      );
      return row?.who;
    }),
  ]);
  assert.deepEqual(seen, ["moe_tenant", owner, "moe_tenant", owner]);
  assert.equal(await who(), owner);
  const many = await Promise.all(
    Array.from(
      { length: 40 },
      (_, turn) =>
        actFor(turn % 2 === 0 ? OURS : THEIRS, async () => {
          const [row] = await sql.query<{ tenant: string }>(
            "select current_setting('moe.tenant') as tenant",
          );
          return row?.tenant;
        }),
    ),
  );
  assert.deepEqual(many.slice(0, 2), [OURS, THEIRS]);
  assert.ok(many.every((tenant, turn) => tenant === many[turn % 2]));
}

Deno.test({
  ...needingPostgres(
    "the wall is raised by many at once, or what is missing told",
  ),
  fn: async (t) => {
    const server = await startPostgres();
    try {
      await t.step("a login that may not make roles is told", async () => {
        await checkPlainLogin(server.url);
      });
      await t.step("nodes that start at once raise one wall", async () => {
        await checkManyNodes(server.url);
      });
    } finally {
      await server.stop();
    }
  },
});

async function checkPlainLogin(url: string): Promise<void> {
  const owner = openPostgres(url);
  await owner.query("create role plain login");
  await owner.query("create database own owner plain");
  const plain = openPostgres(
    url.replace("owner@", "plain@").replace(/\/postgres$/, "/own"),
  );
  await migrate(plain);
  assert.match(String(await raiseWall(plain)), /moe_tenant/);
  await owner.query("create role moe_tenant nologin");
  assert.match(String(await raiseWall(plain)), /moe_tenant/);
  await owner.query("grant moe_tenant to plain");
  assert.equal(await raiseWall(plain), null);
  await plain.close();
  await owner.query("drop database own");
  await owner.query("drop role moe_tenant");
  await owner.close();
}

async function checkManyNodes(url: string): Promise<void> {
  const nodes = Array.from({ length: 4 }, () => openPostgres(url));
  const raised = await Promise.all(nodes.map(async (node) => {
    await migrate(node);
    return await raiseWall(node);
  }));
  assert.deepEqual(raised, [null, null, null, null]);
  await Promise.all(nodes.map((node) => node.close()));
}

function isDenied(error: unknown): boolean {
  return error instanceof EngineError && error.facts["cause"] === "42501";
}

interface Column {
  readonly name: string;
  readonly type: string;
}

async function tablesOf(sql: Sql, walled: boolean): Promise<string[]> {
  const rows = await sql.query<{ name: string }>(
    `select c.relname as name from pg_class c
    where c.relnamespace = current_schema()::regnamespace
      and c.relkind in ('r', 'p') and $1::boolean = exists (
        select from pg_attribute a
        where a.attrelid = c.oid and a.attname = 'tenant'
      )
    order by 1`,
    [String(walled)],
  );
  return rows.map(({ name }) => name);
}

/** Rules of tables and between them are not what is tried here. */
async function withoutReferences(sql: Sql): Promise<void> {
  const rows = await sql.query<{ text: string }>(`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname)
      as text
    from pg_constraint
    where connamespace = current_schema()::regnamespace and contype in ('f', 'c')`);
  for (const { text } of rows) await sql.query(text);
  for (const table of await tablesOf(sql, true)) {
    await sql.query(`alter table "${table}" disable trigger user`);
  }
}

/** Columns that want a value. */
async function columnsOf(sql: Sql, table: string): Promise<Column[]> {
  return await sql.query<{ name: string; type: string }>(
    `select column_name as name, data_type as type
    from information_schema.columns
    where table_schema = current_schema() and table_name = $1
      and column_name <> 'tenant' and is_nullable = 'NO'
      and column_default is null and is_generated = 'NEVER'`,
    [table],
  );
}

const VALUES: Readonly<Record<string, string>> = {
  ...{ json: "'{}'", jsonb: "'{}'", boolean: "true", bytea: "'\\x00'" },
  ["timestamp with time zone"]: "now()",
  date: "current_date",
  ...{ ARRAY: "'{}'", text: "$1" },
};

function insertOf(table: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => `, "${name}"`).join("");
  const values = columns.map(({ type }) => `, ${VALUES[type] ?? "'1'"}`)
    .join("");
  return `insert into "${table}" (tenant${names}) values ($1${values})`;
}
