/**
 * A row that its source tells in a form which cannot be read, and repairs when its
 * day is final: the day is asked for again until it is whole, and then no more.
 *
 * @module
 */
import assert from "node:assert/strict";
import { addDays, type Day, DAY_MS } from "../../core/domain/day.ts";
import { keepInMemory } from "../../plugins/conformance/memory_store.ts";
import { manualClock } from "../vendors/manual_clock.ts";
import { createSmallAds } from "./small_ads.ts";
import { smallConnector } from "./small_connector.ts";
import { startRun } from "./source_run.ts";

const DAY: Day = "2026-03-10";
const SETTLES_DAYS = 2;
const REPAIRED_AT = addDays(DAY, 9);
const LAST = addDays(DAY, 60);
const SYNCS_A_DAY = 3;

Deno.test("a final day is asked for again until it is whole", async () => {
  const clock = manualClock(`${DAY}T06:00:00.000Z`);
  const today = () => clock.now().slice(0, 10);
  const row = { device: "a", clicks: 3, cents: 30, conversions: "1.5" };
  const vendor = createSmallAds({
    clock,
    rows: (day) =>
      day !== DAY ? [] : [
        { ...row, day, campaign: "c-1" },
        { ...row, day, campaign: today() < REPAIRED_AT ? "" : "c-2" },
      ],
    settlesDays: SETTLES_DAYS,
  });
  const store = keepInMemory();
  const run = startRun({
    tenant: "any",
    connector: smallConnector({ reportsOnly: true, sliceDays: 1 }),
    clock,
    store,
    initialDays: 0,
    fetch: vendor.answer,
  });
  const asked: Day[] = [];
  while (today() <= LAST) {
    const before = vendor.asked.length;
    assert.deepEqual((await run.sync()).failures, []);
    const questions = vendor.asked.slice(before)
      .filter(({ kind, from }) => kind === "report" && from === DAY);
    if (questions.length > 0) asked.push(today());
    clock.advance(DAY_MS / SYNCS_A_DAY);
  }
  const final = addDays(DAY, SETTLES_DAYS + 1);
  assert.deepEqual(
    asked.filter((day) => day > final),
    [1, 3, 7].map((days) => addDays(final, days)),
  );
  assert.deepEqual(
    [...store.rows.values()].map(({ signal }) => signal.entities.campaign),
    ["c-1", "c-2"],
  );
});
