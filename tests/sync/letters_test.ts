/**
 * Dead letters that a bug made: read again by the repaired connector they end in the
 * same rows and events as if there had never been a bug, and in the same revisions
 * unless newer ones were read before them. A dry run changes nothing, a second run
 * neither, and no letter overwrites what came after it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Day, Instant } from "../../core/domain/day.ts";
import { createSignalStore } from "../../core/store/signal_store.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import {
  type Connector,
  mapRecords,
  type Signal,
} from "../../plugins/contract.ts";
import { manualClock } from "../vendors/manual_clock.ts";
import { type Dump, type Embedded, withDatabase } from "./embedded.ts";
import { createSmallAds, type SmallEvent, type SmallRow } from "./small_ads.ts";
import { readEvent, readRow, smallConnector } from "./small_connector.ts";
import { SOURCE, startRun } from "./source_run.ts";

const DAYS: readonly Day[] = ["2026-03-18", "2026-03-19", "2026-03-20"];

/**
 * That this row is not there any more shows only by an answer that could be read whole:
 * where none could, by the next.
 */
const GONE = "gone";
/** Clicks of the campaigns on the first day, as told on each of the days. */
const TOLD: Readonly<Record<string, readonly (number | null)[]>> = {
  steady: [3, 3, 3],
  restated: [3, 4, 5],
  [GONE]: [3, null, null],
};

/** A bug that meets some records on some days. */
type Bug = (told: string) => boolean;

const NONE: Bug = () => false;

Deno.test("letters of a bug that is repaired end as if there had been none", async (t) => {
  await withDatabase(async (database) => {
    await live(database, { tenant: "sound", bugs: [NONE, NONE, NONE] });
    const sound = await database.dump("sound");
    assert.equal(sound.event?.length, 6);
    const all: Bug = () => true;
    const some: Bug = (told) => /restated|gone|e-[14]/.test(told);
    const cases = {
      "on every day, of every record": [all, all, all],
      "on every day, of some records": [some, some, some],
      "on the first day": [some, NONE, NONE],
      "on the second day": [NONE, some, NONE],
      "on the last day": [NONE, NONE, some],
    };
    for (const [tenant, bugs] of Object.entries(cases)) {
      await t.step(tenant, () => repair(database, { tenant, bugs }, sound));
    }
  });
});

interface Life {
  readonly tenant: string;
  /** The bug of each day's connector. */
  readonly bugs: readonly Bug[];
}

async function repair(
  database: Embedded,
  life: Life,
  sound: Dump,
): Promise<void> {
  const { tenant } = life;
  await live(database, life);
  const broken = await database.dump(tenant);
  const letters = broken.dead_letter?.length ?? 0;
  assert.ok(letters > 0, "the bug meets nothing");
  const repaired = start(database, { tenant, day: 2 });
  const dry = await repaired.revive(true);
  assert.deepEqual([dry.read, dry.revived], [letters, letters]);
  assert.deepEqual(await database.dump(tenant), broken, "a dry run changes");
  const still = start(database, { tenant, day: 2, bug: () => true });
  const staying = await still.revive(false);
  assert.equal(staying.revived, 0);
  assert.deepEqual(await database.dump(tenant), broken);
  assert.deepEqual(await repaired.revive(false), dry);
  const ended = await database.dump(tenant);
  assert.equal(ended.dead_letter?.length, 0);
  const unread = life.bugs.slice(1).some((bug) => bug !== NONE);
  assert.deepEqual(
    inForce(ended).filter((row) => !unread || !row.includes(GONE)),
    inForce(sound),
  );
  const first = life.bugs.findIndex((bug) => bug !== NONE);
  if (!life.bugs.slice(first).includes(NONE)) {
    assert.deepEqual(historyOf(ended), historyOf(sound));
  }
  assert.deepEqual(eventsOf(ended), eventsOf(sound));
  const again = await repaired.revive(false);
  assert.deepEqual([again.read, again.signals], [0, 0]);
  assert.deepEqual(await database.dump(tenant), ended);
  assert.deepEqual((await repaired.sync()).failures, []);
  const synced = await database.dump(tenant);
  assert.deepEqual(inForce(synced), inForce(sound));
}

/** Syncs on each of the days, by that day's connector. */
async function live(
  database: Embedded,
  { tenant, bugs }: Life,
): Promise<void> {
  for (const [day, bug] of bugs.entries()) {
    const run = start(database, { tenant, day, bug });
    assert.deepEqual((await run.sync()).failures, []);
  }
}

function start(
  { sql }: Embedded,
  { tenant, day, bug = NONE }: {
    readonly tenant: string;
    readonly day: number;
    readonly bug?: Bug;
  },
) {
  const clock = manualClock(`${DAYS[day]}T09:00:00.000Z`);
  const vendor = createSmallAds({
    clock,
    rows: (of) => of === DAYS[0] ? rowsOn(day) : [],
    events: EVENTS.slice(0, 2 + day * 2),
    settlesDays: 7,
  });
  return startRun({
    tenant,
    connector: withBug(bug),
    clock,
    store: createSignalStore(sql),
    initialDays: 1,
    fetch: vendor.answer,
  });
}

