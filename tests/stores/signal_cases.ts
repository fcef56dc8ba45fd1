/**
 * Signals: bulk, revisions, what vanishes, and what arrives twice.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { WriteReport } from "../../core/ports/signals.ts";
import type { Stores } from "../../core/ports/stores.ts";
import {
  batch,
  campaignDay,
  type Case,
  claimOf,
  keyed,
  SOURCE,
  subjectEvent,
} from "./cases.ts";

const NOTHING: WriteReport = {
  inserted: 0,
  restated: 0,
  unchanged: 0,
  vanished: 0,
  events: 0,
  duplicates: 0,
  deadLetters: 0,
};

/** Total spend by day, as known at a moment. */
async function spend(stores: Stores, tenant: string, knownAt: string | null) {
  const [series] = await stores.history.series({
    tenant,
    metric: "spend_micros",
    level: "campaign",
    by: "campaign",
    parent: "channel",
    from: null,
    until: null,
    knownAt,
  });
  return [...series?.totals ?? []];
}

/** Cases about signals. */
export const signalCases: readonly Case[] = [
  {
    name: "entities are found that a source reported lately, and no others",
    run: async ({ signals }, tenant) => {
      await signals.write(batch(tenant, {
        performance: [keyed(campaignDay("2026-02-01", 5n))],
      }));
      const [type, id] = ["campaign", "c-1"] as const;
      const known = campaignDay("2026-02-01", 5n).entities[type];
      const asked = {
        entities: [`${type}:${known}`, `${type}:${id}-other`, `channel:x`],
        since: "2026-01-01",
      } as const;
      assert.deepEqual(
        [...await signals.reported(tenant, SOURCE, asked)],
        [`${type}:${known}`],
      );
      const elsewhere = [
        signals.reported(tenant, "other", asked),
        signals.reported(`${tenant}-x`, SOURCE, asked),
        signals.reported(tenant, SOURCE, { ...asked, since: "2026-02-02" }),
      ];
      for (const none of await Promise.all(elsewhere)) {
        assert.equal(none.size, 0);
      }
    },
  },
  {
    name: "a batch written again changes nothing",
    run: async ({ signals }, tenant) => {
      const page = batch(tenant, {
        performance: [keyed(campaignDay("2026-02-01", 5n))],
        events: [subjectEvent("e-1", "2026-02-01T10:00:00.000Z")],
        rejects: [{ reason: "day_invalid", detail: "row 3", original: "a\0b" }],
        cursor: { scope: "daily", value: "2026-02-01" },
      });
      assert.deepEqual(await signals.write(page), {
        ...NOTHING,
        inserted: 1,
        events: 1,
        deadLetters: 1,
      });
      const once = await signals.count(tenant);
      assert.deepEqual(await signals.write(page), {
        ...NOTHING,
        unchanged: 1,
        duplicates: 1,
      });
      assert.deepEqual(await signals.count(tenant), once);
      assert.deepEqual(once, [{
        source: SOURCE,
        performance: 1,
        revisions: 1,
        events: 1,
        deadLetters: { day_invalid: 1 },
        connector: "csv",
        lastObservedAt: "2026-03-01T00:00:00.000Z",
      }]);
      assert.equal(
        await signals.readCursor(tenant, SOURCE, "daily"),
        "2026-02-01",
      );
      assert.equal(await signals.readCursor(tenant, SOURCE, "weekly"), null);
    },
  },
  {
    name: "a restated row keeps its revisions, and each moment its own answer",
    run: async (stores, tenant) => {
      const write = (observedAt: string, spendMicros: bigint) =>
        stores.signals.write(batch(tenant, {
          observedAt,
          performance: [keyed(campaignDay("2026-02-01", spendMicros))],
        }));
      await write("2026-02-02T00:00:00.000Z", 5n);
      assert.equal((await write("2026-02-03T00:00:00.000Z", 7n)).restated, 1);
      assert.equal((await write("2026-02-03T12:00:00.000Z", 7n)).unchanged, 1);
      assert.equal((await write("2026-02-04T00:00:00.000Z", 5n)).restated, 1);
      const known = (at: string | null) => spend(stores, tenant, at);
      assert.deepEqual(await known("2026-02-01T23:59:59.999Z"), []);
      assert.deepEqual(await known("2026-02-02T00:00:00.000Z"), [5]);
      assert.deepEqual(await known("2026-02-02T23:59:59.999Z"), [5]);
      assert.deepEqual(await known("2026-02-03T00:00:00.000Z"), [7]);
      assert.deepEqual(await known(null), [5]);
      const [counts] = await stores.signals.count(tenant);
      assert.equal(counts?.performance, 1);
      assert.equal(counts?.revisions, 3);
    },
  },
  {
    name: "an observation older than the one in force changes nothing",
    run: async (stores, tenant) => {
      const write = (observedAt: string, spendMicros: bigint) =>
        stores.signals.write(batch(tenant, {
          observedAt,
          performance: [keyed(campaignDay("2026-02-01", spendMicros))],
        }));
      await write("2026-02-03T00:00:00.000Z", 7n);
      assert.equal((await write("2026-02-02T00:00:00.000Z", 5n)).unchanged, 1);
      assert.deepEqual(await spend(stores, tenant, null), [7]);
    },
  },
  {
    name: "what a complete partition does not mention becomes zeros, once",
    run: async (stores, tenant) => {
      const stays = keyed(campaignDay("2026-02-01", 5n));
      const goes = keyed(
        campaignDay("2026-02-01", 3n, {
          entities: { account: "a-1", campaign: "c-2" },
        }),
      );
      const otherDay = keyed(campaignDay("2026-02-02", 9n));
      await stores.signals.write(
        batch(tenant, { performance: [stays, goes, otherDay] }),
      );
      const again = batch(tenant, {
        observedAt: "2026-03-02T00:00:00.000Z",
        performance: [stays],
        claims: [claimOf(stays)],
      });
      assert.deepEqual(await stores.signals.write(again), {
        ...NOTHING,
        unchanged: 1,
        vanished: 1,
      });
      assert.equal((await stores.signals.write(again)).vanished, 0);
      assert.deepEqual(await seriesOf(stores, tenant), {
        "c-1": [5, 9],
        "c-2": [0, 0],
      });
      const back = batch(tenant, {
        observedAt: "2026-03-03T00:00:00.000Z",
        performance: [goes],
      });
      assert.equal((await stores.signals.write(back)).restated, 1);
      assert.deepEqual((await seriesOf(stores, tenant))["c-2"], [3, 0]);
    },
  },
  {
    name:
      "of equal rows in one batch the last counts, of equal events the first",
    run: async (stores, tenant) => {
      const report = await stores.signals.write(batch(tenant, {
        performance: [5n, 6n].map((spendMicros) =>
          keyed(campaignDay("2026-02-01", spendMicros))
        ),
        events: ["Email Opened", "Email Clicked"].map((type) =>
          subjectEvent("e-1", "2026-02-01T10:00:00.000Z", { type })
        ),
      }));
      assert.deepEqual(report, {
        ...NOTHING,
        inserted: 1,
        events: 1,
        duplicates: 1,
      });
      assert.deepEqual(await spend(stores, tenant, null), [6]);
    },
  },
  {
    name: "a batch with one bad row leaves nothing behind",
    run: async ({ signals }, tenant) => {
      await assert.rejects(
        signals.write(batch(tenant, {
          events: [
            subjectEvent("e-1", "2026-02-01T10:00:00.000Z"),
            subjectEvent("e-2", "no moment"),
          ],
          cursor: { scope: "daily", value: "moved" },
        })),
        { code: "store_unavailable" },
      );
      assert.deepEqual(await signals.count(tenant), []);
      assert.equal(await signals.readCursor(tenant, SOURCE, "daily"), null);
    },
  },
  {
    name: "dead letters are found by source and reason, and keep their text",
    run: async ({ signals }, tenant) => {
      const original = 'c-1;"ü€\\";\t12,5';
      await signals.write(batch(tenant, {
        rejects: [
          { reason: "number_invalid", detail: "column 3", original },
          { reason: "day_invalid", detail: "column 1", original },
        ],
      }));
      const [letter, ...others] = await signals.listDeadLetters(tenant, {
        reason: "number_invalid",
        limit: 10,
      });
      assert.equal(others.length, 0);
      assert.equal(letter?.original, original);
      assert.equal(letter?.observedAt, "2026-03-01T00:00:00.000Z");
      assert.deepEqual(
        await signals.listDeadLetters(tenant, { source: "other", limit: 10 }),
        [],
      );
    },
  },
  {
    name: "more rows than one statement carries, in one batch",
    run: async ({ signals }, tenant) => {
      const events = Array.from(
        { length: 5001 },
        (_, place) =>
          subjectEvent(`e-${place}`, "2026-02-01T10:00:00.000Z", {
            entities: { subject: `s-${place}` },
          }),
      );
      assert.equal(
        (await signals.write(batch(tenant, { events }))).events,
        5001,
      );
    },
  },
];

async function seriesOf(stores: Stores, tenant: string) {
  const all = await stores.history.series({
    tenant,
    metric: "spend_micros",
    level: "campaign",
    by: "campaign",
    parent: "channel",
    from: null,
    until: null,
    knownAt: null,
  });
  return Object.fromEntries(all.map(({ id, totals }) => [id, [...totals]]));
}
