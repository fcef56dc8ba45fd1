/**
 * Features in SQL: windows to the millisecond, ties, bad text, many features.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  FeatureValue,
  FeatureView,
  SignalField,
} from "../../core/domain/feature.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { batch, campaignDay, type Case, keyed, subjectEvent } from "./cases.ts";
import { materialized } from "./vector_cases.ts";
import { campaignView, eventView, feature } from "./views.ts";

const AT = "2026-02-10T12:00:00.000Z";

interface Asked {
  readonly view: FeatureView;
  readonly id: string;
  readonly at?: string;
}

/** Values of one entity by all ways of computing them, which must agree. */
async function valuesOf(
  { history }: Stores,
  tenant: string,
  { view, id, at = AT }: Asked,
): Promise<readonly FeatureValue[] | undefined> {
  const points = [{ id, at }];
  const [values] = await history.aggregate(tenant, view, {
    points,
    knownAt: null,
  });
  const entity = `${view.entity}:${id}`;
  for (const tiles of [undefined, "hour", "day"] as const) {
    const named = { ...view, name: `${view.name}_${tiles}_${at}` };
    const kept = { ...named, ...(tiles && { tiles }) };
    const vectors = await materialized(history, { tenant, view: kept, at });
    const found = vectors.find((vector) => vector.entity === entity);
    if (found !== undefined) assert.deepEqual(found.values, values);
    const [refreshed] = await history.refresh(tenant, kept, {
      touched: [{ id, moments: [at] }],
      at,
    });
    const none = view.features.map(() => null);
    assert.deepEqual(refreshed?.values, found?.values ?? none);
  }
  return values;
}

