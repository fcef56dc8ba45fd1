/**
 * How kept values are spread, against a plain computation.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { FeatureStatistics } from "../../core/ports/features.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { batch, type Case, subjectEvent } from "./cases.ts";
import { eventView, feature } from "./views.ts";

const AT = "2026-02-10T12:00:00.000Z";
const BEFORE = "2026-02-01T00:00:00.000Z";
const SPREAD = eventView(
  feature("size", { how: "last", of: "properties.size" }),
  feature("hour", { how: "calendar", part: "hour_of_day" }),
  feature("device", { how: "last", of: "properties.device" }),
  ...Array.from(
    { length: 12 },
    (_, place) => feature(`count_${place}`, { how: "count" }),
  ),
);

/** Cases about statistics. */
export const statisticsCases: readonly Case[] = [
  {
    name: "statistics of kept values are those of a plain computation",
    run: async (stores, tenant) => {
      let tenants = 0;
      await fc.assert(
        fc.asyncProperty(entities, async (all) => {
          await compareSpread(stores, `${tenant}-${tenants++}`, all);
        }),
        { numRuns: 8 },
      );
    },
  },
  {
    name: "who has signals without a value counts, who has no signals does not",
    run: async ({ history, signals }, tenant) => {
      const view = eventView(
        feature("device", { how: "last", of: "properties.device" }, {
          window: "30d",
        }),
      );
      const tell = (subject: string, at: string, device?: string) =>
        subjectEvent(subject, at, {
          entities: { subject },
          properties: device === undefined ? {} : { device },
        });
      await signals.write(batch(tenant, {
        events: [
          tell("some", BEFORE, "tv"),
          tell("none", BEFORE),
          tell("long ago", "2025-02-01T00:00:00.000Z", "tv"),
          tell("ahead", "2027-02-01T00:00:00.000Z", "tv"),
        ],
      }));
      await history.materialize(tenant, view, { at: AT, scope: "all" });
      await history.refresh(tenant, view, {
        touched: ["none", "long ago"].map((id) => ({ id, moments: [] })),
        at: "2026-02-10T12:00:00.001Z",
      });
      assert.deepEqual(await history.statistics(tenant, view), [{
        feature: "device",
        rows: 2,
        nulls: 1,
        numbers: null,
        categories: { distinct: 1, top: [["tv", 1]] },
      }]);
    },
  },
  {
    name: "statistics of a run stay until the next, and nothing has none",
    run: async ({ history, signals }, tenant) => {
      const none = await history.statistics(tenant, SPREAD);
      assert.deepEqual(none[0], {
        feature: "size",
        rows: 0,
        nulls: 0,
        numbers: null,
        categories: null,
      });
      const rows = async () =>
        (await history.statistics(tenant, SPREAD))[0]?.rows;
      const tell = (subject: string) =>
        signals.write(batch(tenant, {
          events: [subjectEvent(subject, BEFORE, { entities: { subject } })],
        }));
      await tell("a");
      await history.materialize(tenant, SPREAD, { at: AT, scope: "all" });
      assert.equal(await rows(), 1);
      await tell("b");
      await history.refresh(tenant, SPREAD, {
        touched: [{ id: "b", moments: [BEFORE] }],
        at: AT,
      });
      assert.equal(await rows(), 1);
      await history.materialize(tenant, SPREAD, { at: AT, scope: "changes" });
      assert.equal(await rows(), 2);
    },
  },
];

/** What the latest event of each entity says. */
const entities = fc.array(
  fc.record({
    size: fc.option(
      fc.oneof(
        fc.integer({ min: -9, max: 9 }),
        fc.double({
          min: -1e6,
          max: 1e6,
          noNaN: true,
        }),
      ),
      { freq: 4 },
    ),
    device: fc.option(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom("tv", "desk", "𝒳", "\uffff") },
        {
          weight: 3,
          arbitrary: fc.integer({ max: 30, min: 0 }).map((n) => `d${n}`),
        },
        { weight: 1, arbitrary: fc.integer({ max: 30, min: 0 }) },
      ),
      { freq: 5 },
    ),
  }),
  { maxLength: 120, size: "max" },
);

type Entities = typeof entities extends fc.Arbitrary<infer E> ? E : never;

async function compareSpread(
  { history, signals }: Stores,
  tenant: string,
  all: Entities,
): Promise<void> {
  await signals.write(batch(tenant, {
    events: all.map((said, place) =>
      subjectEvent(`e-${place}`, BEFORE, {
        entities: { subject: `s-${place}` },
        properties: Object.fromEntries(
          Object.entries(said).filter(([, value]) => value !== null),
        ),
      })
    ),
  }));
  await history.materialize(tenant, SPREAD, { at: AT, scope: "all" });
  const statistics = await history.statistics(tenant, SPREAD);
  assert.deepEqual(
    statistics.map(({ feature }) => feature),
    SPREAD.features.map(({ name }) => name),
  );
  const columns = new Map<string, readonly (number | string | null)[]>([
    ["size", all.map(({ size }) => size)],
    ["hour", all.map(() => null)],
    ["device", all.map(({ device }) => device)],
    ["count_0", all.map(() => 1)],
    ["count_11", all.map(() => 1)],
  ]);
  for (const [name, values] of columns) {
    const found = statistics.find(({ feature }) => feature === name);
    assert.ok(found);
    assertSpread(found, values);
  }
}

const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

function assertSpread(
  { rows, nulls, numbers, categories }: FeatureStatistics,
  values: readonly (number | string | null)[],
): void {
  assert.equal(rows, values.length);
  assert.equal(nulls, values.filter((value) => value === null).length);
  const sorted = values.filter((value) => typeof value === "number")
    .toSorted((a, b) => a - b);
  assert.equal(numbers === null, sorted.length === 0);
  if (numbers !== null) {
    const { min, max, mean, deviation, quantiles } = numbers;
    assert.deepEqual([min, max], [sorted[0], sorted.at(-1)]);
    const wanted = sum(sorted) / sorted.length;
    const squares = sorted.map((value) => (value - wanted) ** 2);
    const scale = Math.max(...sorted.map(Math.abs), 1);
    assertNear(mean, wanted, scale);
    assertNear(deviation, Math.sqrt(sum(squares) / sorted.length), scale);
    assert.equal(quantiles.length, QUANTILES.length);
    for (const [place, share] of QUANTILES.entries()) {
      assertNear(quantiles[place] ?? NaN, quantileOf(sorted, share), scale);
    }
  }
  const texts = values.filter((value) => typeof value === "string");
  const counts = [...Map.groupBy(texts, (text) => text)]
    .map(([text, all]) => [text, all.length] as const)
    .toSorted(([a, n], [b, m]) => m - n || (bytesOf(a) < bytesOf(b) ? -1 : 1));
  assert.deepEqual(
    categories,
    counts.length === 0
      ? null
      : { distinct: counts.length, top: counts.slice(0, 20) },
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Between the two values beside it. */
function quantileOf(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [Math.floor(place), Math.ceil(place)]
    .map((at) => sorted[at] ?? NaN);
  return (below ?? NaN) + ((above ?? NaN) - (below ?? NaN)) * (place % 1);
}

function assertNear(value: number, wanted: number, scale: number): void {
  assert.ok(
    Math.abs(value - wanted) <= 1e-9 * scale,
    `${value} is not ${wanted}`,
  );
}

/** UTF-8 sorts as code points do. */
function bytesOf(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
