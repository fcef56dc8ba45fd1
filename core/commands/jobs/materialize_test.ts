/**
 * Features of a tenant are brought up to one moment, however often the run is interrupted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type FreshnessEntry, materializeJob } from "./materialize.ts";
import { takenRun } from "./taken_run_test.ts";

const NOW = "2026-11-01T06:00:00.000Z";
const RUN = {
  ...{ id: "run_1", view: "v", version: 1, scope: "changes" as const },
  ...{ computed: 2, rows: 7, startedAt: NOW, finishedAt: NOW },
};

function openJob(materializeMinutes = 60) {
  const entries: FreshnessEntry[] = [];
  const moments: string[] = [];
  const job = materializeJob({
    clock: { now: () => NOW },
    log: (entry) => entries.push(entry),
    signals: { tenants: () => Promise.resolve(["acme", "rival"]) },
    features: {
      materialize: (_tenant, { at, report }) => {
        moments.push(at);
        report("v@1: signals", 0.5);
        return Promise.resolve([{ ...RUN, at }]);
      },
    },
    materializeMinutes,
  });
  return { job, entries, moments };
}

Deno.test("every tenant is materialised, at the pause that was configured or never", async () => {
  const { job } = openJob();
  assert.deepEqual(job.schedule, { everyMinutes: 60 });
  assert.equal(openJob(0).job.schedule, null);
  assert.deepEqual(await job.concerns(), [
    { tenant: "acme", subject: "" },
    { tenant: "rival", subject: "" },
  ]);
});

Deno.test("a run keeps its moment, and one that goes on has the same", async () => {
  const { job, moments, entries } = openJob();
  const first = takenRun(job);
  await job.run(first);
  assert.deepEqual(first.kept, [NOW]);
  const checkpoint = "2026-11-01T05:00:00.000Z";
  await job.run(takenRun(job, { checkpoint }));
  assert.deepEqual(moments, [NOW, checkpoint]);
  assert.deepEqual(
    entries.map(({ event, tenant, rows }) => [
      ...[event, tenant, rows],
    ]),
    [["materialize", "acme", 7], ["materialize", "acme", 7]],
  );
});

Deno.test("a run that is told to end, ends at its next page and logs nothing", async () => {
  const { job, entries } = openJob();
  const signal = AbortSignal.abort(new Error("told to end"));
  await assert.rejects(job.run(takenRun(job, { signal })), /told to end/);
  assert.deepEqual(entries, []);
});
