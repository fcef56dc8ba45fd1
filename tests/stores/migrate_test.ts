/**
 * Upgrades under traffic: who writes is not refused and hardly waits, an interrupted
 * index is built anew, and a database of another release is left alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createLimitCounts } from "../../core/store/limit_counts.ts";
import { migrate, pendingMigrations } from "../../core/store/migrate.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import type { Sql } from "../../core/store/sql.ts";
import {
  parseMigration,
  shippedMigrations,
} from "../../core/store/upgrade/migrations.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { testEmptyDatabases } from "./databases.ts";

/** A migration of the next release. */
const NEXT = parseMigration(
  "0999_next",
  `ALTER TABLE "limit_count" ADD COLUMN "hint" text;--> statement-breakpoint
-- moe:concurrently
CREATE INDEX CONCURRENTLY IF NOT EXISTS "limit_count_hint" ON "limit_count" ("hint");`,
);
/** Rows that the index is built of. */
const ROWS = 20_000;

async function nextRelease() {
  return [...await shippedMigrations(), NEXT];
}

/** Counts as the release before does, until told to end; how often it counted. */
function startLoad(sql: Sql) {
  const counts = createLimitCounts(sql);
  const failures: unknown[] = [];
  let isOn = true;
  let done = 0;
  async function caller(key: string): Promise<void> {
    while (isOn) {
      await counts.claim([{
        ...{ tenant: "acme", counter: "c", key, since: 0, subject: null },
        ...{ slotEnds: 1, count: 1, most: 1_000_000, idleAt: 4e12 },
      }], 0).catch((error) => failures.push(error));
      done++;
    }
  }
  const callers = [1, 2, 3].map((at) => caller(`k-${at}`));
  return {
    failures,
    done: () => done,
    stop: async () => {
      isOn = false;
      await Promise.all(callers);
    },
  };
}

/** Somebody who forgot to commit: the table cannot be altered while it is open. */
async function forget(sql: Sql) {
  const open = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const forgotten = sql.transaction(async (tx) => {
    await tx.query("update limit_count set most = most where key = '1'");
    open.resolve();
    await over.promise;
  });
  await open.promise;
  return async () => {
    over.resolve();
    await forgotten;
  };
}

async function untilMore(load: { done(): number }, more: number) {
  const wanted = load.done() + more;
  while (load.done() < wanted) {
    await new Promise((wake) => setTimeout(wake, 5));
  }
}

Deno.test({
  ...needingPostgres(
    "a table in use is upgraded beside the traffic, and the release before goes on",
  ),
  fn: async () => {
    const server = await startPostgres();
    const [old, next] = [openPostgres(server.url), openPostgres(server.url)];
    await migrate(old);
    await old.query(
      `insert into limit_count select 'acme', 'c', i::text, null, '{1}', '{1}', 0, 1, now() from generate_series(1, ${ROWS}) i`,
    );
    const load = startLoad(old);
    const remember = await forget(next);
    const migrating = migrate(next, {
      ...{ migrations: await nextRelease(), lockMs: 50 },
    });
    await untilMore(load, 500);
    const waiting = await old.query("select 1 from migration where tag = $1", [
      NEXT.tag,
    ]);
    assert.deepEqual(waiting, [], "it waits for the transaction that is open");
    await remember();
    assert.deepEqual(await migrating, [NEXT.tag]);
    await untilMore(load, 100);
    await load.stop();
    assert.deepEqual(load.failures, []);
    const valid = await old.query(
      "select indisvalid from pg_index where indexrelid = 'limit_count_hint'::regclass",
    );
    assert.deepEqual(valid, [{ indisvalid: true }]);
    await old.close();
    await next.close();
    await server.stop();
  },
});

Deno.test({
  ...needingPostgres(
    "an index that was interrupted is built anew, by one of many nodes",
  ),
  fn: async () => {
    const server = await startPostgres();
    const nodes = [1, 2, 3].map(() => openPostgres(server.url));
    const [sql] = nodes;
    assert.ok(sql);
    await migrate(sql);
    const migrations = await nextRelease();
    const broken = { ...NEXT, indexes: [NEXT.indexes[0] + " nonsense"] };
    await assert.rejects(
      migrate(sql, { migrations: [...await shippedMigrations(), broken] }),
      { code: "store_unavailable" },
    );
    await sql.query("create index limit_count_hint on limit_count (hint)");
    await sql.query(
      "update pg_index set indisvalid = false where indexrelid = 'limit_count_hint'::regclass",
    );
    const pending = await pendingMigrations(sql, { migrations });
    assert.deepEqual(pending.map(({ tag }) => tag), [NEXT.tag]);
    await Promise.all(nodes.map((node) => migrate(node, { migrations })));
    assert.deepEqual(
      await sql.query(
        "select indisvalid from pg_index where indexrelid = 'limit_count_hint'::regclass",
      ),
      [{ indisvalid: true }],
    );
    assert.deepEqual(await pendingMigrations(sql, { migrations }), []);
    for (const node of nodes) await node.close();
    await server.stop();
  },
});

testEmptyDatabases(
  "a database of another release is left alone",
  async (sql) => {
    const migrations = await nextRelease();
    const all = (await pendingMigrations(sql, { migrations }))
      .map(({ tag }) => tag);
    assert.deepEqual(all, migrations.map(({ tag }) => tag));
    assert.deepEqual(await migrate(sql, { migrations }), all);
    assert.deepEqual(await migrate(sql, { migrations }), []);
    await assert.rejects(migrate(sql), {
      code: "configuration_invalid",
      message: /newer release, whose migration "0999_next"/,
    });
    const changed = migrations.map((one) =>
      one.tag === NEXT.tag ? { ...one, checksum: "0" } : one
    );
    await assert.rejects(migrate(sql, { migrations: changed }), {
      code: "configuration_invalid",
      message: /"0999_next" is not as it was applied/,
    });
  },
);
