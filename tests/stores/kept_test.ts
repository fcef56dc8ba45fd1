/**
 * What is kept of much that was told, and what a migration makes of what was kept.
 *
 * @module
 */
import assert from "node:assert/strict";
import { migrate } from "../../core/store/migrate.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import { batch, campaignDay, claimOf, keyed, SOURCE } from "./cases.ts";
import { testDatabases, testEmptyDatabases } from "./databases.ts";

const QUARTER_MS = 15 * 60_000;
const QUARTERS = 96;
const TENANT = "acme";

testDatabases(
  "a day of syncs leaves one claim for each day's age",
  async (sql) => {
    const signals = createSignalStore(sql);
    const rows = ["2026-02-01", "2026-02-02", "2026-02-03"].map((day) =>
      keyed(campaignDay(day, 5n))
    );
    const from = Date.parse("2026-02-04T00:00:00.000Z");
    for (let quarter = 0; quarter < 2 * QUARTERS; quarter++) {
      await signals.write(batch(TENANT, {
        observedAt: new Date(from + quarter * QUARTER_MS).toISOString(),
        performance: rows,
        claims: rows.map((row, place) =>
          claimOf(row, {
            ageDays: Math.floor(quarter / QUARTERS) + 2 - place,
            whole: quarter % 10 !== 9,
          })
        ),
      }));
    }
    assert.deepEqual(await claims(sql), [
      { since: "2026-02-04T00:00:00.000Z", at: "2026-02-04T23:45:00.000Z" },
      { since: "2026-02-05T00:00:00.000Z", at: "2026-02-05T23:45:00.000Z" },
    ]);
  },
);

testDatabases(
  "the last claim of a whole partition outlives those of a part",
  async (sql) => {
    const signals = createSignalStore(sql);
    const row = keyed(campaignDay("2026-02-01", 5n));
    const hours = ["01", "02", "03", "04"];
    for (const hour of hours) {
      await signals.write(batch(TENANT, {
        observedAt: `2026-02-02T${hour}:00:00.000Z`,
        performance: [row],
        claims: [claimOf(row, { whole: hour < "03" })],
      }));
    }
    assert.deepEqual(await claims(sql), [
      { since: "2026-02-02T01:00:00.000Z", at: "2026-02-02T02:00:00.000Z" },
      { since: "2026-02-02T03:00:00.000Z", at: "2026-02-02T04:00:00.000Z" },
    ]);
  },
);

testEmptyDatabases(
  "signals of the first tables are counted when they move",
  async (sql) => {
    await sql.transaction(async (tx) => {
      const file = new URL(
        "../../core/store/migrations/0000_store.sql",
        import.meta.url,
      );
      for (const text of (await Deno.readTextFile(file)).split("-->")) {
        await tx.query(text.replace(/^ statement-breakpoint/, ""));
      }
      await tx.query("create table migration (tag text primary key)");
      await tx.query("alter table migration add applied_at timestamptz");
      await tx.query("insert into migration (tag) values ('0000_store')");
      for (const text of BEFORE) await tx.query(text);
    });
    await migrate(sql);
    const [counts] = await createSignalStore(sql).count(TENANT);
    assert.deepEqual(
      [counts?.performance, counts?.revisions, counts?.events],
      [1, 2, 3],
    );
    const [fresh] = await createSignalStore(sql).freshness();
    assert.equal(fresh?.rows, 5);
  },
);

/** Claims of the first partition, in order. */
function claims(sql: Sql) {
  return sql.query<{ since: string; at: string }>(
    `select since, claimed_at as at from partition_claim
    where tenant = $1 and source = $2 and day = '2026-02-01'
    order by claimed_at`,
    [TENANT, SOURCE],
  );
}

const AT = "'2026-02-02T00:00:00Z'";
const BEFORE = [
  `insert into source (tenant, name, connector, last_observed_at)
  values ('${TENANT}', '${SOURCE}', 'csv', ${AT}), ('other', '${SOURCE}', 'csv', ${AT})`,
  `insert into performance (tenant, source, row_key, revision, partition_key,
    report, level, day, period_days, zone, currency, breakdowns, attribution,
    content_hash, observed_at, superseded_at)
  select '${TENANT}', '${SOURCE}', 'r', n, 'p', 'daily', 'campaign', '2026-02-01',
    1, 'UTC', 'EUR', '{}', '', 'h', ${AT},
    case when n = 1 then ${AT}::timestamptz end
  from generate_series(1, 2) n`,
  `insert into event (tenant, source, event_id, type, occurred_at, properties,
    observed_at)
  select '${TENANT}', '${SOURCE}', 'e-' || n, 'Email Opened', ${AT}, '{}', ${AT}
  from generate_series(1, 3) n`,
];
