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
  purposes: ["optimization"],
  about: "Orders of a person",
  ttlSeconds: 3600,
  source: { grain: "event" },
  features: [{
    name: "orders_count_7d",
    about: "Orders",
    unit: "count",
    aggregation: { how: "count" },
    where: { types: ["Order Completed"] },
    window: "7d",
  }],
};
const CAMPAIGN = { grain: "performance", level: "campaign" };
const CALENDAR = { grain: "calendar" };
const REQUEST = { grain: "request" };
const NUMBER = { how: "request", of: "age", as: "number" };

/** The view with another only feature, all signals, and other members. */
function withFeature(change: object, also: object = {}) {
  const { where: _, ...feature } = VIEW.features[0] ?? {};
  return { ...VIEW, features: [{ ...feature, ...change }], ...also };
}

/** The same without a window. */
function timeless(aggregation: object, also: object = {}) {
  return withFeature({ aggregation, window: null }, also);
}

Deno.test.each([
  { note: "a declaration", view: VIEW },
  {
    note: "consent, purposes and tiles",
    view: {
      ...VIEW,
      consent: { to: "email", rule: "opt_in" },
      purposes: ["optimization", "reporting"],
      tiles: "hour",
    },
  },
  { note: "a minute", view: withFeature({ window: "1m" }) },
  { note: "ten years", view: withFeature({ window: "3660d" }) },
  {
    note: "a rate",
    view: withFeature({ aggregation: { how: "rate", per: "hour" } }),
  },
  {
    note: "distinct values",
    view: timeless({ how: "distinct", of: "properties.sku" }),
  },
  {
    note: "decay of totals",
    view: timeless(
      { how: "decay", of: "clicks", halfLife: "12h" },
      { source: CAMPAIGN, entity: "campaign", tiles: "day" },
    ),
  },
  {
    note: "the hour beside signals",
    view: timeless({
      how: "calendar",
      part: "hour_of_day",
      zone: "Asia/Tokyo",
    }),
  },
  {
    note: "a wave",
    view: timeless(
      { how: "fourier", period: "year", harmonic: 20, wave: "cos" },
      { source: CALENDAR, entity: "tenant" },
    ),
  },
  {
    note: "holidays of a request",
    view: timeless(
      { how: "holiday", say: "days_until", days: ["2028-02-29"] },
      { source: REQUEST },
    ),
  },
  { note: "the request", view: timeless(NUMBER, { source: REQUEST }) },
  {
    note: "expectations of numbers",
    view: withFeature({ expect: { min: 0, max: 0, maxNullShare: 1 } }),
  },
  {
    note: "expectations of categories",
    view: withFeature({
      aggregation: { how: "last", of: "properties.plan" },
      expect: { oneOf: ["free", "paid"] },
    }),
  },
])("parseView() accepts $note as it is", ({ view }) => {
  assert.deepEqual(parseView(view), view);
});

