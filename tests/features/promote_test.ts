/**
 * A version of a view serves once it is computed, so that readers never go without.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createFeatures } from "../../core/features/features.ts";
import type { FeatureView } from "../../core/domain/feature.ts";
import { batch, subjectEvent } from "../stores/cases.ts";
import { eventView, feature } from "../stores/views.ts";
import { withStores } from "./embedded_stores.ts";

const NOON = "2026-03-01T12:00:00.000Z";
const SAID = { about: "Orders", unit: "count" };
const FIRST: FeatureView = {
  ...eventView(feature("orders_count", { how: "count" }, SAID)),
  name: "orders",
  about: "Orders",
  purposes: ["optimization"],
};
const SECOND = { ...FIRST, version: 2, ttlSeconds: 900 };

Deno.test("a version that is not computed yet does not replace one that is", () =>
  withStores(NOON, async (stores, clock) => {
    const { history, online, views, signals } = stores;
    const features = createFeatures({ history, online, views, clock });
    const promote = () => features.promote("acme", SECOND);
    const job = { at: NOON, report: () => {} };
    const read = async () => {
      const ids = ["orders.orders_count"];
      const query = { ids, entities: { subject: "s-1" }, at: NOON };
      const readings = await features.read("acme", query);
      return ids.map((id) => readings[id]?.value);
    };
    await features.declare("acme", FIRST);
    const events = [subjectEvent("e-1", "2026-03-01T11:00:00.000Z")];
    await signals.write(batch("acme", { observedAt: NOON, events }));
    await features.materialize("acme", job);
    await features.declare("acme", SECOND);
    await assert.rejects(promote(), { code: "view_invalid" });
    assert.deepEqual(await read(), [1]);
    await features.materialize("acme", job);
    await promote();
    assert.deepEqual(await read(), [1]);
    const serving = await features.views("acme");
    assert.equal(serving.find(({ name }) => name === "orders")?.version, 2);
  }));
