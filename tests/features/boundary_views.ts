/**
 * Views that use every aggregation over every window, with and without tiles and
 * consent; and views drawn at random.
 *
 * @module
 */
import fc from "fast-check";
import type {
  Aggregation,
  FeatureDefinition,
  FeatureView,
  Span,
} from "../../core/domain/feature.ts";

/** Windows that end in the past, from a minute to a year. */
export const BOUNDED: readonly Span[] = [
  "1d",
  "7d",
  "12h",
  "1m",
  "15m",
  "90m",
  "365d",
];

const WINDOWS = [...BOUNDED, null];

/** Each aggregation over each window. */
export function overWindows(
  aggregations: Readonly<Record<string, Aggregation>>,
  also: Partial<FeatureDefinition> = {},
  windows: readonly (Span | null)[] = WINDOWS,
): FeatureDefinition[] {
  return windows.flatMap((window, place) =>
    Object.entries(aggregations).map(([name, aggregation]) => ({
      name: `${name}_${place}`,
      about: "Under test",
      unit: "any",
      aggregation,
      window,
      ...also,
    }))
  );
}

const DECLARED = {
  version: 1,
  owner: "tests",
  purposes: ["tests"],
  about: "Under test",
  ttlSeconds: 60,
} as const;

const OF_EVENTS: Readonly<Record<string, Aggregation>> = {
  count: { how: "count" },
  sum: { how: "sum", of: "value_micros" },
  "sum_p": { how: "sum", of: "properties.p" },
  "mean_p": { how: "mean", of: "properties.p" },
  "min_p": { how: "min", of: "properties.p" },
  "max_p": { how: "max", of: "properties.p" },
  "last_p": { how: "last", of: "properties.p" },
  "last_value": { how: "last", of: "value_micros" },
  "distinct_p": { how: "distinct", of: "properties.p" },
  "distinct_value": { how: "distinct", of: "value_micros" },
  "decay_count": { how: "decay", of: "count", halfLife: "6h" },
  "decay_value": { how: "decay", of: "value_micros", halfLife: "30d" },
  rate: {
    how: "ratio",
    of: "count",
    over: "count",
    ofWhere: { types: ["Clicked"] },
    overWhere: { types: ["Opened"] },
  },
  smoothed: {
    how: "ratio",
    of: "properties.p",
    over: "count",
    prior: 0.3,
    strength: 7,
  },
};
const OF_TOTALS: Readonly<Record<string, Aggregation>> = {
  count: { how: "count" },
  clicks: { how: "sum", of: "clicks" },
  spend: { how: "mean", of: "spend_micros" },
  least: { how: "min", of: "spend_micros" },
  most: { how: "max", of: "clicks" },
  last: { how: "last", of: "clicks" },
  distinct: { how: "distinct", of: "clicks" },
  decay: { how: "decay", of: "spend_micros", halfLife: "7d" },
  cpc: {
    how: "ratio",
    of: "spend_micros",
    over: "clicks",
    prior: 0.3,
    strength: 7,
  },
};
const RATES: Readonly<Record<string, Aggregation>> = {
  "per_hour": { how: "rate", per: "hour" },
  "per_day": { how: "rate", per: "day" },
};
const OPENED = { where: { types: ["Opened"] } };
const CONSENTED = ["opt_in", "opt_out"] as const;

/** Every aggregation over events, over every window: more features than a function of Postgres takes arguments. */
export const EVENT_VIEW: FeatureView = {
  ...DECLARED,
  name: "of_events",
  entity: "subject",
  source: { grain: "event" },
  features: [
    ...overWindows(OF_EVENTS),
    ...overWindows(RATES, OPENED, BOUNDED),
    ...overWindows({
      opened: { how: "count" },
      last_opened: { how: "last", of: "properties.p" },
    }, OPENED),
  ],
};

/** Every aggregation over totals. */
export const PERFORMANCE_VIEW: FeatureView = {
  ...DECLARED,
  name: "of_totals",
  entity: "campaign",
  source: { grain: "performance", level: "campaign" },
  features: [
    ...overWindows(OF_TOTALS, {}, BOUNDED),
    ...overWindows(RATES, {}, BOUNDED),
  ],
};

/** The same features with tiles; each value is the same. */
export const TILED_VIEWS: readonly FeatureView[] = [
  { ...EVENT_VIEW, name: "of_events_by_hour", tiles: "hour" },
  { ...EVENT_VIEW, name: "of_events_by_day", tiles: "day" },
  { ...PERFORMANCE_VIEW, name: "of_totals_by_day", tiles: "day" },
];

/** Features that a subject may have forbidden. */
export const CONSENT_VIEWS: readonly FeatureView[] = CONSENTED.map((rule) => ({
  ...EVENT_VIEW,
  name: `of_events_${rule}`,
  consent: { to: "email", rule },
  features: overWindows(OF_EVENTS, {}, ["7d"]),
}));

/** A few features of any kind over any windows, with or without tiles and consent. */
export const eventViews: fc.Arbitrary<FeatureView> = drawn(EVENT_VIEW, {
  tiles: fc.option(fc.constantFrom("hour" as const, "day"), {
    nil: undefined,
  }),
  rule: fc.option(fc.constantFrom(...CONSENTED), { nil: undefined, freq: 2 }),
});

/** A few features of totals of any kind over any windows, with or without tiles. */
export const performanceViews: fc.Arbitrary<FeatureView> = drawn(
  PERFORMANCE_VIEW,
  {
    tiles: fc.option(fc.constant("day" as const), { nil: undefined }),
    rule: fc.constant(undefined),
  },
);

function drawn(
  view: FeatureView,
  chosen: {
    readonly tiles: fc.Arbitrary<"hour" | "day" | undefined>;
    readonly rule: fc.Arbitrary<"opt_in" | "opt_out" | undefined>;
  },
): fc.Arbitrary<FeatureView> {
  return fc.record({
    features: fc.subarray([...view.features], { minLength: 1, maxLength: 12 }),
    tiles: chosen.tiles,
    rule: chosen.rule,
  }).map(({ features, tiles, rule }) => ({
    ...view,
    features,
    ...(tiles && { tiles }),
    ...(rule && { consent: { to: "email", rule } }),
  }));
}
