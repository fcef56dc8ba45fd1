/**
 * One definition, equal paths: the naive evaluator, SQL at points, the batch and the
 * online read agree exactly, on signals that love boundaries.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS } from "../../core/domain/day.ts";
import type { FeatureView } from "../../core/domain/feature.ts";
import type { EventSignal } from "../../core/domain/signal.ts";
import { evaluate, type ObservedSignal } from "./evaluate.ts";
import { createFeatures } from "../../core/features/features.ts";
import { trainingRows } from "../../core/features/point_in_time.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { normalize } from "../../core/signals/normalize.ts";
import {
  AT,
  type Batch,
  batches,
  BOUNDED,
  EVENT_VIEW,
  IDS,
  KNOWN_AT,
  moment,
  overWindows,
  PERFORMANCE_VIEW,
} from "./boundary_signals.ts";
import { PSEUDONYMS } from "../ingest/memory_signals.ts";
import { withStores } from "./embedded_stores.ts";

async function write(
  stores: Stores,
  tenant: string,
  all: readonly Batch[],
): Promise<ObservedSignal[]> {
  const observed: ObservedSignal[] = [];
  for (const { source, observedAt, signals } of all) {
    const emits = ["event", "performance"];
    const batch = normalize(
      { source, emits, observedAt, settlesDays: 0, pseudonyms: PSEUDONYMS },
      { signals, rejects: [] },
    );
    assert.deepEqual(batch.rejects, []);
    await stores.signals.write({
      ...batch,
      tenant,
      source,
      connector: "test",
      observedAt,
      claims: [],
    });
    observed.push(
      ...signals.map((signal) => ({ source, observedAt, signal })),
    );
  }
  return observed;
}

const CHECKS:
  readonly (readonly [string, (stores: Stores) => Promise<void>])[] = [
    ["evaluate() = SQL at points = batch = online read", agree],
    ["ties are broken by code point", breakTies],
    ["a signal of the future is not seen by any path", hideFuture],
    [
      "what is unknown, absent or another tenant's reads as missing",
      readMissing,
    ],
    [
      "a declared version does not change, a new one takes its place",
      keepVersions,
    ],
  ];

Deno.test("features over the embedded stores", async (t) => {
  await withStores(AT, async (stores) => {
    for (const [name, check] of CHECKS) {
      await t.step(name, () => check(stores));
    }
  });
});

async function agree(stores: Stores): Promise<void> {
  const features = createFeatures(stores);
  let tenants = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const tenant = `generated-${tenants++}`;
      const observed = await write(stores, tenant, all);
      for (const view of [EVENT_VIEW, PERFORMANCE_VIEW]) {
        await features.declare(tenant, view);
        await comparePoints(stores, tenant, { view, observed });
      }
      await features.materialize(tenant, { at: AT, report: () => {} });
      for (const view of [EVENT_VIEW, PERFORMANCE_VIEW]) {
        await compareOnline(stores, tenant, { view, observed });
      }
    }),
    { numRuns: 20 },
  );
}

interface Compared {
  readonly view: FeatureView;
  readonly observed: readonly ObservedSignal[];
}

async function comparePoints(
  stores: Stores,
  tenant: string,
  { view, observed }: Compared,
): Promise<void> {
  for (const knownAt of [null, KNOWN_AT]) {
    const points = IDS.flatMap((id) =>
      [AT, moment(1), moment(-DAY_MS)].map((at) => ({ id, at }))
    );
    assert.deepEqual(
      await stores.history.aggregate(tenant, view, { points, knownAt }),
      points.map((point) => evaluate(view, observed, { ...point, knownAt })),
    );
  }
}

/** Online, and as the point-in-time join sees it, what a view never saw is missing. */
async function compareOnline(
  stores: Stores,
  tenant: string,
  { view, observed }: Compared,
): Promise<void> {
  const features = createFeatures(stores);
  const asked = view.features.map(({ name }) => `${view.name}.${name}`);
  const joined = await trainingRows(stores.history, {
    tenant,
    labels: IDS.map((id) => ({ entities: { [view.entity]: id }, at: AT })),
    ids: asked,
    views: [view],
    knownAt: null,
  });
  for (const [row, id] of IDS.entries()) {
    const readings = await features.read(tenant, {
      ids: asked,
      entities: { [view.entity]: id },
      at: AT,
    });
    const online = asked.map((id) => readings[id]?.value ?? null);
    const seen =
      evaluate(withPresence(view), observed, { id, at: AT })[0] !== 0;
    assert.deepEqual(
      online,
      seen ? evaluate(view, observed, { id, at: AT }) : online.map(() => null),
    );
    assert.deepEqual(joined.columns.map((column) => column[row]), online);
  }
}

