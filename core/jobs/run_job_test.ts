/**
 * What a node takes is contained whatever it does, and told as what it came to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { Flight, TakenRun } from "../ports/jobs.ts";
import { isMissed, lastTime } from "./due.ts";
import type { Job } from "./job.ts";
import { createRunner, type JobAttempt } from "./run_job.ts";

const JOB: Job = {
  ...{ name: "make_plans", schedule: { at: "04:00" }, longestMinutes: 60 },
  concerns: () =>
    Promise.resolve([
      { tenant: "acme", subject: "a" },
      { tenant: "acme", subject: "b" },
      { tenant: "rival", subject: "a" },
    ]),
  run: () => Promise.resolve("memory"),
};

function taken(also: Partial<TakenRun> = {}): TakenRun {
  return {
    ...{ id: "r1", job: "make_plans", tenant: "acme", subject: "a" },
    ...{ attempt: 1, askedAt: "2026-11-01T04:00:10.000Z", scheduled: false },
    ...{ checkpoint: null, memory: null },
    signal: new AbortController().signal,
    report: () => {},
    keep: () => Promise.resolve(),
    ...also,
  };
}

function openRunner(job: Partial<Job> = {}) {
  const stopping = new AbortController();
  const attempts: JobAttempt[] = [];
  const asked: Flight[] = [];
  const run = createRunner({
    jobs: [{ ...JOB, ...job }],
    queue: {
      ask: (flight) => {
        asked.push(flight);
        return Promise.resolve(null);
      },
    },
    stopping: stopping.signal,
    ended: (attempt) => attempts.push(attempt),
    graceMs: 5,
  });
  return { run, stopping, attempts, asked };
}

const SPREAD = { tenant: "", subject: "*" };

Deno.test("what a run returns is left for the next one", async () => {
  const { run, attempts } = openRunner();
  assert.deepEqual(await run(taken()), { kind: "done", memory: "memory" });
  assert.deepEqual(attempts.map(({ outcome }) => outcome), ["done"]);
});

Deno.test.each([
  {
    note: "on purpose",
    error: new EngineError("model_unavailable", "Cannot plan"),
    code: "model_unavailable",
  },
  { note: "by a slip", error: new TypeError("s3cret"), code: "internal_error" },
])("what fails $note is told by its code alone", async ({ error, code }) => {
  const { run, attempts } = openRunner({ run: () => Promise.reject(error) });
  assert.deepEqual(await run(taken()), { kind: "failed", error: code });
  assert.deepEqual(attempts.map((one) => [one.outcome, one.error]), [
    ["failed", error],
  ]);
});

Deno.test("a job that this release lacks fails, and is not lost", async () => {
  const { run } = openRunner({ name: "watch_plans" });
  assert.deepEqual(await run(taken()), { kind: "failed", error: "not_found" });
});

Deno.test("a run that hangs past its time is left behind", async () => {
  let told = false;
  const { run } = openRunner({
    longestMinutes: 0.0001,
    run: ({ signal }) => {
      signal.addEventListener("abort", () => told = true);
      return new Promise(() => {});
    },
  });
  assert.deepEqual(await run(taken()), {
    ...{ kind: "failed", error: "deadline_exceeded" },
  });
  assert.equal(told, true);
});

Deno.test.each([
  { note: "that listens", listens: true },
  { note: "that does not", listens: false },
])("a run $note is handed back when the node stops", async ({ listens }) => {
  const { run, stopping, attempts } = openRunner({
    run: ({ signal }) =>
      new Promise((_, reject) => {
        if (!listens) return;
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  const running = run(taken());
  stopping.abort();
  assert.deepEqual(await running, { kind: "handed_back" });
  assert.deepEqual(attempts.map(({ outcome }) => outcome), ["handed_back"]);
});

Deno.test("a run that is no longer this node's is told as lost", async () => {
  const claim = new AbortController();
  const { run, attempts } = openRunner({ run: () => new Promise(() => {}) });
  const running = run(taken({ signal: claim.signal }));
  claim.abort(new Error("cancelled"));
  await running;
  assert.deepEqual(attempts.map(({ outcome }) => outcome), ["lost"]);
});

Deno.test("a spread asks for all whom the job concerns, of all or of a tenant", async () => {
  const of = async (tenant: string) => {
    const { run, asked } = openRunner();
    await run(taken({ ...SPREAD, tenant }));
    return asked.map(({ tenant, subject }) => `${tenant}/${subject}`);
  };
  assert.deepEqual(await of(""), ["acme/a", "acme/b", "rival/a"]);
  assert.deepEqual(await of("rival"), ["rival/a"]);
});

Deno.test.each([
  { note: "by its schedule within hours", at: "09", scheduled: true, asked: 3 },
  {
    note: "by its schedule, far too late",
    at: "11",
    scheduled: true,
    asked: 0,
  },
  { note: "by a person, at any time", at: "11", scheduled: false, asked: 3 },
])("a night that is asked for $note: $asked runs", async (one) => {
  const { run, asked } = openRunner();
  const askedAt = `2026-11-01T${one.at}:30:00.000Z`;
  await run(taken({ ...SPREAD, askedAt, scheduled: one.scheduled }));
  assert.equal(asked.length, one.asked);
});

Deno.test("a night is made up for by a few hours only", () => {
  const at = (time: string) => `2026-11-01T${time}:00.000Z`;
  assert.equal(lastTime(at("03:00"), "03:00"), at("03:00"));
  assert.equal(lastTime(at("01:00"), "23:30"), "2026-10-31T23:30:00.000Z");
  const missed = ["03:00", "08:59", "09:01", "02:59"]
    .map((time) => isMissed(at(time), "03:00"));
  assert.deepEqual(missed, [false, false, true, true]);
});
