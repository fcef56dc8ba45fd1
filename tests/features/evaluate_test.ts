/**
 * The evaluator against windows computed elsewhere, and on its own rules.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS } from "../../core/domain/day.ts";
import type { Aggregation, FeatureView } from "../../core/domain/feature.ts";
import type { PerformanceSignal } from "../../core/domain/signal.ts";
import { evaluate, type ObservedSignal } from "./evaluate.ts";
import { isDecimal, sumExactly } from "./exact_sum.ts";

const VECTORS = new URL(
  "../../../shared/vectors/features/sawtooth_windows_derived.json",
  import.meta.url,
);
const present = isPresent();
const note = present ? "" : " (skipped: ../shared/vectors is absent)";
const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

interface Vectors {
  readonly events: readonly { ts: number; value: number }[];
  readonly "exact_sliding": readonly {
    "query_ts": number;
    windows: Record<string, Record<string, number | null>>;
  }[];
}

/** Days of a length such as `12h`; null for the unbounded one. */
function daysOf(length: string): number | null {
  const minutes = parseInt(length) * (MINUTES[length.slice(-1)] ?? NaN);
  return length === "unbounded" ? null : minutes / 1440;
}

function viewOf(windowDays: number | null): FeatureView {
  const of = "properties.value" as const;
  const aggregations: Record<string, Aggregation> = {
    count: { how: "count" },
    sum: { how: "sum", of },
    avg: { how: "mean", of },
    min: { how: "min", of },
    max: { how: "max", of },
    last: { how: "last", of },
  };
  return {
    name: "windows",
    version: 1,
    entity: "subject",
    owner: "tests",
    purpose: "tests",
    about: "Windows",
    ttlSeconds: 60,
    source: { grain: "event" },
    features: Object.entries(aggregations).map(([name, aggregation]) => ({
      name,
      about: name,
      unit: "any",
      aggregation,
      windowDays,
    })),
  };
}

function eventAt(
  ms: number,
  value: number,
  eventId = `${ms}`,
): ObservedSignal {
  return {
    source: "s",
    observedAt: "2025-01-01T00:00:00.000Z",
    signal: {
      grain: "event",
      eventId,
      type: "Seen",
      occurredAt: new Date(ms).toISOString(),
      entities: { subject: "u" },
      valueMicros: null,
      currency: null,
      properties: { value },
    },
  };
}

Deno.test({
  name: `evaluate() equals exact sliding windows${note}`,
  ignore: !present,
  fn() {
    const vectors: Vectors = JSON.parse(Deno.readTextFileSync(VECTORS));
    const events = vectors.events.map(({ ts, value }, place) =>
      eventAt(ts, value, `${place}`)
    );
    let compared = 0;
    for (const { query_ts: at, windows } of vectors.exact_sliding) {
      for (const [length, want] of Object.entries(windows)) {
        const view = viewOf(daysOf(length));
        const got = evaluate(view, events, {
          id: "u",
          at: new Date(at).toISOString(),
        });
        view.features.forEach(({ name }, place) => {
          const wanted = name === "sum" ? want.sum ?? 0 : want[name] ?? null;
          assert.equal(got[place], wanted, `${name} of ${length} at ${at}`);
          compared++;
        });
      }
    }
    assert.equal(compared, 40 * 10 * 6);
  },
});

const DAY_ONE = Date.UTC(2026, 0, 2);

Deno.test.each([
  { note: "at the end", offset: 0, want: 0 },
  { note: "just before the end", offset: -1, want: 1 },
  { note: "at the start", offset: -DAY_MS, want: 1 },
  { note: "just before the start", offset: -DAY_MS - 1, want: 0 },
])("evaluate() counts an event $note as $want", ({ offset, want }) => {
  const at = new Date(DAY_ONE).toISOString();
  const seen = evaluate(viewOf(1), [eventAt(DAY_ONE + offset, 1)], {
    id: "u",
    at,
  });
  assert.equal(seen[0], want);
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
  const view: FeatureView = {
    ...viewOf(7),
    entity: "campaign",
    source: { grain: "performance", level: "campaign" },
    features: [{
      name: "spend",
      about: "Spend",
      unit: "micros",
      aggregation: { how: "sum", of: "spend_micros" },
      windowDays: 7,
    }],
  };
  const observed = (["2026-01-02", "2026-01-05"] as const).map((
    day,
    place,
  ) => ({
    source: "ads",
    observedAt: `${day}T00:00:00.000Z`,
    signal: spendOf(place === 0 ? 5n : 8n),
  }));
  const point = { id: "c", at: "2026-01-06T00:00:00.000Z" };
  assert.deepEqual(evaluate(view, observed, point), [8]);
  const knownAt = "2026-01-04T00:00:00.000Z";
  assert.deepEqual(evaluate(view, observed, { ...point, knownAt }), [5]);
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

function isPresent(): boolean {
  try {
    return Deno.statSync(VECTORS).isFile;
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return false;
  }
}
