/**
 * Quiet hours, weekdays and calendars in the zone of the person, across midnight and the
 * change of the clocks.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { localTime } from "../domain/day.ts";
import type { Schedule } from "../domain/verdict.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import {
  ACTION,
  decideIn,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "./memory_ports_test.ts";

const scores = scoresOf(
  scorerOf(ACTION, { score: ({ action }) => action === "mens" ? 0.5 : 0.1 }),
);

/** Decides at a moment under a rule that denies during a schedule. */
async function decideAt(at: string, zone: string | null, during: Schedule) {
  const quiet = policyOf({
    ...{ id: "quiet", effect: "deny", during, reason: "Quiet hours" },
    when: { "!": { var: "context.isControl" } },
  }, ["action"]);
  const policies = compilePolicySet([quiet], {
    lists: [{
      ...{ list: "holidays", version: 1, owner: "tests", about: "Holidays." },
      items: ["2026-12-25"],
    }],
  });
  const world = worldOf({
    ...{ scores, policies: () => policies },
    clock: { now: () => at },
  });
  const { recommendation, validUntil } = await decideIn(world, {
    ...REQUEST,
    zone,
  });
  const isSent = recommendation.kind === "action" &&
    recommendation.action === "mens";
  return { isSent, validUntil };
}

const NIGHT: Schedule = { from: "21:00", to: "08:00" };

Deno.test.each([
  {
    note: "the last minute before",
    at: "2026-02-01T19:59:00.000Z",
    sent: true,
  },
  { note: "the first minute", at: "2026-02-01T20:00:00.000Z", sent: false },
  { note: "before midnight", at: "2026-02-01T22:59:00.000Z", sent: false },
  { note: "after midnight", at: "2026-02-01T23:01:00.000Z", sent: false },
  { note: "the last minute", at: "2026-02-02T06:59:00.000Z", sent: false },
  {
    note: "the first minute after",
    at: "2026-02-02T07:00:00.000Z",
    sent: true,
  },
  {
    note: "summer, by winter's hour",
    at: "2026-07-01T06:30:00.000Z",
    sent: true,
  },
  { note: "summer, before eight", at: "2026-07-01T05:59:00.000Z", sent: false },
  {
    note: "the hour that is skipped",
    at: "2026-03-29T01:30:00.000Z",
    sent: false,
  },
  { note: "the day it is skipped", at: "2026-03-29T06:00:00.000Z", sent: true },
  {
    note: "the day it is repeated",
    at: "2026-10-25T06:59:00.000Z",
    sent: false,
  },
  {
    note: "the day it is repeated, at eight",
    at: "2026-10-25T07:00:00.000Z",
    sent: true,
  },
])("from 21:00 to 08:00 in Berlin: $note", async ({ at, sent }) => {
  const { isSent } = await decideAt(at, "Europe/Berlin", NIGHT);
  assert.equal(isSent, sent);
});

Deno.test("a decision ends with the last minute before the quiet hours", async () => {
  const { isSent, validUntil } = await decideAt(
    "2026-02-01T19:59:30.000Z",
    "Europe/Berlin",
    NIGHT,
  );
  assert.deepEqual([isSent, validUntil], [true, "2026-02-01T20:00:00.000Z"]);
});

Deno.test("a decision ends with the local day before a holiday", async () => {
  const during = { dates: { list: "holidays" } };
  const eve = await decideAt(
    "2026-12-24T22:59:30.000Z",
    "Europe/Berlin",
    during,
  );
  assert.deepEqual([eve.isSent, eve.validUntil], [
    true,
    "2026-12-24T23:00:00.000Z",
  ]);
  const day = await decideAt(
    "2026-12-25T22:59:30.000Z",
    "Europe/Berlin",
    during,
  );
  assert.equal(day.isSent, false);
  const over = await decideAt(
    "2026-12-25T23:00:00.000Z",
    "Europe/Berlin",
    during,
  );
  assert.equal(over.isSent, true);
  const utc = await decideAt("2026-12-24T23:30:00.000Z", null, during);
  assert.equal(utc.isSent, true);
});

Deno.test("quiet hours hold by the wall clock of any zone at any moment", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
      ),
      fc.integer({
        min: Date.UTC(2026, 0, 1) / 60_000,
        max: Date.UTC(2027, 0, 1) / 60_000,
      }),
      fc.nat(1439),
      fc.nat(1439),
      async (zone, minutes, from, to) => {
        fc.pre(from !== to);
        const at = new Date(minutes * 60_000).toISOString();
        const { minute } = localTime(at, zone);
        const isQuiet = from < to
          ? minute >= from && minute < to
          : minute >= from || minute < to;
        const during = { from: printMinute(from), to: printMinute(to) };
        const { isSent } = await decideAt(at, zone, during);
        assert.equal(isSent, !isQuiet);
      },
    ),
    { numRuns: 200 },
  );
});

function printMinute(minute: number): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}
