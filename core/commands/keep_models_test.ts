/**
 * Models are looked at once a day, and trained at night by one node.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelRecord } from "../domain/score.ts";
import type { ModelWatch } from "../ports/models.ts";
import type { WatchReport } from "../scores/watch/watch.ts";
import {
  keepModels,
  lastDue,
  type ModelEntry,
  type ModelScope,
} from "./keep_models.ts";

const CHAMPION = {
  name: "visit",
  version: 2,
  family: "propensity_trees@2.0.0",
  artifactKind: "onnx",
  createdAt: "2026-10-01T10:00:00.000Z",
} as ModelRecord;

const MOVED: WatchReport = {
  rows: 10,
  answers: 10,
  labelled: 0,
  moneyMicrosPerDay: 5_000_000,
  findings: [{
    what: "input",
    name: "audience.age",
    size: 0.3,
    atRiskMicrosPerDay: 2_500_000,
    detail: "audience.age moved",
  }],
  estimated: null,
  calibration: null,
  metrics: {},
};

function start(options: Partial<ModelScope> & { readonly free?: boolean }) {
  const entries: ModelEntry[] = [];
  const looks: string[] = [];
  const trained: string[] = [];
  const versions = [CHAMPION];
  let now = Date.parse("2026-11-01T03:30:00.000Z");
  let watched: ModelWatch[] = [];
  const clock = { now: () => new Date(now).toISOString() };
  let rounds = 0;
  const kept = keepModels({
    look: (_tenant, { name, version }) => {
      looks.push(clock.now());
      watched = [
        { name, version, kind: "look", at: clock.now(), findings: null },
      ];
      return Promise.resolve(MOVED);
    },
    retrain: (_tenant, record, by) => {
      trained.push(by);
      const made = { ...record, version: 3, createdAt: clock.now() };
      versions.push(made);
      return Promise.resolve(made);
    },
    models: {
      champion: () => Promise.resolve({ champion: CHAMPION, previous: null }),
      list: () => Promise.resolve(versions),
    },
    watches: { latest: () => Promise.resolve(watched) },
    signals: {
      tenants: () => {
        rounds++;
        return Promise.resolve(["acme"]);
      },
    },
    leases: {
      take: () => {
        rounds += options.free === false ? 1 : 0;
        return Promise.resolve(options.free ?? true);
      },
      release: () => Promise.resolve(),
      rest: () => Promise.resolve(),
    },
    clock,
    ids: { next: () => "models_1" },
    retrainAt: "03:00",
    log: (entry) => entries.push(entry),
    roundMs: 1,
    ...options,
  });
  const pass = async (more: number, hours = 0) => {
    now += hours * 3_600_000;
    const wanted = rounds + more;
    while (rounds < wanted) await new Promise((wake) => setTimeout(wake, 1));
  };
  const stop = async () => {
    kept.stop();
    await kept.ended;
  };
  return { entries, looks, trained, pass, stop };
}

Deno.test("a model is looked at once a day, and what lasts is told once, with the money", async () => {
  const node = start({ retrainAt: null });
  await node.pass(5);
  await node.pass(5, 24);
  await node.stop();
  assert.equal(node.looks.length, 2);
  assert.deepEqual(node.entries.map(({ detail }) => detail), [
    "visit@2: audience.age moved; 2.50 a day stand on it",
  ]);
  assert.deepEqual(node.trained, []);
});

Deno.test("a model is trained anew once a night, by nobody who could not be reviewed", async () => {
  const node = start({});
  await node.pass(5);
  await node.pass(5, 12);
  await node.pass(5, 12);
  await node.stop();
  assert.deepEqual(node.trained, ["nightly", "nightly"]);
});

Deno.test("a training that fails is told, once that night, and the look goes on", async () => {
  const node = start({ retrain: () => Promise.reject(new Error("no labels")) });
  await node.pass(6);
  await node.stop();
  const failures = node.entries.filter(({ event }) =>
    event === "models_failed"
  );
  assert.equal(failures.length, 1);
  assert.equal(node.looks.length, 1);
});

Deno.test("a node without the lease does nothing", async () => {
  const node = start({ free: false });
  await node.pass(5);
  await node.stop();
  assert.deepEqual([node.looks, node.trained, node.entries], [[], [], []]);
});

Deno.test("lastDue() makes up for a night that was missed by a few hours only", () => {
  const at = (time: string) => lastDue(`2026-11-01T${time}:00.000Z`, "03:00");
  assert.equal(at("03:00"), "2026-11-01T03:00:00.000Z");
  assert.equal(at("08:59"), "2026-11-01T03:00:00.000Z");
  assert.equal(at("09:01"), null);
  assert.equal(at("02:59"), null);
  assert.equal(
    lastDue("2026-11-01T01:00:00.000Z", "23:30"),
    "2026-10-31T23:30:00.000Z",
  );
});

Deno.test("a look that fails is told, and tried again an hour later", async () => {
  const node = start({
    look: () => Promise.reject(new Error("no log")),
    retrainAt: null,
  });
  await node.pass(6);
  const failures = () =>
    node.entries.filter(({ event }) => event === "models_failed").length;
  assert.equal(failures(), 1);
  await node.pass(6, 2);
  await node.stop();
  assert.equal(failures(), 2);
});
