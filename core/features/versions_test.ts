/**
 * Versions of views.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type FeatureView, parseFeatureId } from "../domain/feature.ts";
import type { DeclaredView, ViewState } from "../ports/features.ts";
import { BUILTIN_VIEWS } from "./builtin_views.ts";
import {
  find,
  materialised,
  parseViewRef,
  pinIds,
  printViewRef,
  serving,
  withBuiltin,
} from "./versions.ts";

function declared(
  name: string,
  version: number,
  state: ViewState,
): DeclaredView {
  const view: FeatureView = {
    name,
    version,
    entity: "subject",
    owner: "tests",
    purposes: ["tests"],
    about: "Under test",
    ttlSeconds: 60,
    source: { grain: "event" },
    features: ["first", `only_${version}`].map((name) => ({
      name,
      about: "",
      unit: "count",
      aggregation: { how: "count" },
      window: null,
    })),
  };
  return { view, state, declaredAt: "2026-01-01T00:00:00Z", promotedAt: null };
}

const VIEWS = withBuiltin([
  declared("orders", 1, "retired"),
  declared("orders", 2, "superseded"),
  declared("orders", 3, "serving"),
  declared("orders", 4, "candidate"),
]);

Deno.test("built-in views and one version of each other view serve", () => {
  assert.deepEqual(
    serving(VIEWS).map(printViewRef),
    [...BUILTIN_VIEWS.map(printViewRef), "orders@3"],
  );
});

Deno.test("all versions with signals are kept but for the retired", () => {
  const kept = materialised(VIEWS).map(printViewRef);
  assert.deepEqual(kept.slice(-3), ["orders@2", "orders@3", "orders@4"]);
  assert.ok(kept.includes("audience@1"));
  assert.ok(!kept.includes("seasonality@1"));
  assert.ok(!kept.includes("orders@1"));
});

Deno.test.each([
  { id: "orders.only_3", want: "orders@3 1" },
  { id: "orders@3.first", want: "orders@3 0" },
  { id: "orders@2.only_2", want: "orders@2 1" },
  { id: "orders@4.only_4", want: "orders@4 1" },
  { id: "seasonality@1.hour_of_day", want: "seasonality@1 0" },
  { id: "orders.only_2", want: null },
  { id: "orders@1.first", want: null },
  { id: "orders@5.first", want: null },
  { id: "orders@x.first", want: null },
  { id: "orders", want: null },
  { id: "nowhere.first", want: null },
])("find() reads $id as $want", ({ id, want }) => {
  const found = find(VIEWS, parseFeatureId(id));
  const said = found && `${printViewRef(found.view)} ${found.place}`;
  assert.equal(said, want);
  if (found) assert.equal(found.feature, found.view.features[found.place]);
});

Deno.test.each([
  { pins: ["orders@2"], ids: ["orders.first"], want: ["orders@2.first"] },
  { pins: ["orders@2"], ids: ["orders@4.first"], want: ["orders@4.first"] },
  { pins: ["orders@2"], ids: ["people.first"], want: ["people.first"] },
  {
    pins: ["orders@4", "orders@2"],
    ids: ["orders@4.first", "orders.first"],
    want: ["orders@4.first", "orders@2.first"],
  },
  { pins: ["orders@4"], ids: ["orders.first"], want: ["orders@4.first"] },
])("pinIds() of $ids read from $pins is $want", ({ pins, ids, want }) => {
  assert.deepEqual(pinIds(ids, pins), want);
});

Deno.test("a version is named and read back", () => {
  const ref = { name: "orders", version: 12 };
  assert.deepEqual(parseViewRef(printViewRef(ref)), ref);
  for (const text of ["orders", "orders@", "orders@0", "Orders@1", "a@1.b"]) {
    assert.throws(() => parseViewRef(text), { code: "request_invalid" });
  }
});
