/**
 * A sync that dies at each of its awaits in turn, on the real store: what is kept is
 * what lay between two transactions, and the next sync ends where one ends that was
 * never disturbed.
 *
 * The second day of a source is played: a restated row, one that vanished, a record
 * that makes no sense, a slice that is cut and halved, a day that is split into
 * campaigns, and events that are gone on with from a cursor.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Day, Instant } from "../../core/domain/day.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import { manualClock } from "../vendors/manual_clock.ts";
import { dieAt, type Mortal } from "./crash_points.ts";
import { type Dump, type Embedded, withDatabase } from "./embedded.ts";
import { createSmallAds, type SmallEvent, type SmallRow } from "./small_ads.ts";
import { smallConnector } from "./small_connector.ts";
import { startRun } from "./source_run.ts";

const FIRST: Instant = "2026-03-09T09:00:00.000Z";
const SECOND: Instant = "2026-03-10T09:00:00.000Z";
const CUT: Day = "2026-03-07";
const SPLIT: Day = "2026-03-09";
const TODAY: Day = "2026-03-10";
const LEAST_POINTS = 100;

/** Rows of a day, as they are known on a day. */
function rowsOn(day: Day, known: Day): SmallRow[] {
  if (day > known) return [];
  const later = known > "2026-03-09";
  const campaigns = day === SPLIT ? ["c-1", "c-2", "c-3"] : ["c-1", "c-2"];
  const devices = day === CUT || day === SPLIT ? ["a", "b", "c", "d"] : ["a"];
  const rows = campaigns.flatMap((campaign) =>
    devices.map((device) => ({
      day,
      campaign: day === TODAY && campaign === "c-2" ? "" : campaign,
      device,
      clicks: later && day === "2026-03-06" ? 7 : 3,
      cents: 125,
      conversions: "0.5",
    }))
  );
  return later && day === "2026-03-08" ? rows.slice(1) : rows;
}

const EVENTS = Array.from({ length: 9 }, (_, at): SmallEvent => ({
  id: `e-${at}`,
  at: at === 7 ? "not a moment" : `2026-03-08T10:0${at}:00.000Z`,
  person: `p-${at}`,
}));

/** One process on one tenant, at a moment. */
function start(
  { sql }: Embedded,
  { tenant, at, process = dieAt(Infinity) }: {
    readonly tenant: string;
    readonly at: Instant;
    readonly process?: Mortal;
  },
) {
  const vendor = createSmallAds({
    clock: manualClock(at),
    rows: (day) => rowsOn(day, at.slice(0, 10)),
    events: EVENTS.slice(0, at === FIRST ? 4 : EVENTS.length),
    settlesDays: 3,
  });
  const run = startRun({
    tenant,
    connector: smallConnector(),
    clock: manualClock(at),
    store: createSignalStore(process.sql(sql)),
    initialDays: 5,
    fetch: process.fetch(vendor.answer),
  });
  return { vendor, sync: run.sync };
}

Deno.test("a sync that dies at any of its awaits leaves nothing half done, and the next ends as if it had not", async (t) => {
  await withDatabase(async (database) => {
    await start(database, { tenant: "past", at: FIRST }).sync();
    const undisturbed = await syncUndisturbed(database);
    const { points, states } = undisturbed;
    assert.ok(points > LEAST_POINTS, `only ${points} points`);
    let [deadly, alive] = [0, false];
    while (!alive) {
      alive = !await dieAndGoOn(database, ++deadly, undisturbed);
    }
    await t.step(`${deadly - 1} crash points, ${states.length} states`, () => {
      assert.equal(deadly - 1, points);
    });
  });
});

interface Undisturbed {
  readonly points: number;
  /** What was kept before the sync, and after each of its transactions. */
  readonly states: readonly Dump[];
}

async function syncUndisturbed(database: Embedded): Promise<Undisturbed> {
  const tenant = "undisturbed";
  await database.copy("past", tenant);
  const states = [await database.dump(tenant)];
  const process = dieAt(Infinity, async () => {
    states.push(await database.dump(tenant));
  });
  const { vendor, sync } = start(database, { tenant, at: SECOND, process });
  const report = await sync();
  assert.deepEqual(report.failures, []);
  const { restated, vanished, events, deadLetters } = report.written;
  assert.deepEqual({ restated, vanished, events, deadLetters }, {
    restated: 2,
    vanished: 1,
    events: 4,
    deadLetters: 2,
  });
  assert.equal(report.reconciled.rejected, 1);
  const asked = vendor.asked.map(({ from, until, campaign }) =>
    `${from}–${until} ${campaign}`
  );
  assert.ok(asked.includes(`${CUT}–${SPLIT} null`), "no slice is halved");
  assert.ok(asked.includes(`${SPLIT}–${TODAY} c-3`), "no day is split");
  assertWhole(states.at(-1) ?? {});
  return { points: process.points, states };
}

