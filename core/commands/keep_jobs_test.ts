/**
 * Jobs are taken whatever is late or away at start, and handed back at a stop.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { Job } from "../jobs/job.ts";
import type { JobAttempt } from "../jobs/run_job.ts";
import type { Flight, JobOutcome, JobQueue } from "../ports/jobs.ts";
import { takenRun } from "./jobs/taken_run_test.ts";
import { type JobEntry, type JobsScope, keepJobs } from "./keep_jobs.ts";

/** A job that runs until it is told to end. */
const JOB: Job = {
  ...{ name: "materialize", schedule: { everyMinutes: 5 }, longestMinutes: 5 },
  concerns: () => Promise.resolve([]),
  run: ({ signal }) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    ),
};

/** Starts on a queue in memory, which is away the first so many times. */
function start(also: Partial<JobsScope> = {}, away = 0) {
  const asked: Flight[] = [];
  const entries: JobEntry[] = [];
  const attempts: JobAttempt[] = [];
  const settled: JobOutcome[] = [];
  const taking = Promise.withResolvers<void>();
  const queue: Partial<JobQueue> = {
    keepSchedules: () =>
      away-- > 0
        ? Promise.reject(new EngineError("store_unavailable", "Gone"))
        : Promise.resolve(),
    ask: (flight) => {
      asked.push(flight);
      return Promise.resolve("r1");
    },
    work: ({ run }) => {
      const running = run(takenRun(JOB)).then((end) => settled.push(end));
      taking.resolve();
      return Promise.resolve({ stop: async () => void await running });
    },
  };
  const keeping = keepJobs({
    ...{ queue: queue as JobQueue, jobs: [JOB], node: "n-1", retryMs: 1 },
    ...{ first: ["materialize"], log: (entry) => entries.push(entry) },
    clock: { now: () => "2026-11-01T04:00:00.000Z" },
    metrics: { job: (attempt) => attempts.push(attempt) },
    ...also,
  });
  return { keeping, taking: taking.promise, asked, entries, attempts, settled };
}

Deno.test("what runs at a stop is handed back, counted and logged", async () => {
  const { keeping, taking, ...seen } = start();
  await taking;
  keeping.stop();
  await keeping.ended;
  assert.deepEqual(seen.asked, [
    { job: "materialize", tenant: "", subject: "*" },
  ]);
  assert.deepEqual(seen.settled, [{ kind: "handed_back" }]);
  assert.deepEqual(seen.attempts.map(({ outcome }) => outcome), [
    "handed_back",
  ]);
  assert.deepEqual(
    seen.entries.map(({ event, level, detail }) => [
      ...[event, level, detail],
    ]),
    [["job_ended", "warn", "materialize handed_back at attempt 1"]],
  );
});

Deno.test("a queue that is away is asked again", async () => {
  const { keeping, taking, entries } = start({}, 2);
  await taking;
  assert.deepEqual(entries.map(({ event }) => event), [
    ...["jobs_failed", "jobs_failed"],
  ]);
  keeping.stop();
  await keeping.ended;
});

Deno.test("jobs are taken although what was to come first does not come", async () => {
  const after = new Promise<void>(() => {});
  const { keeping, taking } = start({ after, afterMs: 5 });
  await taking;
  keeping.stop();
  await keeping.ended;
});

Deno.test("a stop does not wait for what was to come first", async () => {
  const after = new Promise<void>(() => {});
  const { keeping, asked } = start({ after });
  keeping.stop();
  await keeping.ended;
  assert.deepEqual(asked, []);
});
