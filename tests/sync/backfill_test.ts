/**
 * Backfills beside the live sync: they end in the same store as a sync that had gone
 * back so far, in parallel, gone on with where they were killed, for about as many
 * calls as they said, and leave room for fresh data.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, type Day, type Instant } from "../../core/domain/day.ts";
import { createBackfillStore } from "../../core/store/backfills.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import { manualClock } from "../vendors/manual_clock.ts";
import { dieAt, type Mortal } from "./crash_points.ts";
import { type Dump, type Embedded, withDatabase } from "./embedded.ts";
import { createSmallAds, type SmallAds, type SmallPlan } from "./small_ads.ts";
import { type SmallChoices, smallConnector } from "./small_connector.ts";
import { startRun } from "./source_run.ts";
import { stoppedClock } from "./stopped_clock.ts";

const TODAY: Day = "2026-03-31";
const NOW: Instant = `${TODAY}T09:00:00.000Z`;
const DAYS_BACK = 23;
/** Days back that a short sync goes, and days of the range before them. */
const RECENT_DAYS = 2;
const PAST_DAYS = 21;
const RANGE = {
  from: addDays(TODAY, -DAYS_BACK),
  until: addDays(TODAY, -RECENT_DAYS),
};
const SLICE_DAYS = 3;
const SLICES = PAST_DAYS / SLICE_DAYS;
/** How far an estimate of calls may be off. */
const ESTIMATE_FACTOR = 1.25;
/** Two pages of rows; the totals are counted by the engine. */
const CHOICES: SmallChoices = {
  sliceDays: SLICE_DAYS,
  callsPerSlice: 2,
  reportsOnly: true,
};

Deno.test("a backfill and a short sync end as a long sync does", async (t) => {
  await withDatabase(async (database) => {
    await open(database, { tenant: "long", initialDays: DAYS_BACK }).run.sync();
    const long = await database.dump("long");
    assert.equal(long.performance?.length, 2 * (DAYS_BACK + 1));

    await t.step(
      "one after the other, for as many calls as it said",
      async () => {
        const { vendor, run, flight } = open(database, { tenant: "after" });
        await run.sync();
        const before = vendor.ledger().calls;
        const { estimate, goesOn, run: start } = await run.planBackfill(RANGE);
        assert.deepEqual([goesOn, estimate.slices], [false, SLICES]);
        const { failures, slices, days } = await start();
        assert.deepEqual(failures, []);
        assert.deepEqual([slices, days], [SLICES, PAST_DAYS]);
        const calls = vendor.ledger().calls - before;
        const off = Math.max(calls / estimate.calls, estimate.calls / calls);
        assert.ok(off <= ESTIMATE_FACTOR, `${estimate.calls}, made ${calls}`);
        assert.ok(flight.most > 1, "one call at a time");
        assert.deepEqual(
          signalsOf(await database.dump("after")),
          signalsOf(long),
        );
      },
    );

    await t.step("at the same time", async () => {
      const { run } = open(database, { tenant: "beside" });
      const backfill = await run.planBackfill(RANGE);
      const [live, past] = await Promise.all([run.sync(), backfill.run()]);
      assert.deepEqual([...live.failures, ...past.failures], []);
      assert.equal(past.written.inserted, 2 * PAST_DAYS);
      assert.deepEqual(
        signalsOf(await database.dump("beside")),
        signalsOf(long),
      );
    });

    await t.step("over days that the sync holds as well", async () => {
      const { run } = open(database, { tenant: "over" });
      const until = addDays(TODAY, 5);
      const backfill = await run.planBackfill({ ...RANGE, until });
      const [live, past] = await Promise.all([run.sync(), backfill.run()]);
      assert.deepEqual([...live.failures, ...past.failures], []);
      assert.deepEqual(signalsOf(await database.dump("over")), signalsOf(long));
    });
  });
});

Deno.test("a backfill that is killed is gone on with where it was", async () => {
  await withDatabase(async (database) => {
    await open(database, { tenant: "whole" }).run.planBackfill(RANGE)
      .then(({ run }) => run());
    const whole = signalsOf(await database.dump("whole"));
    const points = await pointsOf(database);
    for (const share of [0.2, 0.5, 0.8]) {
      const tenant = `killed-${share}`;
      const process = dieAt(Math.round(points * share));
      await open(database, { tenant, process }).run.planBackfill(RANGE)
        .then(({ run }) => run()).catch(() => {});
      assert.ok(process.dead);
      const done = doneOf(await database.dump(tenant));
      assert.ok(done.length < SLICES);
      // A day later, when the source no longer keeps the first day.
      const { run, vendor } = open(database, {
        tenant,
        now: `${addDays(TODAY, 1)}T09:00:00.000Z`,
        choices: { ...CHOICES, historyDays: DAYS_BACK + 1 },
      });
      const plan = await run.planBackfill(RANGE);
      assert.deepEqual(
        [plan.goesOn, plan.estimate.slices],
        [true, SLICES - done.length],
      );
      await plan.run();
      const asked = firstDays(vendor);
      assert.deepEqual(asked.filter((day) => done.includes(day)), []);
      assert.equal(asked.length, SLICES - done.length);
      const ended = await database.dump(tenant);
      assert.deepEqual(withoutTime(signalsOf(ended)), withoutTime(whole));
      assert.deepEqual(doneOf(ended), [], "its marks stay");
      assert.equal((await run.planBackfill(RANGE)).goesOn, false);
    }
  });
});

