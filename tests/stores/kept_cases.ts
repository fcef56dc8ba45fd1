/**
 * What is told of kept vectors: where a value comes from, and how served ones compared;
 * and that they are forgotten.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureView } from "../../core/domain/feature.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { batch, campaignDay, type Case, keyed, subjectEvent } from "./cases.ts";
import { campaignView, eventView, feature } from "./views.ts";

const AT = "2026-02-10T12:00:00.000Z";
const BEFORE = "2026-02-01T00:00:00.000Z";
const VIEW = eventView(feature("events", { how: "count" }));

/** Cases about what is kept. */
export const keptCases: readonly Case[] = [
  {
    name: "lineage names the signals in the window that pass, by source",
    run: traceEvents,
  },
  {
    name: "lineage names the run that computed what is kept, or the stream",
    run: traceRun,
  },
  {
    name: "lineage of totals names revisions as they were known",
    run: traceTotals,
  },
  {
    name: "an entity is forgotten in every view, others stay",
    run: eraseOne,
  },
  {
    name: "a version is forgotten, others stay",
    run: async ({ history, signals }, tenant) => {
      await signals.write(batch(tenant, {
        events: [subjectEvent("e-1", BEFORE)],
      }));
      const next = { ...VIEW, version: 2 };
      for (const view of [VIEW, next]) {
        await history.materialize(tenant, view, { at: AT, scope: "all" });
      }
      await history.drop(tenant, VIEW);
      const kept = async (view: typeof VIEW) =>
        (await Array.fromAsync(history.vectors(tenant, view, null))).length;
      assert.deepEqual([await kept(VIEW), await kept(next)], [0, 1]);
      assert.deepEqual(await history.runs(tenant, VIEW, 9), []);
      assert.equal((await history.runs(tenant, next, 9)).length, 1);
    },
  },
  {
    name: "counts of comparisons add up by view and day",
    run: async ({ consistency }, tenant) => {
      const count = (day: string, checked: number, mismatched: number) => ({
        name: "engagement",
        version: 1,
        day,
        checked,
        mismatched,
      });
      await consistency.add(tenant, []);
      await consistency.add(tenant, [
        count("2026-02-01", 5, 1),
        count("2026-02-01", 2, 0),
        count("2026-02-02", 1, 1),
      ]);
      await consistency.add(tenant, [
        count("2026-02-01", 10, 2),
        { ...count("2026-02-02", 4, 0), version: 2 },
      ]);
      await consistency.add(`${tenant}-other`, [count("2026-02-01", 9, 9)]);
      assert.deepEqual(await consistency.since(tenant, "2026-02-01"), [
        count("2026-02-01", 17, 3),
        count("2026-02-02", 1, 1),
        { ...count("2026-02-02", 4, 0), version: 2 },
      ]);
      assert.deepEqual(await consistency.since(tenant, "2026-02-03"), []);
      const everyone = await consistency.everyoneSince("2026-02-02");
      assert.deepEqual(everyone.filter((one) => one.tenant === tenant), [
        { tenant, ...count("2026-02-02", 1, 1) },
        { tenant, ...count("2026-02-02", 4, 0), version: 2 },
      ]);
    },
  },
];

const OPENED = { types: ["Email Opened"] };
const TRACED = eventView(
  feature("opened_3d", { how: "count" }, { window: "3d", where: OPENED }),
  feature("share", {
    how: "ratio",
    of: "count",
    over: "count",
    ofWhere: OPENED,
    overWhere: { types: ["Email Sent"] },
  }),
  feature("hour", { how: "calendar", part: "hour_of_day" }),
);

/** Two sources: one with more signals than are named, in two batches. */
async function tellTraced(
  { signals }: Stores,
  tenant: string,
): Promise<void> {
  const many = Array.from({ length: 120 }, (_, n) => `o-${1000 + n}`);
  const told = [
    { source: "mail", hour: "00", ids: many, day: 8 },
    { source: "mail", hour: "01", ids: ["o-old", "s-1"], day: 1 },
    { source: "web", hour: "02", ids: ["o-1", "s-2", "c-3"], day: 9 },
  ];
  for (const { source, hour, ids, day } of told) {
    await signals.write({
      ...batch(tenant, {
        observedAt: `2026-02-09T${hour}:00:00.000Z`,
        events: ids.map((id, place) =>
          subjectEvent(id, `2026-02-0${day}T00:00:0${place % 10}.000Z`, {
            type: id.startsWith("s") ? "Email Sent" : "Email Opened",
          })
        ),
      }),
      source,
    });
  }
}