/** Counts what is in the view's widest window. */
function withPresence(view: FeatureView): FeatureView {
  const unbounded = view.features.some(({ windowDays }) => windowDays === null);
  const windows = [unbounded ? null : Math.max(...BOUNDED)];
  const features = overWindows({ any: { how: "count" } }, {}, windows);
  return { ...view, features };
}

async function breakTies(stores: Stores): Promise<void> {
  const signal = (eventId: string, p: string): EventSignal => ({
    grain: "event",
    eventId,
    type: "Opened",
    occurredAt: moment(-1),
    entities: { subject: "a" },
    valueMicros: null,
    currency: null,
    properties: { p },
  });
  const observed = await write(stores, "ties", [
    {
      source: "B",
      observedAt: AT,
      signals: [
        signal("\u{1d4b3}", "astral"),
        signal("\uffff", "last of the plane"),
        signal("\uffff", "repeated"),
      ],
    },
    { source: "a", observedAt: AT, signals: [signal("1", "small letter")] },
  ]);
  const point = { id: "a", at: AT };
  const place = EVENT_VIEW.features.findIndex(({ name }) =>
    name === "last_p_0"
  );
  for (const knownAt of [null, AT]) {
    const [vector] = await stores.history.aggregate("ties", EVENT_VIEW, {
      points: [point],
      knownAt,
    });
    assert.equal(vector?.[place], "small letter");
    assert.deepEqual(vector, evaluate(EVENT_VIEW, observed, point));
  }
  await write(stores, "ties-2", [{
    source: "a",
    observedAt: AT,
    signals: [signal("\u{1d4b3}", "astral"), signal("\uffff", "plane")],
  }]);
  const [vector] = await stores.history.aggregate("ties-2", EVENT_VIEW, {
    points: [point],
    knownAt: null,
  });
  assert.equal(vector?.[place], "astral");
  const alone = observed.filter(({ source }) => source === "B").slice(0, 2);
  assert.equal(evaluate(EVENT_VIEW, alone, point)[place], "astral");
}

async function hideFuture(stores: Stores): Promise<void> {
  const features = createFeatures(stores);
  const signal = (occurredAt: string, eventId: string): EventSignal => ({
    grain: "event",
    eventId,
    type: "Order Completed",
    occurredAt,
    entities: { subject: "a" },
    valueMicros: 7n,
    currency: "EUR",
    properties: {},
  });
  await write(stores, "future", [{
    source: "s",
    observedAt: AT,
    signals: [signal(moment(-1), "past"), signal(AT, "now")],
  }]);
  await features.materialize("future", { at: AT, report: () => {} });
  const id = "subject_engagement.orders_count_7d";
  const query = { ids: [id], entities: { subject: "a" }, at: AT };
  const before = await features.read("future", query);
  assert.deepEqual(before[id], { value: 1, status: "fresh", at: AT });
  const joined = await trainingRows(stores.history, {
    tenant: "future",
    labels: [query, { ...query, at: moment(1) }, {
      ...query,
      at: moment(-1),
    }],
    ids: [id],
    views: await features.views("future"),
    knownAt: null,
  });
  assert.deepEqual(joined.columns, [[1, 2, null]]);
  const late = await features.read("future", {
    ...query,
    at: moment(3 * DAY_MS),
  });
  assert.equal(late[id]?.status, "stale");
}

async function readMissing(stores: Stores): Promise<void> {
  const features = createFeatures(stores);
  const asked = [
    "campaign_daily.clicks_count_7d",
    "campaign_daily.nothing",
    "nowhere.at_all",
    "request.device",
    "seasonality.month_of_year",
  ];
  const readings = await features.read("absent", {
    ids: asked,
    entities: { campaign: "c-1" },
    at: AT,
  });
  assert.deepEqual(
    asked.map((id) => readings[id]?.status),
    ["missing", "missing", "missing", "missing", "fresh"],
  );
  assert.equal(readings["seasonality.month_of_year"]?.value, 3);
}

async function keepVersions(stores: Stores): Promise<void> {
  const features = createFeatures(stores);
  await features.declare("declaring", EVENT_VIEW);
  await features.declare("declaring", EVENT_VIEW);
  const changed = { ...EVENT_VIEW, about: "Other" };
  await assert.rejects(features.declare("declaring", changed), {
    code: "view_invalid",
  });
  await features.declare("declaring", { ...changed, version: 2 });
  const named = (await features.views("declaring"))
    .filter(({ name }) => name === EVENT_VIEW.name);
  assert.deepEqual(named.map(({ version }) => version), [2]);
  assert.equal(
    (await features.views("other")).some(({ name }) =>
      name === EVENT_VIEW.name
    ),
    false,
  );
  await assert.rejects(
    features.declare("declaring", { ...EVENT_VIEW, name: "audience" }),
    { code: "view_invalid", message: /built-in/ },
  );
}
