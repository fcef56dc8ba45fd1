/**
 * Profiles of sources and spreads of vectors, as SQL tells them and as a plain count
 * over the same signals does.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays } from "../../core/domain/day.ts";
import { type Random, seededRandom } from "../../core/domain/random.ts";
import type { EventSignal } from "../../core/domain/signal.ts";
import { cutsOf, findDrift } from "../../core/features/drift.ts";
import type { StreamProfile } from "../../core/ports/trust.ts";
import { createFeatureHistory } from "../../core/store/feature_history.ts";
import { createFeatureSpreads } from "../../core/store/feature_spreads.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import { createSourceProfiles } from "../../core/store/source_profile.ts";
import type { Sql } from "../../core/store/sql.ts";
import { levelOf, type Row } from "../features/source_histories.ts";
import { batch, campaignDay, keyed, SOURCE, subjectEvent } from "./cases.ts";
import { testDatabases } from "./databases.ts";
import { eventView, feature } from "./views.ts";

const FIRST = "2026-02-01";
const DAYS = 6;
const RANGE = { from: addDays(FIRST, 1), until: addDays(FIRST, DAYS) };

function between(random: Random, least: number, most: number): number {
  return least + Math.floor((most - least + 1) * random.next());
}

/** What was told of one day, by whatever of it came last. */
interface Told {
  readonly day: string;
  readonly rows: readonly Row[];
}

function expected(
  name: string,
  told: readonly Told[],
  heard: readonly string[],
): Omit<StreamProfile, "grain"> {
  const metrics = ["spend_micros", "clicks", "value_micros"] as const;
  return {
    source: SOURCE,
    connector: "csv",
    name,
    days: told.filter(({ day, rows }) =>
      rows.length > 0 && day >= RANGE.from && day < RANGE.until
    ).map(({ day, rows }) => ({
      day,
      signals: rows.length,
      levels: metrics.flatMap((metric) => levelOf(metric, rows) ?? []),
    })),
    heard: heard.filter((day) => day >= RANGE.from && day < RANGE.until),
  };
}

/** Levels in one order, as SQL gives them in none. */
function ordered(stream: StreamProfile): Omit<StreamProfile, "grain"> {
  const { grain: _grain, days, ...named } = stream;
  const order = ["spend_micros", "clicks", "value_micros"];
  return {
    ...named,
    days: days.map(({ levels, ...day }) => ({
      ...day,
      levels: levels.toSorted((a, b) =>
        order.indexOf(a.metric) - order.indexOf(b.metric)
      ),
    })),
  };
}

/** Each day heard on the next, and restated on the second. */
async function writeTotals(sql: Sql, tenant: string, random: Random) {
  const signals = createSignalStore(sql);
  const told: Told[] = [];
  for (let place = 0; place < DAYS; place++) {
    const day = addDays(FIRST, place);
    const campaigns = Array.from(
      { length: between(random, 0, 9) },
      (_, id) => `c-${id}`,
    );
    let rows: Row[] = [];
    for (const late of [1, 2]) {
      rows = campaigns.map(() => ({
        spend_micros: between(random, -3, 9),
        clicks: between(random, 0, 3),
      }));
      await signals.write(batch(tenant, {
        observedAt: `${addDays(day, late)}T06:00:00.000Z`,
        performance: campaigns.map((campaign, index) =>
          keyed(campaignDay(day, 0n, {
            entities: { account: "a-1", campaign },
            metrics: {
              spend_micros: BigInt(rows[index]?.spend_micros ?? 0),
              clicks: BigInt(rows[index]?.clicks ?? 0),
            },
          }))
        ),
      }));
    }
    told.push({ day, rows });
  }
  const heard = told.filter(({ rows }) => rows.length > 0)
    .map(({ day }) => addDays(day, 1));
  return expected("campaign_daily", told, heard);
}

/** Events of a type, all of them heard at once. */
async function writeEvents(sql: Sql, tenant: string, random: Random) {
  const told: Told[] = [];
  const events: EventSignal[] = [];
  for (let place = 0; place < DAYS; place++) {
    const day = addDays(FIRST, place);
    const values = Array.from(
      { length: between(random, 0, 12) },
      () => between(random, -2, 50),
    );
    values.forEach((value, index) => {
      events.push(subjectEvent(`${day}-${index}`, `${day}T23:59:59.999Z`, {
        type: "Order Completed",
        valueMicros: BigInt(value),
        currency: "EUR",
      }));
    });
    told.push({ day, rows: values.map((value) => ({ value_micros: value })) });
  }
  const observedAt = `${addDays(FIRST, DAYS - 1)}T07:00:00.000Z`;
  await createSignalStore(sql).write(batch(tenant, { observedAt, events }));
  return expected("Order Completed", told, [observedAt.slice(0, 10)]);
}

testDatabases(
  "profiles are what a plain count gives, restated totals once",
  async (sql) => {
    const profiles = createSourceProfiles(sql);
    for (let seed = 1; seed <= 12; seed++) {
      const tenant = `tenant-${seed}`;
      const random = seededRandom(seed);
      const totals = await writeTotals(sql, tenant, random);
      const orders = await writeEvents(sql, tenant, random);
      const found = await profiles.read(tenant, RANGE);
      assert.deepEqual(
        found.map(ordered),
        [totals, orders].filter(({ days }) => days.length > 0),
      );
      assert.deepEqual(
        found.map(({ grain }) => grain),
        ["performance", "event"].slice(0, found.length),
      );
    }
    assert.deepEqual(await profiles.read("nobody", RANGE), []);
  },
);

testDatabases(
  "earlier runs are told of, and vectors counted by their quartiles",
  async (sql) => {
    const [tenant, at] = ["acme", "2026-03-01T00:00:00.000Z"];
    const view = eventView(
      feature("count", { how: "count" }),
      feature("plan", { how: "last", of: "properties.plan" }),
      feature("value", { how: "sum", of: "value_micros" }),
    );
    const signals = createSignalStore(sql);
    const history = createFeatureHistory(sql);
    const spreads = createFeatureSpreads(sql);
    const write = async (from: number, until: number, valueMicros: bigint) => {
      const events = Array.from(
        { length: until - from },
        (_, index) =>
          subjectEvent(`e-${from + index}`, `${FIRST}T00:00:00.000Z`, {
            entities: { subject: `s-${from + index}` },
            properties: { plan: "free" },
            valueMicros: valueMicros + BigInt(index),
            currency: "EUR",
          }),
      );
      await signals.write(batch(tenant, {
        observedAt: `${FIRST}T01:00:00.000Z`,
        events,
      }));
    };
    await write(0, 200, 0n);
    await history.materialize(tenant, view, { at, scope: "all" });
    const first = await history.statistics(tenant, view);
    assert.deepEqual(await spreads.earlier(tenant, view, 5), []);
    await write(200, 600, 1000n);
    const later = "2026-03-02T00:00:00.000Z";
    await history.materialize(tenant, view, { at: later, scope: "all" });
    const [before] = await spreads.earlier(tenant, view, 5);
    assert.deepEqual(before, first);
    const counts = await spreads.count(tenant, view, cutsOf(first));
    assert.deepEqual(counts, [
      { feature: "count", known: 600, below: [0, 0, 0], upTo: [600, 600, 600] },
      {
        feature: "value",
        known: 600,
        below: [50, 100, 150],
        upTo: [50, 100, 150],
      },
    ]);
    const now = await history.statistics(tenant, view);
    const drifts = findDrift(now, [{ statistics: first, counts }]);
    assert.deepEqual(drifts.map(({ feature, what }) => [feature, what]), [
      ["value", "spread"],
    ]);
  },
);