/** Whether the process died before it was done. */
async function dieAndGoOn(
  database: Embedded,
  deadly: number,
  { states }: Undisturbed,
): Promise<boolean> {
  const tenant = `crash-${deadly}`;
  await database.copy("past", tenant);
  const process = dieAt(deadly);
  await start(database, { tenant, at: SECOND, process }).sync().catch(() => {});
  const left = await database.dump(tenant);
  assertWhole(left);
  assert.deepEqual(left, states[process.commits], `after point ${deadly}`);
  if (!process.dead) return false;
  const report = await start(database, { tenant, at: SECOND }).sync();
  assert.deepEqual(report.failures, []);
  const ended = await database.dump(tenant);
  assertWhole(ended);
  assert.deepEqual(
    print(ended),
    print(states.at(-1) ?? {}),
    `the next sync after point ${deadly} ends elsewhere`,
  );
  return true;
}

/**
 * Which batch brought a row depends on how many were written before and on the days
 * that a slice had to hold; all else is the same to the byte. What the outbox tells of
 * each batch is compared as a sum here, and row by row with the tables in
 * {@link assertWhole}.
 */
function print(dump: Dump): string[] {
  const outbox = ["performance", "events"].map((grain) =>
    (dump.outbox ?? []).reduce((sum, row) => sum + Number(row[grain]), 0)
  );
  const rows = Object.entries(dump)
    .filter(([table]) => table !== "outbox")
    .flatMap(([table, rows]) =>
      rows.map(({ batch: _, batches: __, ...row }) =>
        `${table} ${JSON.stringify(row)}`
      )
    );
  return [...rows.sort(), `outbox ${outbox.join(", ")}`];
}

/** Throws unless each batch has all that it says, and each row and day is whole. */
function assertWhole(dump: Dump): void {
  const { performance = [], event = [], outbox = [] } = dump;
  const told = new Map(
    outbox.map(({ batch, performance, events }) => [
      batch,
      `${performance}, ${events}`,
    ]),
  );
  const batches = [...performance, ...event].map(({ batch }) => batch);
  const kept = new Map([...new Set(batches)].map((batch) => [
    batch,
    [performance, event].map((rows) =>
      rows.filter((row) => row.batch === batch).length
    ).join(", "),
  ]));
  const inOrder = (pairs: Map<unknown, string>) =>
    [...pairs].sort(([a], [b]) => Number(a) - Number(b));
  assert.deepEqual(inOrder(told), inOrder(kept));
  const claimed = new Set(
    (dump.partition_claim ?? []).map((claim) =>
      `${claim.partition_key} ${claim.claimed_at}`
    ),
  );
  for (const row of performance) {
    const claim = `${row.partition_key} ${row.observed_at}`;
    assert.ok(claimed.has(claim), "a row is kept without its claim");
    const superseded = performance.some((other) =>
      other.row_key === row.row_key && other.observed_at === row.superseded_at
    );
    assert.equal(row.superseded_at !== null, superseded);
    if (row.content_hash === "vanished") assert.equal(row.clicks, 0);
  }
  assertCursors(dump);
}

/** Throws unless cursors and letters are where rows, claims and events are. */
function assertCursors(dump: Dump): void {
  const { source_cursor: cursors = [], partition_claim: claims = [] } = dump;
  const letters = (dump.dead_letter ?? []).map(({ context }) => context);
  const since = cursors.filter(({ scope }) => /^since/.test(String(scope)));
  assert.equal(since.length, claims.length === 0 ? 0 : 1);
  const [pulled] = cursors.filter((cursor) => !since.includes(cursor));
  const happened = (dump.event ?? []).length +
    letters.filter((context) => context === null).length;
  assert.equal(Number(pulled?.cursor ?? 0), happened, "a cursor is elsewhere");
  assert.equal(
    claims.some(({ whole }) => !whole),
    letters.some((context) => context !== null),
  );
}
