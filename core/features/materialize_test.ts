/**
 * What a run computed is put online, and only then said to hold.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureVector, FeatureView } from "../domain/feature.ts";
import type { MaterializeRun, RunScope } from "../ports/features.ts";
import {
  materialize,
  type MaterializeScope,
  rebuildOnline,
} from "./materialize.ts";

const NOON = "2026-03-01T12:00:00.000Z";
const LATER = "2026-03-01T12:30:00.000Z";
const VIEW: FeatureView = {
  name: "orders",
  version: 1,
  entity: "subject",
  owner: "tests",
  purposes: ["optimization"],
  about: "A view",
  ttlSeconds: 60,
  source: { grain: "event" },
  features: [],
};

function runOf(at: string, scope: RunScope = "changes"): MaterializeRun {
  return {
    ...{ id: at, view: "orders", version: 1, scope, at, startedAt: at },
    ...{ finishedAt: at, computed: 3, rows: 2 },
  };
}

/** A history of pages of vectors, and a store that notes what it is asked for. */
function open(runs: readonly MaterializeRun[], through: string | null) {
  const done: unknown[] = [];
  const vector = { view: "orders", version: 1, entity: "subject:s" } as const;
  const scope: MaterializeScope = {
    history: {
      materialize: (_tenant, _view, { at, scope, progress }) => {
        progress?.(1, 2);
        progress?.(3, null);
        return Promise.resolve(runOf(at, scope));
      },
      runs: () => Promise.resolve(runs),
      async *vectors(_tenant, _view, after) {
        done.push({ after });
        const page: FeatureVector[] = [{ ...vector, at: NOON, values: [] }];
        yield await Promise.resolve(page);
        yield page;
      },
    },
    online: {
      through: () => Promise.resolve(through),
      write: async (_tenant, vectors) =>
        void await done.push({ write: vectors.length }),
      setThrough: async (_tenant, _view, at) => void await done.push({ at }),
    },
  };
  return { scope, done };
}

function job(scope: RunScope, shares: number[] = []) {
  return {
    views: [VIEW],
    at: LATER,
    scope,
    report: (_what: string, share: number | null) =>
      void shares.push(share ?? NaN),
  };
}

Deno.test("all of a view is written before it is said to hold, with progress that only grows", async () => {
  const { scope, done } = open([], null);
  const shares: number[] = [];
  const runs = await materialize(scope, "acme", job("all", shares));
  assert.deepEqual(runs, [runOf(LATER, "all")]);
  assert.deepEqual(done, [
    { after: null },
    { write: 1 },
    { write: 1 },
    { at: LATER },
  ]);
  assert.ok(shares.length > 3 && shares.at(-1) === 1);
  assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
});

Deno.test("what is online already is not written again, but for a margin", async () => {
  const { scope, done } = open([], NOON);
  await materialize(scope, "acme", job("changes"));
  assert.deepEqual(done[0], { after: "2026-03-01T11:55:00.000Z" });
  assert.deepEqual(done.at(-1), { at: LATER });
});

Deno.test.each<RunScope>([
  "all",
  { from: "2026-01-01", until: "2026-02-01" },
])(
  "what a run of %j computed is put online though others overtook it",
  async (scope) => {
    const overtaken = "2026-03-01T14:00:00.000Z";
    const { scope: stores, done } = open([], overtaken);
    await materialize(stores, "acme", job(scope));
    assert.deepEqual(done[0], { after: "2026-03-01T12:25:00.000Z" });
  },
);

Deno.test("a run over some days says nothing of the others", async () => {
  const { scope, done } = open([], NOON);
  const days = { from: "2026-01-01", until: "2026-02-01" };
  await materialize(scope, "acme", job(days));
  assert.deepEqual(done.at(-1), { write: 1 });
});

Deno.test("a store that lost all is given what is kept, as of the last whole run", async () => {
  const days = { from: "2026-01-01", until: "2026-02-01" };
  const { scope, done } = open([runOf(LATER, days), runOf(NOON)], null);
  assert.equal(await rebuildOnline(scope, "acme", job("changes")), 2);
  assert.deepEqual(done.at(-1), { at: NOON });
});

Deno.test("a view that was never computed as a whole is not said to hold", async () => {
  const { scope, done } = open([], null);
  await rebuildOnline(scope, "acme", job("changes"));
  assert.deepEqual(done, [{ after: null }, { write: 1 }, { write: 1 }]);
});

Deno.test("what may not be put online is computed, and leaves what is there as it is", async () => {
  const { scope, done } = open([runOf(NOON)], NOON);
  const refusing = { ...scope, admit: () => Promise.resolve(false) };
  const runs = await materialize(refusing, "acme", job("changes"));
  assert.equal(runs.length, 1);
  assert.equal(await rebuildOnline(refusing, "acme", job("changes")), 0);
  assert.deepEqual(done, []);
  const admitting = { ...scope, admit: () => Promise.resolve(true) };
  await materialize(admitting, "acme", job("changes"));
  assert.deepEqual(done.at(-1), { at: LATER });
});
