/**
 * Signals that love boundaries: of windows, tiles, days and of the hour that the clock
 * skips; late, repeated, restated and tied.
 *
 * @module
 */
import fc from "fast-check";
import { DAY_MS } from "../../core/domain/day.ts";
import { spanMs } from "../../core/domain/feature.ts";
import type {
  Consent,
  EventSignal,
  PerformanceSignal,
  Scalar,
  Signal,
} from "../../core/domain/signal.ts";
import { BOUNDED } from "./boundary_views.ts";

/** What a source said at once. */
export interface Batch {
  readonly source: string;
  readonly observedAt: string;
  readonly signals: readonly Signal[];
}

/** The moment under test. */
export const AT = "2026-03-10T00:00:00.000Z";
/** By when the first batches were observed, of those that came after {@link AT}. */
export const KNOWN_AT = "2026-03-11T00:00:00.000Z";
const LATER = "2026-03-12T00:00:00.000Z";
/** Ids of subjects and campaigns. */
export const IDS = ["a", "b", "ä"];

/** A moment so many milliseconds from {@link AT}. */
export function moment(offsetMs: number): string {
  return new Date(Date.parse(AT) + offsetMs).toISOString();
}

const HOUR_MS = DAY_MS / 24;
/** New York skipped an hour. */
const SKIPPED_MS = -41 * HOUR_MS;
const ODD_MS = 3 * HOUR_MS + 37 * 60_000 + 123;

/** Milliseconds from {@link AT} of moments worth asking about. */
const ASKED_MS = [0, 1, -1, -DAY_MS, HOUR_MS, ODD_MS, -ODD_MS, SKIPPED_MS];
/** Moments worth asking about: on edges of tiles, just beside them, and in between. */
export const INSTANTS: readonly string[] = ASKED_MS.map(moment);

const jitter = fc.constantFrom(-1, 0, 1);
/** Ends and beginnings of windows that end at a moment worth asking about. */
const edge = fc.tuple(
  fc.constantFrom(...ASKED_MS),
  fc.constantFrom(0, 0, ...BOUNDED.map(spanMs)),
  jitter,
).map(([at, window, millis]) => at - window + millis);
const tile = fc.tuple(fc.integer({ min: -30, max: 5 }), jitter)
  .map(([hours, millis]) => hours * HOUR_MS + millis);
const boundary = fc.oneof(
  { weight: 4, arbitrary: edge },
  { weight: 2, arbitrary: tile },
  { weight: 1, arbitrary: fc.constantFrom(-30 * DAY_MS, -400 * DAY_MS) },
);

const scalar: fc.Arbitrary<Scalar> = fc.constantFrom<Scalar>(
  0.1,
  0.2,
  -3,
  1e21,
  1e-7,
  1e-31,
  1e35,
  "12.5",
  "-.5",
  "1e2",
  "-0",
  "0x10",
  "",
  "abc",
  "true",
  true,
  null,
);

const consent: fc.Arbitrary<{ consent?: Consent }> = fc.constantFrom(
  {},
  {},
  { consent: {} },
  { consent: { email: true } },
  { consent: { email: false } },
  { consent: { ads: false } },
);

const eventId = fc.oneof(
  fc.integer({ min: 1, max: 20 }).map(String),
  fc.constantFrom("é", "𝒳", "\uffff"),
);

const event: fc.Arbitrary<EventSignal> = fc.record({
  grain: fc.constant("event" as const),
  eventId,
  type: fc.constantFrom("Opened", "Clicked"),
  occurredAt: boundary.map(moment),
  entities: fc.constantFrom(
    ...IDS.map((subject) => ({ subject })),
    { subject: "a", campaign: "b" },
    { campaign: "a" },
  ),
  value: fc.option(fc.bigInt({ min: -5n, max: 2n ** 52n })),
  property: scalar,
  agreed: consent,
}).map(({ value, property, agreed, ...rest }) => ({
  ...rest,
  ...agreed,
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
  day: fc.constantFrom(0, 0, 1, 1, 2, 3, 7, 8, 365, 366, -1)
    .map((days) => moment(-days * DAY_MS).slice(0, 10)),
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

/** Before, at and after moments that are asked about. */
const observed = fc.constantFrom<string>(
  moment(-8 * DAY_MS),
  moment(-DAY_MS),
  moment(-1),
  AT,
  moment(1),
  KNOWN_AT,
  LATER,
);

/** Batches in the order in which they were observed. */
export const batches: fc.Arbitrary<readonly Batch[]> = fc.array(
  fc.record({
    source: fc.constantFrom<string>("s-1", "S-2"),
    observedAt: observed,
    signals: fc.array(fc.oneof(event, performance), {
      maxLength: 25,
      size: "max",
    }),
  }),
  { minLength: 1, maxLength: 4 },
).map((all) =>
  all.sort((a, b) => Date.parse(a.observedAt) - Date.parse(b.observedAt))
);

/**
 * Events of one subject with more distinct values than are counted one by one, at a
 * distance of 7 minutes, the last just before {@link AT}.
 */
export function crowd(subject: string, count: number): EventSignal[] {
  return Array.from({ length: count }, (_, place) => ({
    grain: "event",
    eventId: `${place}`,
    type: "Opened",
    occurredAt: moment(-1 - place * 7 * 60_000),
    entities: { subject },
    valueMicros: BigInt(place),
    currency: "EUR",
    properties: { p: place % 3 === 0 ? place / 8 : `v${place}` },
  }));
}
