/**
 * Features are kept fresh for every tenant, one run at a time, whatever fails.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import { type FreshnessEntry, keepFresh } from "./keep_fresh.ts";

const NOW = "2026-11-01T06:00:00.000Z";
const SOON = 0.0001;
const RUN = {
  ...{ id: "run_1", view: "v", version: 1 },
  ...{ scope: "changes" as const, computed: 2, rows: 7 },
};

interface Told {
  readonly tenants?: () => readonly string[];
  readonly run?: (tenant: string, report: () => void) => Promise<void>;
  readonly everyMinutes?: number;
  readonly after?: Promise<void>;
}

function start(
  { tenants = () => ["a", "b"], run, everyMinutes, after }: Told,
) {
  const entries: FreshnessEntry[] = [];
  const started: string[] = [];
  const fresh = keepFresh({
    clock: { now: () => NOW },
    ...after && { after },
    log: (entry) => entries.push(entry),
    signals: { tenants: async () => await tenants() },
    features: {
      materialize: async (tenant, { at, report }) => {
        started.push(tenant);
        await run?.(tenant, () => report("view", 0));
        return [{ ...RUN, at, startedAt: at, finishedAt: at }];
      },
    },
  }, everyMinutes ?? SOON);
  return { fresh, entries, started };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((wake) => setTimeout(wake, 1));
}

Deno.test("every tenant is materialised at start and again after the pause", async () => {
  const { fresh, entries, started } = start({});
  await until(() => started.length >= 4);
  fresh.stop();
  await fresh.ended;
  assert.deepEqual(started.slice(0, 4), ["a", "b", "a", "b"]);
  const { durationMs, ...entry } = entries[0] ?? assert.fail();
  assert.ok(durationMs >= 0);
  assert.deepEqual(entry, {
    at: NOW,
    level: "info",
    event: "materialize",
    tenant: "a",
    views: 1,
    rows: 7,
    error: null,
  });
});

Deno.test("a tenant that fails is logged and does not stop the others", async () => {
  const { fresh, entries } = start({
    run: (tenant) =>
      tenant === "a"
        ? Promise.reject(new EngineError("view_invalid", "Cannot compute"))
        : Promise.resolve(),
  });
  await until(() => entries.length >= 4);
  fresh.stop();
  await fresh.ended;
  assert.deepEqual(
    entries.slice(0, 3).map(({ tenant, level, error }) => [
      tenant,
      level,
      error,
    ]),
    [
      ["a", "error", "view_invalid: Cannot compute"],
      ["b", "info", null],
      ["a", "error", "view_invalid: Cannot compute"],
    ],
  );
});

Deno.test("tenants that cannot be listed are asked for again", async () => {
  let asked = 0;
  const { fresh, entries, started } = start({
    tenants: () => {
      if (asked++ === 0) throw new EngineError("store_unavailable", "Gone");
      return ["a"];
    },
  });
  await until(() => started.length > 0);
  fresh.stop();
  await fresh.ended;
  assert.equal(entries[0]?.tenant, null);
  assert.equal(entries[0]?.error, "store_unavailable: Gone");
});

Deno.test("a stop ends a run at its next page, silently", async () => {
  const page = Promise.withResolvers<void>();
  const { fresh, entries, started } = start({
    run: async (_tenant, report) => {
      await page.promise;
      report();
    },
  });
  await until(() => started.length > 0);
  fresh.stop();
  page.resolve();
  await fresh.ended;
  assert.deepEqual(started, ["a"]);
  assert.deepEqual(entries, []);
});

Deno.test("0 minutes is never", async () => {
  const { fresh, started } = start({ everyMinutes: 0 });
  await fresh.ended;
  assert.deepEqual(started, []);
});

Deno.test("the first round waits for what comes before it", async () => {
  const before = Promise.withResolvers<void>();
  const { fresh, started } = start({ after: before.promise });
  await new Promise((wake) => setTimeout(wake, 20));
  assert.deepEqual(started, []);
  before.resolve();
  await until(() => started.length > 0);
  fresh.stop();
  await fresh.ended;
});
