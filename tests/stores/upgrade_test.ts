/**
 * A database of an earlier release: what tenants declared then is read as it is said now.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseView } from "../../core/features/parse_view.ts";
import { migrate } from "../../core/store/migrate.ts";
import { createModelRegistry } from "../../core/store/model_registry.ts";
import { createPlanStore } from "../../core/store/plan_store.ts";
import type { Sql } from "../../core/store/sql.ts";
import { createViewStore } from "../../core/store/view_store.ts";
import { findBreak } from "../../core/domain/model_log.ts";
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

/** Brings an empty database to where the earlier release was. */
async function migrateEarlier(sql: Sql, tags: readonly string[]) {
  for (const tag of tags) {
    const text = await Deno.readTextFile(new URL(`${tag}.sql`, MIGRATIONS));
    for (const statement of text.split("--> statement-breakpoint")) {
      await sql.query(statement);
    }
  }
  await sql.query(
    "create table migration (tag text primary key, applied_at timestamptz not null default now())",
  );
  for (const tag of tags) {
    await sql.query("insert into migration (tag) values ($1)", [tag]);
  }
}

testEmptyDatabases(
  "views that an earlier release kept are still declared",
  async (sql) => {
    await migrateEarlier(sql, EARLIER);
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

/** Names and people that JSON prints with escapes, and one beyond the basic plane. */
const ANN = 'ann "\\" \t\u0001 é/😀';
const JUDGED = [
  { version: 1, status: "approved", reviewedAt: "2026-03-04T00:00:00.000Z" },
  { version: 2, status: "rejected", reviewedAt: "2026-03-02T00:00:00.000Z" },
  { version: 3, status: "approved", reviewedAt: "2026-03-03T00:00:00.120Z" },
  { version: 4, status: "pending", reviewedAt: null },
];

async function registerEarlier(sql: Sql, tenant: string): Promise<void> {
  for (const { version, status, reviewedAt } of JUDGED) {
    const createdAt = `2026-03-0${version}T00:00:00.000Z`;
    const record = { name: "bidder", createdBy: ANN, createdAt };
    await sql.query(
      "insert into model values ($1, 'bidder', $2::int4, $3::text::json, $4, $5, $6, $7)",
      [
        ...[tenant, version, JSON.stringify(record), status, ANN],
        ...[reviewedAt && "bob", reviewedAt],
      ],
    );
  }
}

testEmptyDatabases(
  "models that an earlier release kept have a log that holds and goes on",
  async (sql) => {
    await migrateEarlier(sql, [...EARLIER, "0003_features"]);
    await registerEarlier(sql, "acme");
    await registerEarlier(sql, "other");
    await migrate(sql);
    const models = createModelRegistry(sql);
    const events = await models.events("acme", "bidder");
    assert.deepEqual(
      events.map(({ at, kind, version, alias, by }) =>
        [at.slice(8, 10), kind, version, alias, by].join(" ")
      ),
      [
        `01 registered 1  ${ANN}`,
        `02 registered 2  ${ANN}`,
        "02 rejected 2  bob",
        `03 registered 3  ${ANN}`,
        "03 approved 3  bob",
        "03 assigned 3 champion bob",
        "04 approved 1  bob",
        "04 assigned 1 champion bob",
        `04 registered 4  ${ANN}`,
      ],
    );
    const champion = await models.champion("acme", "bidder");
    assert.equal(champion?.champion.version, 1);
    assert.equal(champion?.previous?.version, 3);
    await models.review("other", { name: "bidder", version: 4 }, {
      ...{ by: "cid", at: "2026-03-05T00:00:00.000Z", approve: true },
      alias: null,
    });
    for (const [tenant, length] of [["acme", 9], ["other", 10]] as const) {
      const log = await models.events(tenant, "bidder");
      assert.equal(log.length, length);
      assert.equal(findBreak(tenant, log), null);
    }
    assert.deepEqual(findBreak("other", events), { seq: 1, kind: "changed" });
  },
);

/** A plan as an earlier release kept it: no rate, no findings. */
function earlierPlan(id: string, state: string) {
  const operation = {
    ...{ id: `${id}/channel:tv`, target: "channel:tv" },
    field: "budget_micros_per_day",
  };
  return {
    ...{ id, state, createdBy: "ann", createdAt: "2026-03-01T00:00:00.000Z" },
    ...{ approvedBy: null, currency: "EUR", totalMicros: { $bigint: "5" } },
    recommendations: [],
    changeSet: {
      ...{ id: "c", destination: "file" },
      operations: [{ ...operation, expect: null, set: "5" }],
      inverse: [{ ...operation, expect: "5", set: null }],
    },
  };
}

testEmptyDatabases(
  "plans that an earlier release kept are read and moved on",
  async (sql) => {
    await migrateEarlier(sql, [...EARLIER, "0003_features", "0004_learning"]);
    const states = ["proposed", "approved", "applied", "rolled_back"];
    for (const [at, state] of states.entries()) {
      const id = `plan_${at}`;
      await sql.query(
        "insert into plan (tenant, id, state, created_by, created_at, approved_by, document) values ('acme', $1, $2, 'ann', '2026-03-01T00:00:00Z', $3, $4::text::json)",
        [
          ...[id, state, at > 0 ? "bob" : null],
          JSON.stringify(earlierPlan(id, "proposed")),
        ],
      );
    }
    await sql.query(
      "insert into plan_event (tenant, plan_id, seq, from_state, to_state, moved_by, at) values ('acme', 'plan_1', 1, 'proposed', 'approved', 'bob', '2026-03-01T01:00:00Z')",
    );
    await migrate(sql);
    const plans = createPlanStore(sql);
    for (const [at, state] of states.entries()) {
      const plan = await plans.find("acme", `plan_${at}`);
      assert.equal(plan?.state, state);
      assert.equal(plan.approvedBy, at > 0 ? "bob" : null);
      assert.deepEqual(plan.findings, []);
      assert.deepEqual(plan.changeSet.rate, { batch: 100, pauseMs: 0 });
      assert.equal(plan.totalMicros, 5n);
    }
    const step = { by: "cy", at: "2026-03-02T00:00:00.000Z" } as const;
    const move = { ...step, from: "approved", to: "applying" } as const;
    assert.equal((await plans.move("acme", "plan_1", move))?.state, "applying");
    assert.deepEqual(
      (await plans.history("acme", "plan_1")).map(({ to, reason }) => [
        ...[to, reason],
      ]),
      [["approved", null], ["applying", null]],
    );
  },
);
