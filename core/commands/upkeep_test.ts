/**
 * What must be done in time, and what is late.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { LogStanding } from "../ports/log.ts";
import { healthOfUpkeep, lateJobs, unsignedSeconds } from "./upkeep.ts";

const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;

function standing(
  owner: string,
  { seq, signed }: { readonly seq: number; readonly signed: number },
): LogStanding {
  const head = (seq: number) => ({ seq, hash: "" });
  return {
    owner,
    heads: { decisions: head(seq), acts: head(0) },
    last: signed === 0 ? null : {
      ...{ number: signed, at: "2026-11-01T00:00:00.000Z", note: "" },
      sizes: { decisions: signed, acts: 0 },
    },
  };
}

Deno.test("records wait from when they were first seen until a checkpoint moves on", () => {
  const since: Parameters<typeof unsignedSeconds>[1] = new Map();
  const at = (nowMs: number, ...standings: LogStanding[]) =>
    unsignedSeconds(standings, since, nowMs);
  assert.equal(at(0, standing("a", { seq: 0, signed: 0 })), 0);
  assert.equal(at(1000, standing("a", { seq: 5, signed: 0 })), 0);
  assert.equal(at(9000, standing("a", { seq: 9, signed: 0 })), 8);
  assert.equal(at(10_000, standing("a", { seq: 9, signed: 7 })), 0);
  assert.equal(
    at(
      12_000,
      standing("a", { seq: 9, signed: 7 }),
      standing("b", { seq: 1, signed: 1 }),
    ),
    2,
  );
  assert.equal(at(13_000, standing("a", { seq: 9, signed: 9 })), 0);
});

Deno.test.each([
  { note: "that just ended well", hours: 1, want: [] },
  { note: "within its grace", hours: 25, want: [] },
  { note: "that missed its day", hours: 27, want: ["make_plans"] },
])("a job $note is late or not", ({ hours, want }) => {
  const nowMs = Date.parse("2026-11-10T00:00:00.000Z");
  const jobs = [
    { name: "make_plans", schedule: { at: "04:00" } },
    { name: "retrain_models", schedule: null },
  ] as const;
  const succeededAt = new Date(nowMs - hours * HOUR_MS).toISOString();
  const runs = [
    { job: "make_plans", succeededAt },
    { job: "make_plans", succeededAt: null },
  ] as const;
  assert.deepEqual(lateJobs(jobs, runs, { nowMs, startedMs: 0 }), want);
  assert.deepEqual(lateJobs(jobs, runs, { nowMs, startedMs: nowMs }), []);
});

Deno.test("what is late degrades the engine, and what is in time does not", () => {
  const fine = {
    unsignedSeconds: 60,
    lateJobs: [],
    certificateUntilSeconds: 30 * DAY_SECONDS,
  };
  assert.deepEqual(healthOfUpkeep(null, 0), {});
  assert.deepEqual(healthOfUpkeep(fine, 0), {});
  const late = {
    unsignedSeconds: 301,
    lateJobs: ["retrain_models"],
    certificateUntilSeconds: 13 * DAY_SECONDS,
  };
  assert.deepEqual(Object.keys(healthOfUpkeep(late, 0)), [
    "job:retrain_models",
    "log:unsigned",
    "certificate",
  ]);
});
