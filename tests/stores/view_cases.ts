/**
 * Declared views: versions that never change, one of which serves.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureView } from "../../core/domain/feature.ts";
import type { ViewStore } from "../../core/ports/features.ts";
import type { Case } from "./cases.ts";
import { eventView, feature } from "./views.ts";

const AT = "2026-03-01T00:00:00.000Z";
const LATER = "2026-03-02T00:00:00.000Z";

function version(version: number, also: Partial<FeatureView> = {}) {
  const view = eventView(feature("orders", { how: "count" }));
  return { ...view, version, ...also };
}

async function states(views: ViewStore, tenant: string): Promise<string[]> {
  const listed = await views.list(tenant);
  return listed.map(({ view, state }) => `${view.version} ${state}`);
}

/** Cases about declared views. */
export const viewCases: readonly Case[] = [
  {
    name: "a declared view comes back as declared, and never changes",
    run: async ({ views }, tenant) => {
      await views.save(tenant, version(2), AT);
      await views.save(tenant, version(2), LATER);
      assert.deepEqual(await views.list(tenant), [{
        view: version(2),
        state: "serving",
        declaredAt: AT,
        promotedAt: AT,
      }]);
      const refused = { code: "view_invalid", message: /raise the version/ };
      const changed = version(2, { ttlSeconds: 1 });
      await assert.rejects(views.save(tenant, changed, LATER), refused);
      await assert.rejects(views.save(tenant, version(1), LATER), refused);
      assert.deepEqual(await states(views, tenant), ["2 serving"]);
      assert.deepEqual(await views.list(`${tenant}-other`), []);
    },
  },
  {
    name: "a later version waits until it is promoted, and back",
    run: async ({ views }, tenant) => {
      const other = { name: "other" };
      await views.save(tenant, version(1), AT);
      await views.save(tenant, version(1, other), AT);
      await views.save(tenant, version(3), AT);
      const promote = (number: number) =>
        views.promote(tenant, version(number), LATER);
      await promote(3);
      await promote(3);
      const named = await views.list(tenant);
      assert.deepEqual(
        named.map(({ view, state, promotedAt }) => [
          view.name,
          view.version,
          state,
          promotedAt,
        ]),
        [
          ["engagement", 1, "superseded", AT],
          ["engagement", 3, "serving", LATER],
          ["other", 1, "serving", AT],
        ],
      );
      await promote(1);
      assert.deepEqual(await states(views, tenant), [
        "1 serving",
        "3 superseded",
        "1 serving",
      ]);
      const unknown = { code: "not_found" };
      await assert.rejects(promote(2), unknown);
      const elsewhere = `${tenant}-other`;
      await assert.rejects(
        views.promote(elsewhere, version(1), AT),
        unknown,
      );
    },
  },
  {
    name: "a version retires for ever, but not while it serves",
    run: async ({ views }, tenant) => {
      await views.save(tenant, version(1), AT);
      await views.save(tenant, version(2), AT);
      const refused = { code: "view_invalid" };
      await assert.rejects(views.retire(tenant, version(1)), refused);
      await assert.rejects(views.retire(tenant, version(9)), {
        code: "not_found",
      });
      await views.retire(tenant, version(2));
      await views.retire(tenant, version(2));
      await assert.rejects(views.promote(tenant, version(2), AT), refused);
      await views.save(tenant, version(2), AT);
      assert.deepEqual(await states(views, tenant), ["1 serving", "2 retired"]);
      await views.save(tenant, version(3), AT);
      assert.equal((await states(views, tenant))[2], "3 candidate");
    },
  },
  {
    name: "one version serves whoever declares and promotes at the same time",
    run: async ({ views }, tenant) => {
      const numbers = [1, 2, 3, 4, 5];
      await Promise.allSettled(
        numbers.map((number) => views.save(tenant, version(number), AT)),
      );
      await Promise.allSettled(
        numbers.map((number) => views.promote(tenant, version(number), LATER)),
      );
      const serving = (await states(views, tenant))
        .filter((state) => state.endsWith("serving"));
      assert.equal(serving.length, 1);
    },
  },
];
