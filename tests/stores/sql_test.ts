/**
 * Both drivers give the same JavaScript for the same SQL.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Param } from "../../core/store/codec.ts";
import { migrate } from "../../core/store/migrate.ts";
import { openPglite } from "../../core/store/pglite.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import { checkTables } from "./tables.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";

/** SQL type, parameter, and what comes back. */
const VALUES: readonly (readonly [string, Param, unknown])[] = [
  ["int8", 9_007_199_254_740_993n, 9_007_199_254_740_993n],
  ["int8", 5, 5n],
  ["int4", -7, -7],
  ["int2", 7, 7],
  ["numeric", "12345678901234567890.000001", "12345678901234567890.000001"],
  ["float8", 0.1, 0.1],
  ["float8", 5e-324, 5e-324],
  ["float4", 0.5, 0.5],
  ["bool", true, true],
  ["bool", false, false],
  ["text", "Zoë 🦕 \\ ' \" $1", "Zoë 🦕 \\ ' \" $1"],
  ["text", "", ""],
  ["text", null, null],
  ["varchar", "short", "short"],
  ["date", "2026-02-28", "2026-02-28"],
  ["timestamptz", "2026-02-28T23:59:59.999Z", "2026-02-28T23:59:59.999Z"],
  ["timestamptz", "2026-03-01T01:00:00+02:00", "2026-02-28T23:00:00.000Z"],
  ["jsonb", { a: [1, "x", null] }, { a: [1, "x", null] }],
  ["jsonb", '"text"', "text"],
  ["json", '{"b":1,"a":"\\u00fc"}', { b: 1, a: "ü" }],
  ["bytea", new Uint8Array([0, 127, 255]), new Uint8Array([0, 127, 255])],
  ["bytea", new Uint8Array(), new Uint8Array()],
  ["text[]", ["a", 'b "\\', "", null, "NULL", "{}"], [
    "a",
    'b "\\',
    "",
    null,
    "NULL",
    "{}",
  ]],
  ["text[]", [], []],
  ["int8[]", [1n, null], [1n, null]],
  ["int4[]", [1, -2], [1, -2]],
  ["float8[]", [0.5, 1e300], [0.5, 1e300]],
];

Deno.test("PGlite speaks as every driver must, and ends what runs too long", async () => {
  const folder = await Deno.makeTempDir({ prefix: "pglite_" });
  const sql = await openPglite({ folder });
  await checkTables(sql).then(() => checkDriver(sql))
    .finally(() => sql.close());
  const hasty = await openPglite({ folder, statementMs: 2000 });
  try {
    await assert.rejects(
      hasty.query("select count(*) from generate_series(1, 1e12::int8)"),
      { code: "store_unavailable", facts: { cause: "query_timeout" } },
    );
    assert.deepEqual(
      await hasty.values("select n from tally order by n"),
      [[2], [4], [5], [6]],
    );
  } finally {
    await hasty.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  ...needingPostgres("postgres-js speaks as every driver must"),
  fn: async () => {
    const server = await startPostgres();
    const nodes = [openPostgres(server.url), openPostgres(server.url)];
    try {
      await Promise.all(nodes.map((sql) => migrate(sql)));
      await checkTables(openedFirst(nodes));
      await checkDriver(openedFirst(nodes));
    } finally {
      await Promise.all(nodes.map((sql) => sql.close()));
      await server.stop();
    }
  },
});

function openedFirst([first]: readonly Sql[]): Sql {
  if (first === undefined) throw new Error("No database is open");
  return first;
}

async function checkDriver(sql: Sql): Promise<void> {
  await checkValues(sql);
  await checkErrors(sql);
  await checkTransactions(sql);
}

async function checkValues(sql: Sql): Promise<void> {
  for (const [type, param, want] of VALUES) {
    const text = `select $1::${type} as it`;
    assert.deepEqual(await sql.query(text, [param]), [{ it: want }], type);
    assert.deepEqual(await sql.values(text, [param]), [[want]], type);
  }
}

async function checkErrors(sql: Sql): Promise<void> {
  await sql.query("create table once (name text primary key)");
  const insert = () =>
    sql.query("insert into once values ($1)", ["jane@example.com"]);
  await insert();
  const error = await insert().then(() => null, (thrown) => thrown);
  assert.equal(error.code, "store_unavailable");
  assert.equal(error.facts.cause, "23505");
  assert.equal(error.retryable, true);
  assert.doesNotMatch(error.message, /insert|once|jane/);
  assert.match(error.cause.message, /duplicate key/);
  await assert.rejects(sql.query("select * from nowhere"), {
    code: "store_unavailable",
    facts: { cause: "42P01" },
  });
}

async function checkTransactions(sql: Sql): Promise<void> {
  await sql.query("create table tally (n int4)");
  const names = async () => (await sql.values("select n from tally")).flat();
  const add = async (n: number, fail: boolean) =>
    await sql.transaction(async (tx) => {
      await tx.query("insert into tally values ($1)", [n]);
      if (fail) throw new RangeError("on purpose");
      return n;
    });
  await assert.rejects(add(1, true), RangeError);
  assert.deepEqual(await names(), []);
  assert.equal(await add(2, false), 2);
  assert.deepEqual(await names(), [2]);
  await assert.rejects(
    sql.transaction(async (tx) => {
      await tx.query("insert into tally values (3)");
      await tx.query("select 1 / 0").catch(() => null);
    }),
    { code: "store_unavailable" },
  );
  assert.deepEqual(await names(), [2]);
  await assert.rejects(sql.transaction(() => sql.query("select 1")), TypeError);
  const sums = await Promise.all([4, 5, 6].map((n) => add(n, false)));
  assert.deepEqual(sums, [4, 5, 6]);
}
