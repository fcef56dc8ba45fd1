/**
 * What training reads: features as known then, labels, and series.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureView } from "../../core/domain/feature.ts";
import type { EventSignal } from "../../core/domain/signal.ts";
import { batch, campaignDay, type Case, keyed, subjectEvent } from "./cases.ts";
import { campaignView, eventView, feature } from "./views.ts";

const AT = "2026-02-10T12:00:00.000Z";

/** Cases about training's reads. */
export const historyCases: readonly Case[] = [
  {
    name: "points see only what was observed by then",
    run: async (stores, tenant) => {
      const write = (observedAt: string, event: string, spendMicros: bigint) =>
        stores.signals.write(batch(tenant, {
          observedAt,
          events: [subjectEvent(event, "2026-02-01T00:00:00.000Z")],
          performance: [keyed(campaignDay("2026-02-01", spendMicros))],
        }));
      await write("2026-02-02T00:00:00.000Z", "e-1", 5n);
      await write("2026-02-05T00:00:00.000Z", "e-2", 8n);
      const known = async (knownAt: string | null) => {
        const counts = await stores.history.aggregate(
          tenant,
          eventView(feature("count", { how: "count" })),
          { points: [{ id: "s-1", at: AT }], knownAt },
        );
        const spends = await stores.history.aggregate(
          tenant,
          campaignView(feature("spend", { how: "sum", of: "spend_micros" })),
          { points: [{ id: "c-1", at: AT }], knownAt },
        );
        return [counts[0]?.[0], spends[0]?.[0]];
      };
      assert.deepEqual(await known("2026-02-01T00:00:00.000Z"), [0, 0]);
      assert.deepEqual(await known("2026-02-02T00:00:00.000Z"), [1, 5]);
      assert.deepEqual(await known("2026-02-05T00:00:00.000Z"), [2, 8]);
      assert.deepEqual(await known(null), [2, 8]);
    },
  },
  {
    name: "a label is what happened after the start, within its days",
    run: async (stores, tenant) => {
      const order = (id: string, occurredAt: string, subject = "s-1") =>
        subjectEvent(id, occurredAt, {
          type: "Order Completed",
          entities: { subject },
          valueMicros: 10n,
          currency: "EUR",
        });
      await stores.signals.write(batch(tenant, {
        events: [
          subjectEvent("start", "2026-02-01T00:00:00.000Z", {
            type: "Email Sent",
            properties: { segment: "Mens" },
          }),
          subjectEvent("later", "2026-02-20T00:00:00.000Z", {
            type: "Email Sent",
          }),
          subjectEvent("nobody", "2026-02-01T00:00:00.000Z", {
            type: "Email Sent",
            entities: { campaign: "c-1" },
          }),
          order("same moment", "2026-02-01T00:00:00.000Z"),
          order("first", "2026-02-01T00:00:00.001Z"),
          order("last", "2026-02-03T00:00:00.000Z"),
          order("too late", "2026-02-03T00:00:00.001Z"),
          order("other", "2026-02-02T00:00:00.000Z", "s-2"),
        ],
      }));
      const query = {
        tenant,
        start: "Email Sent",
        actionProperty: "segment",
        outcome: "Order Completed",
        matchOn: "subject",
        withinDays: 2,
        measure: "value",
        from: null,
        until: null,
        knownAt: null,
      } as const;
      const entities = { subject: "s-1", campaign: "c-1" };
      const start = {
        entities,
        at: "2026-02-01T00:00:00.000Z",
        action: "Mens",
        properties: { segment: "Mens" },
      };
      const later = {
        entities,
        at: "2026-02-20T00:00:00.000Z",
        action: null,
        properties: {},
      };
      assert.deepEqual(await stores.history.labels(query), [
        {
          ...start,
          label: 20,
          valueMicros: 20,
          outcomeAt: "2026-02-01T00:00:00.001Z",
        },
        { ...later, label: 0, valueMicros: 0, outcomeAt: null },
      ]);
      assert.deepEqual(
        await stores.history.labels({
          ...query,
          measure: "occurs",
          until: later.at,
        }),
        [{
          ...start,
          label: 1,
          valueMicros: 20,
          outcomeAt: "2026-02-01T00:00:00.001Z",
        }],
      );
      assert.deepEqual(
        await stores.history.labels({
          ...query,
          knownAt: "2026-02-28T23:59:59.999Z",
        }),
        [],
      );
    },
  },
  {
    name: "a label's first outcome is the first that was known by then",
    run: async (stores, tenant) => {
      const order = (eventId: string, occurredAt: string) =>
        subjectEvent(eventId, occurredAt, { type: "Order Completed" });
      const write = (observedAt: string, ...events: EventSignal[]) =>
        stores.signals.write(batch(tenant, { observedAt, events }));
      await write(
        "2026-02-03T00:00:00.000Z",
        subjectEvent("start", "2026-02-01T00:00:00.000Z"),
        order("second", "2026-02-03T00:00:00.000Z"),
      );
      await write(
        "2026-02-05T00:00:00.000Z",
        order("told late", "2026-02-02T00:00:00.000Z"),
      );
      const firstBy = async (knownAt: string) => {
        const [row] = await stores.history.labels({
          tenant,
          start: "Email Opened",
          actionProperty: null,
          outcome: "Order Completed",
          matchOn: "subject",
          withinDays: 7,
          measure: "occurs",
          from: null,
          until: null,
          knownAt,
        });
        return row?.outcomeAt;
      };
      assert.equal(
        await firstBy("2026-02-04T00:00:00.000Z"),
        "2026-02-03T00:00:00.000Z",
      );
      assert.equal(
        await firstBy("2026-02-05T00:00:00.000Z"),
        "2026-02-02T00:00:00.000Z",
      );
    },
  },
  {
    name: "series fill their gaps with zeros, at the period's step",
    run: async (stores, tenant) => {
      const week = (day: string, campaign: string, spendMicros: bigint) =>
        keyed(campaignDay(day, spendMicros, {
          report: "campaign_weekly",
          periodDays: 7,
          entities: { channel: "search", campaign },
        }));
      await stores.signals.write(batch(tenant, {
        performance: [
          week("2026-01-05", "c-1", 1n),
          week("2026-01-26", "c-1", 4n),
          week("2026-01-12", "c-2", 2n),
        ],
      }));
      const query = {
        tenant,
        metric: "spend_micros",
        level: "campaign",
        by: "campaign",
        parent: "channel",
        from: null,
        until: null,
        knownAt: null,
      } as const;
      const days = ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"];
      const parent = "search";
      assert.deepEqual(await stores.history.series(query), [
        { id: "c-1", parent, days, totals: new Float64Array([1, 0, 0, 4]) },
        { id: "c-2", parent, days, totals: new Float64Array([0, 2, 0, 0]) },
      ]);
      const some = { ...query, from: "2026-01-12", until: "2026-01-26" };
      assert.deepEqual(await stores.history.series(some), [{
        id: "c-2",
        parent,
        days: ["2026-01-12"],
        totals: new Float64Array([2]),
      }]);
      await stores.signals.write(batch(tenant, {
        performance: [keyed(campaignDay("2026-01-07", 1n))],
      }));
      await assert.rejects(stores.history.series(query), {
        code: "dataset_invalid",
      });
    },
  },
  {
    name: "two tenants with equal keys never meet",
    run: async (stores, tenant) => {
      const tenants = [tenant, `${tenant}-other`];
      const at = AT;
      const view = eventView(feature("n", { how: "count" }));
      const totals = campaignView(
        feature("spend", { how: "sum", of: "spend_micros" }),
      );
      for (const [place, each] of tenants.entries()) {
        const report = await stores.signals.write(batch(each, {
          performance: [keyed(campaignDay("2026-02-01", BigInt(place + 1)))],
          events: Array.from(
            { length: place + 1 },
            (_, n) => subjectEvent(`e-${n}`, "2026-02-01T00:00:00.000Z"),
          ),
          rejects: [{ reason: "day_invalid", detail: "", original: "a" }],
        }));
        assert.equal(report.inserted, 1);
        assert.equal(report.events, place + 1);
        assert.equal(report.deadLetters, 1);
      }
      for (const [place, each] of tenants.entries()) {
        const { history, signals } = stores;
        const value = async (of: FeatureView, id: string) => {
          const points = [{ id, at }];
          const options = { points, knownAt: null };
          const [values] = await history.aggregate(each, of, options);
          return values;
        };
        assert.deepEqual(await value(view, "s-1"), [place + 1]);
        assert.deepEqual(await value(totals, "c-1"), [place + 1]);
        await history.materialize(each, view, { at, scope: "all" });
        const kept = await Array.fromAsync(history.vectors(each, view, null));
        assert.deepEqual(kept.flat().map(({ values }) => values), [[
          place + 1,
        ]]);
        assert.equal((await signals.count(each))[0]?.events, place + 1);
        const letters = await signals.listDeadLetters(each, { limit: 9 });
        assert.equal(letters.length, 1);
        const labels = await history.labels({
          tenant: each,
          start: "Email Opened",
          actionProperty: null,
          outcome: "Email Opened",
          matchOn: "subject",
          withinDays: 1,
          measure: "occurs",
          from: null,
          until: null,
          knownAt: null,
        });
        assert.equal(labels.length, place + 1);
      }
    },
  },
];