Deno.test.each([
  { change: { ...VIEW, name: "Orders" }, path: "name: use a snake_case" },
  { change: { ...VIEW, name: "request" }, path: 'name: "request" names what' },
  { change: { ...VIEW, ttlSeconds: 0 }, path: "ttlSeconds:" },
  { change: { ...VIEW, colour: 1 }, path: "colour" },
  { change: { ...VIEW, purposes: [] }, path: "purposes:" },
  { change: { ...VIEW, purposes: ["a", "a"] }, path: "purposes: one is there" },
  {
    change: { ...VIEW, consent: { to: "email", rule: "maybe" } },
    path: "consent.rule:",
  },
  {
    change: withFeature({}, {
      entity: "segment",
      consent: { to: "email", rule: "opt_out" },
    }),
    path: "consent: only people agree",
  },
  {
    change: withFeature({}, { entity: "tenant" }),
    path: "entity: signals name no tenant",
  },
  { change: { ...VIEW, tiles: "minute" }, path: "tiles:" },
  {
    change: withFeature({}, { source: CAMPAIGN, tiles: "hour" }),
    path: "tiles: totals are of whole days; use day",
  },
  {
    change: timeless(NUMBER, { source: REQUEST, tiles: "day" }),
    path: "tiles: a view of grain request adds up no signals",
  },
  ...["7", "0d", "1.5d", "-1d", "7w", "1h ", "P1D"].map((window) => ({
    change: withFeature({ window }),
    path: "features.0.window: use a whole number of minutes, hours or days",
  })),
  ...["3661d", "87841h", "9999999m"].map((window) => ({
    change: withFeature({ window }),
    path: "features.0.window: use at most 3660d",
  })),
  { change: withFeature({ window: undefined }), path: "features.0.window:" },
  {
    change: withFeature({ windowDays: 7 }),
    path: "windowDays",
  },
  {
    change: timeless({ how: "rate", per: "day" }),
    path: "features.0.window: a rate needs a length",
  },
  {
    change: timeless({ how: "decay", of: "count", halfLife: "0h" }),
    path: "features.0.aggregation.halfLife: use a whole number",
  },
  {
    change: timeless({ how: "decay", of: "Count!", halfLife: "1d" }),
    path: "features.0.aggregation.of: use count, or name a metric",
  },
  {
    change: withFeature({ aggregation: { how: "sum", of: "clicks" } }),
    path: 'features.0.aggregation.of: event signals have no "clicks"',
  },
  {
    change: withFeature({
      aggregation: { how: "ratio", of: "count", over: "clicks" },
    }),
    path: 'features.0.aggregation.over: event signals have no "clicks"',
  },
  {
    change: withFeature({
      aggregation: { how: "distinct", of: "properties.a" },
    }, {
      source: CAMPAIGN,
    }),
    path: "features.0.aggregation.of: performance signals have no",
  },
  {
    change: { ...VIEW, source: CAMPAIGN },
    path: "features.0.where.types: only events have types",
  },
  {
    change: withFeature({
      aggregation: {
        how: "ratio",
        of: "clicks",
        over: "clicks",
        overWhere: { types: ["a"] },
      },
    }, { source: CAMPAIGN }),
    path: "features.0.aggregation.overWhere.types: only events have types",
  },
  ...[CALENDAR, REQUEST].map((source) => ({
    change: { ...VIEW, source },
    path:
      `features.0.aggregation.how: a view of grain ${source.grain} has no signals for a count`,
  })),
  ...[VIEW.source, CAMPAIGN, CALENDAR].map((source) => ({
    change: timeless(NUMBER, { source }),
    path: "features.0.aggregation.how: what a request gives belongs to a view",
  })),
  {
    change: withFeature({ aggregation: NUMBER }, { source: REQUEST }),
    path: "features.0.window: a request reads no signals; use null",
  },
  {
    change: {
      ...timeless({}),
      features: [{
        ...VIEW.features[0],
        window: null,
        aggregation: { how: "calendar", part: "is_weekend" },
      }],
    },
    path: "features.0.where: a calendar reads no signals; leave it out",
  },
  {
    change: timeless({ how: "calendar", part: "hour_of_day", zone: "Mars" }),
    path: "features.0.aggregation.zone: name an IANA time zone",
  },
  ...[0, 21, 1.5].map((harmonic) => ({
    change: timeless({ how: "fourier", period: "day", harmonic, wave: "sin" }),
    path: "features.0.aggregation.harmonic:",
  })),
  {
    change: timeless({ how: "holiday", say: "is", days: ["2027-02-29"] }),
    path: "features.0.aggregation.days.0: use a day of the calendar",
  },
  {
    change: timeless({
      how: "holiday",
      say: "is",
      days: Array.from({ length: 2001 }, () => "2026-01-01"),
    }),
    path: "features.0.aggregation.days:",
  },
  {
    change: withFeature({ expect: {} }),
    path: "features.0.expect: it asks for nothing",
  },
  {
    change: withFeature({ expect: { min: 2, max: 1 } }),
    path: "features.0.expect.min: it is above max",
  },
  {
    change: withFeature({ expect: { maxNullShare: 1.1 } }),
    path: "features.0.expect.maxNullShare:",
  },
  {
    change: withFeature({ expect: { oneOf: ["a"] } }),
    path: "features.0.expect.oneOf: its values are numbers",
  },
  {
    change: withFeature({
      aggregation: { how: "last", of: "properties.plan" },
      expect: { min: 1, oneOf: ["a"] },
    }),
    path: "features.0.expect.oneOf: a value is a category or a number",
  },
  {
    change: withFeature({
      aggregation: { ...NUMBER, as: "category" },
      window: null,
      expect: { max: 1 },
    }, { source: REQUEST }),
    path: "features.0.expect.min: its values are categories",
  },
  {
    change: { ...VIEW, features: [VIEW.features[0], VIEW.features[0]] },
    path: 'features.1.name: "orders_count_7d" is there already',
  },
  ...[null, [], "view", 7].map((change) => ({ change, path: "view: " })),
])("parseView() names what is wrong: $path", ({ change, path }) => {
  assert.throws(() => parseView(change), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "view_invalid");
    assert.ok(error.message.includes(path), error.message);
    return true;
  });
});