Deno.test("a backfill that fails in a slice keeps the others, and goes on with that one", async () => {
  await withDatabase(async (database) => {
    const { run, vendor } = open(database, { tenant: "cut" });
    const bad = addDays(RANGE.from, SLICE_DAYS);
    vendor.spoil = (told, asked) => ({ ...told, cut: asked.from === bad });
    const first = await (await run.planBackfill(RANGE)).run();
    assert.deepEqual(first.failures.map(({ from }) => from), [bad]);
    vendor.spoil = (told) => told;
    const again = await run.planBackfill(RANGE);
    assert.deepEqual([again.goesOn, again.estimate.slices], [true, 1]);
    assert.deepEqual((await again.run()).failures, []);
    await open(database, { tenant: "whole" }).run.planBackfill(RANGE)
      .then(({ run }) => run());
    assert.deepEqual(
      signalsOf(await database.dump("cut")),
      signalsOf(await database.dump("whole")),
    );
  });
});

Deno.test("fresh data does not wait for a backfill, and nothing is called too early", async () => {
  await withDatabase(async ({ sql }) => {
    const clock = stoppedClock(NOW);
    const limits = [{ scope: "account", calls: 40, perSeconds: 60 }] as const;
    const vendor = createSmallAds({ clock, rows: rowsOn, limits });
    const run = startRun({
      tenant: "busy",
      connector: smallConnector({ ...CHOICES, limits }),
      clock,
      store: createSignalStore(sql),
      backfills: createBackfillStore(sql),
      initialDays: RECENT_DAYS,
      fetch: vendor.answer,
    });
    const plan = await run.planBackfill({ ...RANGE, from: "2026-01-01" });
    const backfill = plan.run();
    await clock.untilWaiting();
    const before = vendor.ledger().calls;
    assert.ok(before >= 20 && before < 40, `${before} calls of the past`);
    const fresh = await run.sync();
    assert.deepEqual(fresh.failures, []);
    assert.equal(clock.now(), NOW, "the sync had to wait");
    await clock.runUntil(backfill);
    assert.deepEqual((await backfill).failures, []);
    const { early, calls } = vendor.ledger();
    assert.equal(early, 0, "avoidable refusals");
    assert.ok(calls > plan.estimate.calls / ESTIMATE_FACTOR);
    const seconds = (Date.parse(clock.now()) - Date.parse(NOW)) / 1000;
    const off = Math.max(seconds / plan.estimate.seconds, 1);
    assert.ok(off < 2, `${plan.estimate.seconds} s, took ${seconds}`);
  });
});

function open(
  { sql }: Pick<Embedded, "sql">,
  { tenant, now = NOW, process = dieAt(Infinity), ...also }: {
    readonly tenant: string;
    readonly now?: Instant;
    readonly process?: Mortal;
    readonly initialDays?: number;
    readonly choices?: SmallChoices;
  },
) {
  const clock = manualClock(now);
  const vendor = createSmallAds({ clock, rows: rowsOn });
  const flight = { present: 0, most: 0 };
  const run = startRun({
    tenant,
    connector: smallConnector(also.choices ?? CHOICES),
    clock,
    store: createSignalStore(process.sql(sql)),
    backfills: createBackfillStore(process.sql(sql)),
    initialDays: also.initialDays ?? RECENT_DAYS,
    fetch: process.fetch(async (request) => {
      flight.most = Math.max(flight.most, ++flight.present);
      await new Promise((later) => setTimeout(later, 0));
      flight.present--;
      return await vendor.answer(request);
    }),
  });
  return { vendor, run, flight };
}

const rowsOn: SmallPlan["rows"] = (day) =>
  ["c-1", "c-2"].map((campaign, at) => ({
    day,
    campaign,
    device: "a",
    clicks: 1 + at + Number(day.slice(8)),
    cents: 100 * Number(day.slice(8)),
    conversions: "0.25",
  }));

/** How many awaits a whole backfill has. */
async function pointsOf(database: Embedded): Promise<number> {
  const process = dieAt(Infinity);
  const { run } = open(database, { tenant: "counted", process });
  await (await run.planBackfill(RANGE)).run();
  return process.points;
}

/** First day of each slice that was asked for. */
function firstDays({ asked }: SmallAds): Day[] {
  return asked.filter(({ kind }) => kind === "report").map(({ from }) => from);
}

/** First days of the slices that are marked as done. */
function doneOf({ source_cursor: cursors = [] }: Dump): Day[] {
  return cursors.map(({ scope }) => String(scope))
    .filter((scope) => scope.startsWith("backfill/"))
    .map((scope) => scope.slice(scope.lastIndexOf("/") + 1));
}

/**
 * Rows, claims and events. In which batch they came depends on the slices; cursors and
 * runs tell how they were asked for.
 */
function signalsOf(dump: Dump): string[] {
  const tables = ["performance", "partition_claim", "event", "dead_letter"];
  return tables.flatMap((table) =>
    (dump[table] ?? []).map((row) =>
      JSON.stringify({ table, ...row, batch: null })
    )
  ).sort();
}

/**
 * Of runs at several moments: all but when a day was asked for, and how old it was;
 * without the first day, which is not kept for all of them.
 */
function withoutTime(rows: readonly string[]): string[] {
  return rows.map((row) => JSON.parse(row)).filter(({ day }) =>
    day !== RANGE.from
  ).map((row) =>
    JSON.stringify({
      ...row,
      observed_at: null,
      claimed_at: null,
      since: null,
      age_days: null,
      maturity: null,
    })
  ).sort();
}
