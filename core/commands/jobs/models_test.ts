/**
 * Models are looked at once a day, and trained once a night.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelRecord } from "../../domain/score.ts";
import type { ModelWatch } from "../../ports/models.ts";
import type { WatchReport } from "../../scores/watch/watch.ts";
import {
  type ModelEntry,
  type ModelScope,
  retrainModelsJob,
  watchModelsJob,
} from "./models.ts";
import { takenRun } from "./taken_run_test.ts";

const CHAMPION = {
  name: "visit",
  version: 2,
  family: "propensity_trees@2.0.0",
  artifactKind: "onnx",
  createdAt: "2026-10-01T10:00:00.000Z",
} as ModelRecord;

const MOVED: WatchReport = {
  ...{ rows: 10, answers: 10, labelled: 0, moneyMicrosPerDay: 5_000_000 },
  findings: [{
    ...{ what: "input", name: "audience.age", size: 0.3 },
    ...{ atRiskMicrosPerDay: 2_500_000, detail: "audience.age moved" },
  }],
  ...{ estimated: null, calibration: null, metrics: {} },
};
const SUBJECT = { subject: "visit" };

function openJobs(options: Partial<ModelScope> = {}) {
  const entries: ModelEntry[] = [];
  const looks: string[] = [];
  const trained: string[] = [];
  const versions = [CHAMPION];
  const time = { now: "2026-11-01T03:30:00.000Z" };
  let watched: ModelWatch[] = [];
  const scope: ModelScope = {
    look: (_tenant, { name, version }) => {
      looks.push(time.now);
      const at = time.now;
      watched = [{ ...{ name, version, at }, kind: "look", findings: null }];
      return Promise.resolve(MOVED);
    },
    retrain: (_tenant, record, { by }) => {
      trained.push(by);
      const made = { ...record, version: 3, createdAt: time.now };
      versions.push(made);
      return Promise.resolve(made);
    },
    models: {
      champion: () => Promise.resolve({ champion: CHAMPION, previous: null }),
      list: () => Promise.resolve(versions),
    },
    watches: { latest: () => Promise.resolve(watched) },
    signals: { tenants: () => Promise.resolve(["acme"]) },
    clock: { now: () => time.now },
    retrainAt: "03:00",
    log: (entry) => entries.push(entry),
    ...options,
  };
  return {
    ...{ entries, looks, trained, time },
    watch: watchModelsJob(scope),
    retrain: retrainModelsJob(scope),
  };
}

Deno.test("each champion is concerned once", async () => {
  const { watch, retrain } = openJobs();
  const concerns = [{ tenant: "acme", subject: "visit" }];
  assert.deepEqual(await watch.concerns(), concerns);
  assert.deepEqual(await retrain.concerns(), concerns);
  assert.deepEqual(retrain.schedule, { at: "03:00" });
  assert.equal(openJobs({ retrainAt: null }).retrain.schedule, null);
});

Deno.test("a model is looked at once a day, and what lasts is told once, with the money", async () => {
  const { watch, time, looks, entries } = openJobs();
  let memory: unknown = null;
  for (const now of ["01T03:30", "01T04:30", "02T03:31", "02T04:31"]) {
    time.now = `2026-11-${now}:00.000Z`;
    memory = await watch.run(takenRun(watch, { ...SUBJECT, memory }));
  }
  assert.equal(looks.length, 2);
  assert.deepEqual(entries.map(({ detail }) => detail), [
    "visit@2: audience.age moved; 2.50 a day stand on it",
  ]);
});

Deno.test("a model is trained anew once a night, by nobody who could not be reviewed", async () => {
  const { retrain, time, trained } = openJobs();
  for (const [now, asked] of [["01", "01"], ["01", "01"], ["02", "02"]]) {
    time.now = `2026-11-${now}T03:30:00.000Z`;
    const askedAt = `2026-11-${asked}T03:00:10.000Z`;
    await retrain.run(takenRun(retrain, { ...SUBJECT, askedAt }));
  }
  assert.deepEqual(trained, ["nightly", "nightly"]);
});

Deno.test("whatever the clock of the node says, a night is trained once", async () => {
  const { retrain, time, trained } = openJobs();
  const askedAt = "2026-11-01T03:00:10.000Z";
  for (const now of ["2026-11-01T03:30", "2026-11-09T03:30"]) {
    time.now = `${now}:00.000Z`;
    await retrain.run(takenRun(retrain, { ...SUBJECT, askedAt }));
  }
  assert.equal(trained.length, 1);
});

Deno.test("what cannot be looked at or trained fails, to be tried again", async () => {
  const { watch, retrain } = openJobs({
    look: () => Promise.reject(new Error("no log")),
    retrain: () => Promise.reject(new Error("no labels")),
  });
  await assert.rejects(watch.run(takenRun(watch, SUBJECT)), /no log/);
  await assert.rejects(retrain.run(takenRun(retrain, SUBJECT)), /no labels/);
});
