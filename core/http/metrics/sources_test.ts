/**
 * What an alert on sources stands on: silence, failure, and a store that is away are
 * told apart.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createMetrics, type Operated } from "../metrics.ts";

const NEW = { tenant: "acme", source: "new", connector: "ga4" };
const HEARD = { tenant: "acme", source: "ads", connector: "google_ads" };
const USE = {
  ...HEARD,
  lastObservedAt: "2026-11-01T00:00:00.000Z",
  latestDay: "2026-10-31",
  rows: 7,
};

function engineOf(also: Partial<Operated> = {}): Operated {
  return {
    guards: { states: () => [], onUse: () => {} },
    signals: { freshness: () => Promise.resolve([USE]) },
    configured: () => [{ ...HEARD, syncMinutes: 60 }, NEW],
    quota: () => [],
    streamLag: () => Promise.resolve([{ consumer: "nats", waiting: 3 }]),
    trust: {
      everyConsistency: () => Promise.resolve([]),
      heldBack: () => [],
      findings: () => [],
    },
    compared: () => [],
    jobs: { list: () => Promise.resolve([]) },
    budgets: { held: () => [] },
    ...{ spooled: () => null, turnedAway: () => 0 },
    clock: { now: () => USE.lastObservedAt },
    trials: { seen: () => [], found: () => [], stopped: () => [] },
    ...also,
  };
}

/** Lines of a metric, without its name. */
async function linesOf(
  metrics: { print(): Promise<string> },
  name: string,
): Promise<string[]> {
  return (await metrics.print()).split("\n")
    .filter((line) => line.startsWith(name))
    .map((line) => line.slice(name.length).trim());
}

Deno.test("a source that is configured and was never heard of is told of at 0", async () => {
  const metrics = createMetrics("1", engineOf());
  assert.deepEqual(
    await linesOf(metrics, "moe_source_last_observed_timestamp_seconds"),
    [
      '{tenant="acme",source="ads",connector="google_ads"} 1793491200',
      '{tenant="acme",source="new",connector="ga4"} 0',
    ],
  );
  assert.deepEqual(
    await linesOf(metrics, "moe_source_latest_data_timestamp_seconds"),
    ['{tenant="acme",source="ads",connector="google_ads"} 1793491200'],
  );
  assert.deepEqual(await linesOf(metrics, "moe_source_metrics_up"), ["1"]);
});

Deno.test("a store that is away is told of, and never as silence of the sources", async () => {
  let away = false;
  const metrics = createMetrics(
    "1",
    engineOf({
      streamLag: () =>
        away ? Promise.reject(new Error("away")) : Promise.resolve([]),
    }),
  );
  await metrics.print();
  away = true;
  assert.deepEqual(await linesOf(metrics, "moe_source_metrics_up"), ["0"]);
  assert.deepEqual(await linesOf(metrics, "moe_source_last_observed"), []);
  away = false;
  assert.deepEqual(await linesOf(metrics, "moe_source_metrics_up"), ["1"]);
});

Deno.test("syncs are counted by outcome, and what failed in them by code", async () => {
  const metrics = createMetrics("1", engineOf());
  const sync = { tenant: "acme", source: "ads", code: null, failures: [] };
  metrics.synced({ ...sync, outcome: "ok" });
  metrics.synced({
    ...sync,
    outcome: "partial",
    failures: [{ code: "source_truncated" }, { code: "source_truncated" }],
  });
  metrics.synced({ ...sync, outcome: "failed", code: "source_throttled" });
  assert.deepEqual(await linesOf(metrics, "moe_sync_runs_total"), [
    '{tenant="acme",source="ads",outcome="ok"} 1',
    '{tenant="acme",source="ads",outcome="partial"} 1',
    '{tenant="acme",source="ads",outcome="failed"} 1',
    '{tenant="acme",source="ads",outcome="stopped"} 0',
  ]);
  assert.deepEqual(await linesOf(metrics, "moe_sync_failures_total"), [
    '{tenant="acme",source="ads",code="source_truncated"} 2',
    '{tenant="acme",source="ads",code="source_throttled"} 1',
  ]);
});
