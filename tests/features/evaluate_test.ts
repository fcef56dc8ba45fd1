/**
 * The evaluator on its own rules; against what others computed, see
 * `evaluate_vectors_test.ts`.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS } from "../../core/domain/day.ts";
import { distinctEstimate, distinctHash } from "../../core/domain/distinct.ts";
import type {
  Aggregation,
  FeatureView,
  Span,
} from "../../core/domain/feature.ts";
import type { PerformanceSignal } from "../../core/domain/signal.ts";
import { parseView } from "../../core/features/parse_view.ts";
import { campaignView, eventView, feature } from "../stores/views.ts";
import { assertSame } from "./assert_same.ts";
import { AT, batches, crowd, moment } from "./boundary_signals.ts";
import {
  CONSENT_VIEWS,
  eventViews,
  performanceViews,
  TILED_VIEWS,
} from "./boundary_views.ts";
import { evaluate, isWithheld, type ObservedSignal } from "./evaluate.ts";
import { eventAt } from "./event_at.ts";
import { isDecimal, sumExactly } from "./exact_sum.ts";

const HOUR_MS = DAY_MS / 24;

function valueOf(
  aggregation: Aggregation,
  observed: readonly ObservedSignal[],
  window: Span | null = null,
) {
  const view = eventView(feature("it", aggregation, { window }));
  return evaluate(view, observed, { id: "u", at: AT })[0];
}

Deno.test.each([
  { note: "at the end", offset: 0, want: 0 },
  { note: "just before the end", offset: -1, want: 1 },
  { note: "at the start", offset: -DAY_MS, want: 1 },
  { note: "just before the start", offset: -DAY_MS - 1, want: 0 },
])("evaluate() counts an event $note as $want", ({ offset, want }) => {
  const events = [eventAt(moment(offset), { value: 1 })];
  assert.equal(valueOf({ how: "count" }, events, "1d"), want);
});

const THREE = [0.1, "0.2", true].map((value, place) =>
  eventAt(moment(-(place + 1) * HOUR_MS), { value })
);

Deno.test.each<[Aggregation, Span | null, unknown, unknown]>([
  [{ how: "count" }, null, 3, 0],
  [{ how: "rate", per: "hour" }, "12h", 0.25, 0],
  [{ how: "rate", per: "day" }, "90m", 16, 0],
  [{ how: "sum", of: "properties.value" }, null, 0.3, 0],
  [{ how: "mean", of: "properties.value" }, null, 0.15, null],
  [{ how: "min", of: "properties.value" }, null, 0.1, null],
  [{ how: "max", of: "properties.value" }, null, 0.2, null],
  [{ how: "last", of: "properties.value" }, null, 0.1, null],
  [{ how: "distinct", of: "properties.value" }, null, 3, 0],
  [{ how: "distinct", of: "properties.absent" }, null, 0, 0],
  [{ how: "decay", of: "count", halfLife: "1h" }, null, 0.875, 0],
  [{ how: "decay", of: "properties.absent", halfLife: "1h" }, null, 0, 0],
  [{ how: "ratio", of: "count", over: "count" }, null, 1, null],
  [
    {
      how: "ratio",
      of: "properties.value",
      over: "count",
      prior: 0.5,
      strength: 1,
    },
    null,
    0.2,
    0.5,
  ],
  [{ how: "calendar", part: "hour_of_day" }, null, 0, 0],
])(
  "evaluate() of %j over %s is %s, of nothing %s",
  (how, window, want, none) => {
    assert.equal(valueOf(how, THREE, window), want);
    assert.equal(valueOf(how, [], window), none);
  },
);

Deno.test("evaluate() weighs each value by its age in half-lives", () => {
  const aged = [[8, 1], [-3, 2], [0.5, 0.5]].map(([value = 0, days = 0]) =>
    eventAt(moment(-days * DAY_MS), { value })
  );
  const how = {
    how: "decay",
    of: "properties.value",
    halfLife: "12h",
  } as const;
  assert.equal(valueOf(how, aged), 8 / 4 - 3 / 16 + 0.5 / 2);
  assert.equal(valueOf(how, aged, "1d"), 8 / 4 + 0.5 / 2);
});

Deno.test("evaluate() estimates the number of very many distinct values", () => {
  const observed = crowd("u", 2000).map((signal) => ({
    source: "s",
    observedAt: AT,
    signal,
  }));
  const how = { how: "distinct", of: "properties.p" } as const;
  const texts = observed.map(({ signal }) => String(signal.properties.p));
  const hashes = texts.map(distinctHash).sort((a, b) => a - b);
  assert.equal(valueOf(how, observed), distinctEstimate(hashes));
  assert.equal(valueOf(how, observed.slice(0, 512)), 512);
});

Deno.test("evaluate() reads the request as it was given", () => {
  const view: FeatureView = {
    ...eventView(feature("device", {
      how: "request",
      of: "device",
      as: "category",
    })),
    source: { grain: "request" },
  };
  const point = { id: "u", at: AT };
  assert.deepEqual(evaluate(view, THREE, point), [null]);
  const given = { device: "tv" };
  assert.deepEqual(evaluate(view, THREE, { ...point, given }), ["tv"]);
});

function agreedAt(offset: number, agreed: boolean, to = "email") {
  return eventAt(moment(offset), { value: 1 }, { consent: { [to]: agreed } });
}

Deno.test.each([
  { note: "nothing", events: [eventAt(moment(-1), { value: 1 })], want: "out" },
  { note: "of another", events: [agreedAt(-1, true, "ads")], want: "out" },
  { note: "yes", events: [agreedAt(-1, true)], want: "both" },
  { note: "no", events: [agreedAt(-1, false)], want: "none" },
  {
    note: "yes after no",
    events: [agreedAt(-1, true), agreedAt(-2, false)],
    want: "both",
  },
  { note: "no at the moment", events: [agreedAt(0, false)], want: "out" },
  {
    note: "no beyond the window",
    events: [agreedAt(-99 * DAY_MS, false)],
    want: "none",
  },
])("consent of which was said: $note", ({ events, want }) => {
  const read = (rule: "opt_in" | "opt_out") => {
    const view: FeatureView = {
      ...eventView(feature("n", { how: "count" }, { window: "7d" })),
      consent: { to: "email", rule },
    };
    const point = { id: "u", at: AT };
    const withheld = isWithheld(view, events, point);
    assert.equal(evaluate(view, events, point)[0] === null, withheld);
    return !withheld;
  };
  assert.equal(read("opt_out"), want !== "none");
  assert.equal(read("opt_in"), want === "both");
});

function spendOf(spendMicros: bigint): PerformanceSignal {
  return {
    grain: "performance",
    report: "daily",
    level: "campaign",
    entities: { campaign: "c" },
    day: "2026-01-01",
    periodDays: 1,
    zone: "UTC",
    currency: "EUR",
    breakdowns: {},
    attribution: "",
    metrics: { spend_micros: spendMicros },
  };
}

Deno.test("evaluate() reads the revision that was known then", () => {
  const view = campaignView(
    feature("spend", { how: "sum", of: "spend_micros" }, { window: "7d" }),
  );
  const observed = ["2026-01-02", "2026-01-05"].map((day, place) => ({
    source: "ads",
    observedAt: `${day}T00:00:00.000Z`,
    signal: spendOf(place === 0 ? 5n : 8n),
  }));
  const point = { id: "c", at: "2026-01-06T00:00:00.000Z" };
  const read = (also: object) =>
    evaluate(view, observed, { ...point, ...also });
  assert.deepEqual(read({}), [8]);
  assert.deepEqual(read({ knownAt: "2026-01-04T00:00:00.000Z" }), [5]);
  assert.deepEqual(read({ knownAt: "2026-01-02T00:00:00.000Z" }), [5]);
  assert.deepEqual(read({ knownAt: "2026-01-01T23:59:59.999Z" }), [0]);
  assert.deepEqual(read({ knownAt: "point" }), [8]);
  const earlier = { knownAt: "point", at: "2026-01-04T23:59:59.999Z" };
  assert.deepEqual(read(earlier), [5]);
  assert.deepEqual(read({ ...earlier, knownAt: null }), [8]);
});

Deno.test("generated views can be declared, and a value that is off is told", () => {
  for (const view of [...TILED_VIEWS, ...CONSENT_VIEWS]) parseView(view);
  const views = fc.oneof(eventViews, performanceViews);
  fc.assert(
    fc.property(batches, views, (all, view) => {
      assert.deepEqual(parseView(view), view);
      const observed = all.flatMap(({ signals, ...said }) =>
        signals.map((signal) => ({ ...said, signal }))
      );
      const of = { observed, point: { id: "a", at: AT } };
      const values = evaluate(view, observed, of.point);
      assertSame(view, values, of);
      values.forEach((value, place) => {
        const how = view.features[place]?.aggregation.how;
        if (typeof value !== "number" || value === 0 || how === "decay") return;
        const off = values.with(place, value * (1 + 1e-10));
        assert.throws(() => assertSame(view, off, of));
      });
    }),
    { numRuns: 50 },
  );
});

Deno.test("a decayed sum may be off by its rounding, and no more", () => {
  const how = { how: "decay", of: "count", halfLife: "1h" } as const;
  const view = eventView(feature("it", how));
  const of = { observed: THREE, point: { id: "u", at: AT } };
  assertSame(view, [0.875 * (1 + 1e-14)], of);
  assert.throws(() => assertSame(view, [0.875 * (1 + 1e-11)], of));
});

Deno.test("sumExactly() does not depend on order and rounds once", () => {
  assert.equal(sumExactly(["0.1", "0.2"]), 0.3);
  assert.equal(sumExactly(["1e21", "1", "-1e21"]), 1);
  assert.equal(sumExactly([]), 0);
  const decimal = fc.tuple(fc.integer(), fc.integer({ min: -20, max: 9 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`);
  fc.assert(fc.property(fc.array(decimal), (all) => {
    assert.ok(all.every(isDecimal));
    assert.equal(sumExactly(all), sumExactly([...all].reverse()));
    const approximate = all.reduce((sum, one) => sum + Number(one), 0);
    const size = all.reduce((sum, one) => sum + Math.abs(Number(one)), 0);
    assert.ok(Math.abs(sumExactly(all) - approximate) <= size * 1e-12);
  }));
});

Deno.test.each(["0x10", "", " 1", "1 ", "Infinity", "1e400", "--1", "."])(
  "isDecimal() refuses '%s'",
  (text) => {
    assert.equal(isDecimal(text), false);
  },
);