async function traceEvents(stores: Stores, tenant: string): Promise<void> {
  await tellTraced(stores, tenant);
  const { history } = stores;
  const trace = (name: string, knownAt: string | null = null) => {
    const query = { feature: name, id: "s-1", at: AT, knownAt };
    return history.lineage(tenant, TRACED, query);
  };
  const { sources: [mail, web, ...others], ...unkept } = await trace(
    "opened_3d",
  );
  assert.deepEqual(unkept, { run: null, at: null });
  assert.deepEqual(others, []);
  assert.equal(mail?.keys.length, 100);
  assert.deepEqual(
    [mail?.keys.slice(0, 2), mail?.keys.at(-1)],
    [["o-1119", "o-1109"], "o-1081"],
  );
  assert.deepEqual({ ...mail, keys: [] }, {
    source: "mail",
    connector: "csv",
    signals: 120,
    firstAt: "2026-02-08T00:00:00.000Z",
    lastAt: "2026-02-08T00:00:09.000Z",
    lastObservedAt: "2026-02-09T00:00:00.000Z",
    batches: [1, 1],
    keys: [],
  });
  assert.deepEqual(web?.keys, ["c-3", "o-1"]);
  const counts = async (knownAt: string | null) =>
    (await trace("share", knownAt)).sources.map((
      { source, signals, batches },
    ) => [source, signals, ...batches]);
  assert.deepEqual(await counts(null), [["mail", 122, 1, 2], ["web", 3, 1, 1]]);
  assert.deepEqual(await counts("2026-02-09T00:30:00.000Z"), [
    ["mail", 120, 1, 1],
  ]);
  await assert.rejects(trace("absent"), {
    code: "not_found",
    message: /^Cannot trace feature "absent": view "engagement@1" has none/,
  });
}

async function traceRun(
  { history, signals }: Stores,
  tenant: string,
): Promise<void> {
  await signals.write(batch(tenant, { events: [subjectEvent("e-1", BEFORE)] }));
  const trace = () => {
    const query = { feature: "hour", id: "s-1", at: AT, knownAt: null };
    return history.lineage(tenant, TRACED, query);
  };
  const job = { at: AT, scope: "all" } as const;
  const { id } = await history.materialize(tenant, TRACED, job);
  assert.deepEqual(await trace(), { run: id, at: AT, sources: [] });
  const later = "2026-02-10T12:00:00.001Z";
  const touched = [{ id: "s-1", moments: [] }];
  await history.refresh(tenant, TRACED, { touched, at: later });
  assert.deepEqual(await trace(), { run: "stream", at: later, sources: [] });
}

async function traceTotals(
  { history, signals }: Stores,
  tenant: string,
): Promise<void> {
  const view = campaignView(
    feature("spend_2d", { how: "sum", of: "spend_micros" }, { window: "2d" }),
  );
  const tell = (observedAt: string, day: string, spendMicros: bigint) =>
    signals.write(batch(tenant, {
      observedAt,
      performance: [keyed(campaignDay(day, spendMicros))],
    }));
  await tell("2026-02-09T00:00:00.000Z", "2026-02-08", 1n);
  await tell("2026-02-09T00:00:00.000Z", "2026-02-09", 2n);
  await tell("2026-02-10T00:00:00.000Z", "2026-02-09", 3n);
  const trace = async (at: string, knownAt: string | null) => {
    const query = { feature: "spend_2d", id: "c-1", at, knownAt };
    const { sources } = await history.lineage(tenant, view, query);
    return sources.map(({ signals, firstAt, batches }) => [
      signals,
      firstAt,
      ...batches,
    ]);
  };
  assert.deepEqual(await trace(AT, null), [
    [1, "2026-02-09T00:00:00.000Z", 3, 3],
  ]);
  assert.deepEqual(await trace(AT, "2026-02-09T00:00:00.000Z"), [
    [1, "2026-02-09T00:00:00.000Z", 2, 2],
  ]);
  assert.deepEqual(await trace("2026-02-10T00:00:00.000Z", null), [
    [2, "2026-02-08T00:00:00.000Z", 1, 3],
  ]);
}

async function eraseOne(
  { history, signals }: Stores,
  tenant: string,
): Promise<void> {
  const tenants = [tenant, `${tenant}-other`];
  const views: FeatureView[] = [VIEW, { ...VIEW, version: 2, tiles: "day" }];
  for (const each of tenants) {
    await signals.write(batch(each, {
      events: ["s-1", "s-2", "s-10"].map((subject) =>
        subjectEvent(subject, BEFORE, { entities: { subject } })
      ),
    }));
    for (const view of views) {
      await history.materialize(each, view, { at: AT, scope: "all" });
    }
  }
  assert.equal(await history.erase(tenant, "subject:s-1"), 3);
  assert.equal(await history.erase(tenant, "subject:s-1"), 0);
  assert.equal(await history.erase(tenant, "campaign:s-2"), 0);
  const kept = async (each: string, view: FeatureView) =>
    (await Array.fromAsync(history.vectors(each, view, null))).flat()
      .map(({ entity }) => entity);
  for (const view of views) {
    assert.deepEqual(await kept(tenant, view), ["subject:s-10", "subject:s-2"]);
    assert.equal((await kept(`${tenant}-other`, view)).length, 3);
  }
}
