/**
 * Vectors that are kept: by runs and by refreshing, with tiles and with consent.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureVector, FeatureView } from "../../core/domain/feature.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { batch, campaignDay, type Case, keyed, subjectEvent } from "./cases.ts";
import { campaignView, eventView, feature } from "./views.ts";

const AT = "2026-02-10T12:00:00.000Z";
const LATER = "2026-02-10T12:00:00.001Z";

/** Computes a view of everybody, and reads what is kept. */
export async function materialized(
  history: Stores["history"],
  { tenant, view, at }: { tenant: string; view: FeatureView; at: string },
): Promise<FeatureVector[]> {
  const run = await history.materialize(tenant, view, { at, scope: "all" });
  const pages = await Array.fromAsync(history.vectors(tenant, view, null));
  assert.equal(pages.flat().length, run.rows);
  return pages.flat();
}

/** Cases about kept vectors. */
export const vectorCases: readonly Case[] = [
  {
    name: "what the moment tells is computed at points, and never kept",
    run: async ({ history, signals }, tenant) => {
      await signals.write(batch(tenant, {
        events: [subjectEvent("e-1", "2026-02-01T00:00:00.000Z")],
      }));
      const view = eventView(
        feature("count", { how: "count" }),
        feature("hour", { how: "calendar", part: "hour_of_day" }),
      );
      const points = [{ id: "s-1", at: AT }];
      const asked = { points, knownAt: null };
      assert.deepEqual(await history.aggregate(tenant, view, asked), [[1, 12]]);
      const [kept] = await materialized(history, { tenant, view, at: AT });
      assert.deepEqual(kept?.values, [1, null]);
      const calendar: FeatureView = {
        ...eventView(feature("hour", { how: "calendar", part: "hour_of_day" })),
        name: "calendar",
        source: { grain: "calendar" },
      };
      assert.deepEqual(await history.aggregate(tenant, calendar, asked), [
        [12],
      ]);
      const change = { touched: [{ id: "s-1", moments: [AT] }], at: AT };
      assert.deepEqual(await history.refresh(tenant, calendar, change), []);
    },
  },
  {
    name: "a signal that comes late, or is restated, corrects its tile",
    run: async ({ history, signals }, tenant) => {
      const view: FeatureView = {
        ...campaignView(
          feature("spend", { how: "sum", of: "spend_micros" }),
          feature("days", { how: "count" }),
        ),
        tiles: "day",
      };
      const write = (day: string, spendMicros: bigint, observedAt: string) =>
        signals.write(batch(tenant, {
          observedAt,
          performance: [keyed(campaignDay(day, spendMicros))],
        }));
      const refreshed = async (days: readonly string[]) => {
        const [vector] = await history.refresh(tenant, view, {
          touched: [{
            id: "c-1",
            moments: days.map((day) => `${day}T00:00:00.000Z`),
          }],
          at: AT,
        });
        return vector?.values;
      };
      await write("2026-02-01", 5n, "2026-02-02T00:00:00.000Z");
      await history.materialize(tenant, view, { at: AT, scope: "all" });
      assert.deepEqual(await refreshed([]), [5, 1]);
      await write("2026-02-01", 8n, "2026-02-03T00:00:00.000Z");
      await write("2026-01-01", 100n, "2026-02-03T00:00:00.000Z");
      assert.deepEqual(await refreshed(["2026-02-01"]), [8, 1]);
      assert.deepEqual(await refreshed(["2026-01-01"]), [108, 2]);
      assert.deepEqual(await refreshed(["2026-01-01"]), [108, 2]);
    },
  },
  {
    name: "an older moment never replaces a newer vector",
    run: async ({ history, signals }, tenant) => {
      await signals.write(batch(tenant, {
        events: [subjectEvent("e-1", "2026-02-10T11:00:00.000Z")],
      }));
      const view = eventView(
        feature("hour", { how: "count" }, { window: "1h" }),
      );
      const refreshed = async (at: string) => {
        const touched = [{ id: "s-1", moments: [at] }];
        const [vector] = await history.refresh(tenant, view, { touched, at });
        return [vector?.at, vector?.values[0]];
      };
      assert.deepEqual(await refreshed(AT), [AT, 1]);
      const older = "2026-02-10T11:00:00.000Z";
      assert.deepEqual(await refreshed(older), [AT, 1]);
      await history.materialize(tenant, view, { at: older, scope: "all" });
      const pages = await Array.fromAsync(history.vectors(tenant, view, null));
      assert.deepEqual(pages.flat().map(({ at }) => at), [AT]);
    },
  },
  {
    name: "the latest that a person said of consent withholds a view",
    run: async ({ history, signals }, tenant) => {
      const said = (id: string, occurredAt: string, agreed: boolean) =>
        subjectEvent(id, occurredAt, { consent: { ads: agreed } });
      await signals.write(batch(tenant, {
        events: [
          said("e-1", "2026-02-01T00:00:00.000Z", true),
          said("e-2", "2026-02-02T00:00:00.000Z", false),
          subjectEvent("e-3", "2026-02-03T00:00:00.000Z", {
            consent: { email: true },
          }),
          said("e-4", AT, true),
        ],
      }));
      for (const rule of ["opt_in", "opt_out"] as const) {
        const view: FeatureView = {
          ...eventView(feature("week", { how: "count" }, { window: "30d" })),
          name: rule,
          consent: { to: "ads", rule },
        };
        const [kept] = await materialized(history, { tenant, view, at: AT });
        assert.deepEqual([kept?.withheld, kept?.values], [true, [null]]);
        const change = { touched: [{ id: "s-1", moments: [] }], at: LATER };
        const [free] = await history.refresh(tenant, view, change);
        assert.deepEqual([free?.withheld, free?.values], [undefined, [4]]);
        const [unknown] = await history.refresh(tenant, view, {
          ...change,
          touched: [{ id: "nobody", moments: [] }],
        });
        assert.equal(unknown?.withheld ?? false, rule === "opt_in");
      }
    },
  },
  {
    name: "a run holds the entities of the widest window and replaces itself",
    run: async (stores, tenant) => {
      await stores.signals.write(batch(tenant, {
        events: [
          subjectEvent("e-1", "2026-02-10T00:00:00.000Z"),
          subjectEvent("e-2", "2026-01-01T00:00:00.000Z", {
            entities: { subject: "s-old" },
          }),
          subjectEvent("e-3", "2026-02-10T00:00:00.000Z", {
            entities: { campaign: "c-1" },
          }),
        ],
      }));
      const view = eventView(
        feature("week", { how: "count" }, { window: "7d" }),
      );
      const run = () => materialized(stores.history, { tenant, view, at: AT });
      const [first, ...others] = await run();
      assert.deepEqual(others, []);
      assert.deepEqual(first, {
        view: "engagement",
        version: 1,
        entity: "subject:s-1",
        at: AT,
        values: [1],
      });
      assert.deepEqual(await run(), [first]);
    },
  },
];
