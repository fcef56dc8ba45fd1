/**
 * Signals that love boundaries, and views that use every aggregation.
 *
 * @module
 */
import fc from "fast-check";
import { DAY_MS } from "../../core/domain/day.ts";
import type {
  Aggregation,
  FeatureDefinition,
  FeatureView,
} from "../../core/domain/feature.ts";
import type {
  EventSignal,
  PerformanceSignal,
  Scalar,
  Signal,
} from "../../core/domain/signal.ts";

/** What a source said at once. */
export interface Batch {
  readonly source: string;
  readonly observedAt: string;
  readonly signals: readonly Signal[];
}

/** The moment under test. */
export const AT = "2026-03-10T00:00:00.000Z";
/** By when the first batches were observed. */
export const KNOWN_AT = "2026-03-11T00:00:00.000Z";
const LATER = "2026-03-12T00:00:00.000Z";
/** Ids of subjects and campaigns. */
export const IDS = ["a", "b", "ä"];
/** Windows with an end in the past. */
export const BOUNDED = [1, 7, 0.5];
const WINDOWS = [...BOUNDED, null];

/** A moment so many milliseconds from {@link AT}. */
export function moment(offsetMs: number): string {
  return new Date(Date.parse(AT) + offsetMs).toISOString();
}

const boundary = fc.tuple(
  fc.constantFrom(0, -0.5, -1, -7, -8, -30, 1),
  fc.constantFrom(-1, 0, 1),
).map(([days, millis]) => days * DAY_MS + millis);

const scalar: fc.Arbitrary<Scalar> = fc.constantFrom<Scalar>(
  0.1,
  0.2,
  -3,
  1e21,
  "12.5",
  "-.5",
  "1e2",
  "0x10",
  "",
  "abc",
  true,
  null,
);

const event: fc.Arbitrary<EventSignal> = fc.record({
  grain: fc.constant("event" as const),
  eventId: fc.constantFrom("1", "2", "3", "4", "5", "6", "é", "𝒳", "\uffff"),
  type: fc.constantFrom("Opened", "Clicked"),
  occurredAt: boundary.map(moment),
  entities: fc.constantFrom(...IDS).map((subject) => ({ subject })),
  value: fc.option(fc.bigInt({ min: -5n, max: 2n ** 52n })),
  property: scalar,
}).map(({ value, property, ...rest }) => ({
  ...rest,
  valueMicros: value,
  currency: value === null ? null : "EUR",
  properties: property === null ? {} : { p: property },
}));

const performance: fc.Arbitrary<PerformanceSignal> = fc.record({
  grain: fc.constant("performance" as const),
  report: fc.constant("daily"),
  level: fc.constantFrom("campaign" as const, "ad" as const),
  entities: fc.constantFrom(...IDS).map((campaign) => ({
    account: "acc",
    campaign,
    ad: `${campaign}-1`,
  })),
  day: boundary.map((offset) => moment(offset).slice(0, 10)),
  periodDays: fc.constantFrom(1, 7),
  zone: fc.constant("UTC"),
  currency: fc.constant("EUR"),
  breakdowns: fc.constantFrom<Record<string, string>>({}, { device: "tv" }),
  attribution: fc.constant(""),
  metrics: fc.record({
    clicks: fc.bigInt({ min: 0n, max: 9n }),
    spend_micros: fc.bigInt({ min: 0n, max: 2n ** 50n }),
  }, { requiredKeys: ["clicks"] }),
});

/** Batches in the order in which they were observed. */
export const batches = fc.array(
  fc.record({
    source: fc.constantFrom<string>("s-1", "S-2"),
    observedAt: fc.constantFrom<string>(KNOWN_AT, LATER),
    signals: fc.array(fc.oneof(event, performance), { maxLength: 25 }),
  }),
  { minLength: 1, maxLength: 4 },
).map((all) =>
  all.sort((a, b) => Date.parse(a.observedAt) - Date.parse(b.observedAt))
);

/** Each aggregation over each window. */
export function overWindows(
  aggregations: Readonly<Record<string, Aggregation>>,
  also: Partial<FeatureDefinition> = {},
  windows: readonly (number | null)[] = WINDOWS,
): FeatureDefinition[] {
  return windows.flatMap((windowDays, place) =>
    Object.entries(aggregations).map(([name, aggregation]) => ({
      name: `${name}_${place}`,
      about: "Under test",
      unit: "any",
      aggregation,
      windowDays,
      ...also,
    }))
  );
}

const DECLARED = {
  version: 1,
  owner: "tests",
  purpose: "tests",
  about: "Under test",
  ttlSeconds: 60,
} as const;

/** Every aggregation over events. */
export const EVENT_VIEW: FeatureView = {
  ...DECLARED,
  name: "of_events",
  entity: "subject",
  source: { grain: "event" },
  features: [
    ...overWindows({
      count: { how: "count" },
      sum: { how: "sum", of: "value_micros" },
      sum_p: { how: "sum", of: "properties.p" },
      mean_p: { how: "mean", of: "properties.p" },
      min_p: { how: "min", of: "properties.p" },
      max_p: { how: "max", of: "properties.p" },
      last_p: { how: "last", of: "properties.p" },
      last_value: { how: "last", of: "value_micros" },
      rate: {
        how: "ratio",
        of: "count",
        over: "count",
        ofWhere: { types: ["Clicked"] },
        overWhere: { types: ["Opened"] },
      },
    }),
    ...overWindows({ opened: { how: "count" } }, {
      where: { types: ["Opened"] },
    }),
  ],
};

/** Every aggregation over totals. */
export const PERFORMANCE_VIEW: FeatureView = {
  ...DECLARED,
  name: "of_totals",
  entity: "campaign",
  source: { grain: "performance", level: "campaign" },
  features: overWindows(
    {
      count: { how: "count" },
      clicks: { how: "sum", of: "clicks" },
      spend: { how: "mean", of: "spend_micros" },
      least: { how: "min", of: "spend_micros" },
      last: { how: "last", of: "clicks" },
      cpc: {
        how: "ratio",
        of: "spend_micros",
        over: "clicks",
        prior: 0.3,
        strength: 7,
      },
    },
    {},
    BOUNDED,
  ),
};