/** Cases about features. */
export const featureCases: readonly Case[] = [
  {
    name: "a window of events holds its first moment and not its last",
    run: async (stores, tenant) => {
      await stores.signals.write(batch(tenant, {
        events: [
          subjectEvent("before", "2026-02-09T11:59:59.999Z"),
          subjectEvent("first", "2026-02-09T12:00:00.000Z"),
          subjectEvent("last", "2026-02-10T11:59:59.999Z"),
          subjectEvent("after", AT),
        ],
      }));
      const view = eventView(
        feature("day", { how: "count" }, { window: "1d" }),
        feature("longer", { how: "count" }, { window: "1441m" }),
        feature("ever", { how: "count" }),
      );
      assert.deepEqual(
        await valuesOf(stores, tenant, { view, id: "s-1" }),
        [2, 3, 3],
      );
      assert.deepEqual(
        await valuesOf(stores, tenant, { view, id: "nobody" }),
        [0, 0, 0],
      );
    },
  },
  {
    name: "a day's totals count at its midnight",
    run: async (stores, tenant) => {
      await stores.signals.write(batch(tenant, {
        performance: ["2026-02-08", "2026-02-09", "2026-02-10"].map((day) =>
          keyed(campaignDay(day, 10n))
        ),
      }));
      const view = campaignView(
        feature("spend", { how: "sum", of: "spend_micros" }, { window: "1d" }),
        feature("clicks", { how: "sum", of: "clicks" }),
      );
      const spend = (at: string) =>
        valuesOf(stores, tenant, { view, id: "c-1", at });
      assert.deepEqual(await spend("2026-02-09T00:00:00.000Z"), [10, 2]);
      assert.deepEqual(await spend("2026-02-09T00:00:00.001Z"), [10, 4]);
      assert.deepEqual(await spend("2026-02-10T00:00:00.000Z"), [10, 4]);
      assert.deepEqual(await spend("2026-02-12T00:00:00.000Z"), [0, 6]);
    },
  },
  {
    name:
      "every aggregate, over numbers, text that is a number, and other text",
    run: async (stores, tenant) => {
      const amounts = [0.1, "0.2", "1e1", "n/a", true, null];
      await stores.signals.write(batch(tenant, {
        events: amounts.map((amount, place) =>
          subjectEvent(`e-${place}`, `2026-02-0${place + 1}T00:00:00.000Z`, {
            properties: { amount },
            valueMicros: BigInt(place),
            currency: "EUR",
          })
        ),
      }));
      const of = "properties.amount";
      const view = eventView(
        feature("sum", { how: "sum", of }),
        feature("mean", { how: "mean", of }),
        feature("min", { how: "min", of }),
        feature("max", { how: "max", of }),
        feature("last", { how: "last", of }),
        feature("value", { how: "mean", of: "value_micros" }),
        feature("none", { how: "mean", of: "properties.absent" }),
        feature("empty", { how: "sum", of: "properties.absent" }),
      );
      assert.deepEqual(
        await valuesOf(stores, tenant, { view, id: "s-1" }),
        [10.3, 10.3 / 3, 0.1, 10, "true", 2.5, null, 0],
      );
    },
  },
  {
    name: "of last values at one moment the greatest source, then id, counts",
    run: async (stores, tenant) => {
      const write = (source: string, ids: string[]) =>
        stores.signals.write({
          ...batch(tenant, {
            events: ids.map((id) =>
              subjectEvent(id, "2026-02-01T00:00:00.000Z", {
                properties: { from: `${source}/${id}` },
              })
            ),
          }),
          source,
        });
      const view = eventView(
        feature("from", { how: "last", of: "properties.from" }),
      );
      await write("b", ["e-10", "e-9"]);
      await write("a", ["e-99"]);
      assert.deepEqual(
        await valuesOf(stores, tenant, { view, id: "s-1" }),
        ["b/e-9"],
      );
    },
  },
  {
    name: "filters choose types, and a ratio is smoothed towards its prior",
    run: async (stores, tenant) => {
      const sent = ["e-1", "e-2", "e-3", "e-4"].map((id) =>
        subjectEvent(id, "2026-02-01T00:00:00.000Z", { type: "Email Sent" })
      );
      const opened = subjectEvent("e-5", "2026-02-01T01:00:00.000Z");
      await stores.signals.write(batch(tenant, { events: [...sent, opened] }));
      const shares = {
        how: "ratio",
        of: "count",
        over: "count",
        ofWhere: { types: ["Email Opened"] },
        overWhere: { types: ["Email Sent"] },
      } as const;
      const view = eventView(
        feature("sent", { how: "count" }, { where: { types: ["Email Sent"] } }),
        feature("open", shares),
        feature("smooth", { ...shares, prior: 0.5, strength: 6 }),
        feature("unseen", { ...shares, overWhere: { types: ["None"] } }),
      );
      assert.deepEqual(
        await valuesOf(stores, tenant, { view, id: "s-1" }),
        [4, 0.25, 0.4, null],
      );
    },
  },
  {
    name: "more features than a function takes arguments",
    run: async (stores, tenant) => {
      await stores.signals.write(batch(tenant, {
        events: [subjectEvent("e-1", "2026-02-01T00:00:00.000Z")],
      }));
      const view = eventView(
        ...Array.from(
          { length: 200 },
          (_, place) =>
            feature(`f_${place}`, { how: "count" }, {
              window: place % 2 === 0 ? "1d" : "30d",
            }),
        ),
      );
      const values = await valuesOf(stores, tenant, { view, id: "s-1" });
      assert.deepEqual(values, view.features.map((_, place) => place % 2));
    },
  },
  {
    name: "a view that asks for what its signals do not have is refused",
    run: async ({ history }, tenant) => {
      const sum = (of: SignalField) => feature("sum", { how: "sum", of });
      const views = [
        campaignView(sum("properties.amount")),
        campaignView(sum("value_micros")),
        eventView(sum("clicks")),
        campaignView(feature("opens", { how: "count" }, {
          where: { types: ["Email Opened"] },
        })),
      ];
      for (const view of views) {
        const points = [{ id: "x", at: AT }];
        await assert.rejects(
          history.aggregate(tenant, view, { points, knownAt: null }),
          { code: "view_invalid" },
        );
        const job = { at: AT, scope: "all" } as const;
        await assert.rejects(history.materialize(tenant, view, job), {
          code: "view_invalid",
        });
        await assert.rejects(
          history.refresh(tenant, { ...view, tiles: "day" }, {
            touched: [{ id: "x", moments: [AT] }],
            at: AT,
          }),
          { code: "view_invalid" },
        );
      }
    },
  },
];
