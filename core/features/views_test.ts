/**
 * Declared views: the built-in ones keep the rules, and a wrong one is told why.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import { BUILTIN_VIEWS } from "./builtin_views.ts";
import { parseView } from "./parse_view.ts";

Deno.test("built-in views are valid, named apart, and at least eight", () => {
  for (const view of BUILTIN_VIEWS) assert.deepEqual(parseView(view), view);
  const names = new Set(BUILTIN_VIEWS.map(({ name }) => name));
  assert.equal(names.size, BUILTIN_VIEWS.length);
  assert.ok(names.size >= 8);
});

Deno.test("built-in views fit a key's value", () => {
  for (const { name, features } of BUILTIN_VIEWS) {
    assert.ok(features.length * 250 < 65_536, name);
  }
});

const VIEW = {
  name: "orders",
  version: 1,
  entity: "subject",
  owner: "crm",
  purpose: "optimization",
  about: "Orders of a person",
  ttlSeconds: 3600,
  source: { grain: "event" },
  features: [{
    name: "orders_count_7d",
    about: "Orders",
    unit: "count",
    aggregation: { how: "count" },
    where: { types: ["Order Completed"] },
    windowDays: 7,
  }],
};

function withFeature(change: object): unknown {
  return { ...VIEW, features: [{ ...VIEW.features[0], ...change }] };
}

Deno.test.each([
  { change: { ...VIEW, name: "Orders" }, path: "name: use a snake_case" },
  { change: { ...VIEW, ttlSeconds: 0 }, path: "ttlSeconds:" },
  { change: { ...VIEW, colour: 1 }, path: "colour" },
  { change: withFeature({ windowDays: -1 }), path: "features.0.windowDays:" },
  {
    change: withFeature({ aggregation: { how: "sum", of: "clicks" } }),
    path: 'features.0.aggregation.of: event signals have no "clicks"',
  },
  {
    change: {
      ...withFeature({}) as object,
      source: { grain: "performance", level: "campaign" },
    },
    path: "features.0.where.types: only events have types",
  },
  {
    change: { ...VIEW, source: { grain: "calendar" } },
    path: "features.0.aggregation.how: a view of grain calendar",
  },
  {
    change: { ...VIEW, features: [VIEW.features[0], VIEW.features[0]] },
    path: 'features.1.name: "orders_count_7d" is there already',
  },
])("parseView() names what is wrong: $path", ({ change, path }) => {
  assert.throws(() => parseView(change), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "view_invalid");
    assert.ok(error.message.includes(path), error.message);
    return true;
  });
});