function rowsOn(turn: number): SmallRow[] {
  return Object.entries(TOLD).flatMap(([campaign, told]) => {
    const clicks = told[turn] ?? null;
    return clicks === null ? [] : [{
      day: DAYS[0] ?? "",
      campaign,
      device: "a",
      clicks,
      cents: 100 * clicks,
      conversions: "0.5",
    }];
  });
}

const EVENTS = Array.from({ length: 6 }, (_, at): SmallEvent => ({
  id: `e-${at}`,
  at: `2026-03-18T0${at}:00:00.000Z`,
  person: `p-${at}`,
}));

function withBug(bug: Bug): Connector {
  function unless<T>(read: (record: unknown) => T) {
    return (record: unknown) => {
      if (bug(JSON.stringify(record))) throw new TypeError("a bug");
      return read(record);
    };
  }
  const readers = { toRow: unless(readRow), toEvent: unless(readEvent) };
  // Less than the account says, which is what counts.
  return { ...smallConnector(readers), restatesDays: 1 };
}

/** Rows with anything in them, as they are known now. */
function inForce({ performance = [] }: Dump): string[] {
  return performance.filter((row) =>
    row.superseded_at === null && row.clicks !== 0
  ).map((row) => JSON.stringify({ ...row, batch: null, revision: null }))
    .sort();
}

/** Every revision of the rows that stayed. */
function historyOf({ performance = [] }: Dump): string[] {
  return performance.filter((row) => row.campaign_id !== GONE)
    .map((row) => JSON.stringify({ ...row, batch: null })).sort();
}

function eventsOf({ event = [] }: Dump): string[] {
  return event.map((row) => JSON.stringify({ ...row, batch: null })).sort();
}

Deno.test("a letter of a record replaces all rows of it, and none that came after it", async () => {
  await withDatabase(async ({ sql }) => {
    const store = createSignalStore(sql);
    const turns = ["2026-01-05", "2026-02-05", "2026-03-05"];
    for (const tenant of ["sound", "restated", "late"]) {
      for (const [turn, day] of turns.slice(0, 2).entries()) {
        const broken = tenant !== "sound" && turn === 1;
        await dealRun(store, { tenant, day, turn, broken }).sync();
      }
      if (tenant === "late") {
        await dealRun(store, { tenant, day: turns[2] ?? "", turn: 2 }).sync();
      }
      const run = dealRun(store, { tenant, day: "2026-03-05", turn: 1 });
      const { revived } = await run.revive(false);
      assert.equal(revived, tenant === "sound" ? 0 : 1);
    }
    const dealsOf = async (tenant: string, knownAt: Instant | null = null) =>
      (await store.performance({
        tenant,
        source: SOURCE,
        report: null,
        range: { from: "2026-01-01", until: "2027-01-01" },
        knownAt,
        limit: 10,
      })).map(({ signal: { day, metrics } }) =>
        `${day} ${metrics.conversion_value_micros}`
      );
    assert.deepEqual(await dealsOf("sound"), ["2026-01-05 0", "2026-02-05 2"]);
    assert.deepEqual(await dealsOf("restated"), await dealsOf("sound"));
    assert.deepEqual(await dealsOf("late"), ["2026-01-05 0", "2026-03-05 3"]);
    const between = await dealsOf("late", "2026-02-20T00:00:00.000Z");
    assert.deepEqual(between, ["2026-01-05 1"]);
  });
});

/** A source with one deal, whose day and value are others at each turn. */
function dealRun(
  store: SignalStore,
  { tenant, day, turn, broken = false }: {
    readonly tenant: string;
    readonly day: Day;
    readonly turn: number;
    readonly broken?: boolean;
  },
) {
  const read = (record: unknown): Signal[] => {
    if (broken) throw new TypeError("a bug");
    const { day, value } = record as { day: Day; value: number };
    return [{
      grain: "performance",
      report: "deals",
      level: "account",
      entities: { account: "a-1" },
      day,
      periodDays: 1,
      zone: "UTC",
      currency: "EUR",
      breakdowns: {},
      attribution: "",
      metrics: { conversion_value_micros: BigInt(value) },
      record: "deal:1",
    }];
  };
  const connector: Connector = {
    ...smallConnector(),
    reports: [],
    async *pull() {
      yield { ...mapRecords([{ day, value: turn + 1 }], read), cursor: null };
      await Promise.resolve();
    },
    reread: ({ original }) => mapRecords([JSON.parse(original)], read),
  };
  return startRun({
    tenant,
    connector,
    clock: manualClock(`${day}T09:00:00.000Z`),
    store,
    fetch: () => Promise.reject(new TypeError("nobody is asked")),
  });
}
