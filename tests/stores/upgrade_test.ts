/**
 * A database of an earlier release: what tenants declared then is read as it is said now.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseView } from "../../core/features/parse_view.ts";
import { migrate } from "../../core/store/migrate.ts";
import { createViewStore } from "../../core/store/view_store.ts";
import { testEmptyDatabases } from "./databases.ts";

const MIGRATIONS = new URL("../../core/store/migrations/", import.meta.url);
/** Up to where the earlier release went. */
const EARLIER = ["0000_store", "0001_signals", "0002_quota"];

const FEATURE = { about: "Orders", unit: "count" };
const DECLARED = {
  name: "orders",
  version: 1,
  entity: "subject",
  owner: "crm",
  purpose: "optimization",
  about: "Orders of a person",
  ttlSeconds: 60,
  source: { grain: "event" },
  features: [
    { ...FEATURE, name: "a", aggregation: { how: "count" }, windowDays: 7 },
    { ...FEATURE, name: "b", aggregation: { how: "count" }, windowDays: 0.5 },
    { ...FEATURE, name: "c", aggregation: { how: "count" }, windowDays: null },
    {
      ...FEATURE,
      name: "d",
      aggregation: { how: "calendar", part: "sin_week" },
      windowDays: null,
    },
    {
      ...FEATURE,
      name: "e",
      aggregation: { how: "calendar", part: "hour_of_day" },
      windowDays: null,
    },
  ],
};

testEmptyDatabases(
  "views that an earlier release kept are still declared",
  async (sql) => {
    for (const tag of EARLIER) {
      const text = await Deno.readTextFile(new URL(`${tag}.sql`, MIGRATIONS));
      for (const statement of text.split("--> statement-breakpoint")) {
        await sql.query(statement);
      }
    }
    await sql.query(
      "create table migration (tag text primary key, applied_at timestamptz not null default now())",
    );
    for (const tag of EARLIER) {
      await sql.query("insert into migration (tag) values ($1)", [tag]);
    }
    for (const version of [1, 2]) {
      await sql.query(
        "insert into feature_view (tenant, name, version, definition) values ('acme', 'orders', $1::int4, $2::text::json)",
        [version, JSON.stringify({ ...DECLARED, version })],
      );
    }
    await migrate(sql);
    const kept = await createViewStore(sql).list("acme");
    assert.deepEqual(kept.map(({ state }) => state), ["superseded", "serving"]);
    const [view] = kept.map((one) => parseView(one.view));
    assert.deepEqual(view?.purposes, ["optimization"]);
    assert.deepEqual(
      view?.features.map(({ window }) => window),
      ["7d", "720m", null, null, null],
    );
    assert.deepEqual(view?.features[3]?.aggregation, {
      how: "fourier",
      period: "week",
      harmonic: 1,
      wave: "sin",
    });
    assert.deepEqual(view?.features[4]?.aggregation, {
      how: "calendar",
      part: "hour_of_day",
    });
  },
);
