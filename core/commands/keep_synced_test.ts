/**
 * Sources are synced when they are due, on one node at a time, whatever ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { SyncOutcome } from "../http/metrics.ts";
import type { LeaseStore } from "../ports/stores.ts";
import type { Signals, Source } from "../signals/signals.ts";
import type { SyncReport } from "../signals/sync/sync_report.ts";
import { keepSynced, type SyncScope } from "./keep_synced.ts";
import type { SyncEntry } from "./sync_entry.ts";

const NOW = "2026-11-01T06:00:00.000Z";
const LEASE_MS = 30;
const NOTHING: SyncReport = {
  written: {
    ...{ inserted: 2, restated: 1, unchanged: 3, vanished: 0, events: 4 },
    ...{ duplicates: 0, deadLetters: 0, pages: 1, rows: 9, rejects: {} },
  },
  slices: 1,
  days: 1,
  reconciled: {},
  failures: [],
};
const TRUNCATED = {
  report: "campaign_daily",
  from: "2026-10-30",
  until: "2026-10-31",
  code: "source_truncated",
  message: "Cannot read it whole",
};

/**
 * Leases in memory by a clock that a test moves beside the machine's, or moves alone,
 * so that no lease ends because the machine is slow.
 */
function createLeases({ stands = false } = {}) {
  const held = new Map<string, { holder: string; until: number }>();
  let skippedMs = 0;
  const now = () => (stands ? 0 : performance.now()) + skippedMs;
  const calls: string[] = [];
  const leases: LeaseStore = {
    take(name, holder, leaseMs) {
      const known = held.get(name);
      const free = !known || known.holder === holder || known.until < now();
      if (free) held.set(name, { holder, until: now() + leaseMs });
      calls.push(`take ${free}`);
      return Promise.resolve(free);
    },
    release(name, holder) {
      if (held.get(name)?.holder === holder) held.delete(name);
      calls.push("release");
      return Promise.resolve();
    },
    rest(name, holder, restMs) {
      if (held.get(name)?.holder === holder) {
        held.set(name, { holder: "", until: now() + restMs });
      }
      calls.push(`rest ${restMs}`);
      return Promise.resolve();
    },
  };
  return { leases, held, calls, skip: (ms: number) => skippedMs += ms };
}

type Sync = (source: string, signal: AbortSignal) => Promise<SyncReport>;

/** One node that syncs `names` every `syncMinutes`. */
function startNode(
  leases: LeaseStore,
  sync: Sync,
  { names = ["ads"], syncMinutes = 60, holder = "a" } = {},
) {
  const entries: SyncEntry[] = [];
  const counted: SyncOutcome[] = [];
  const started: string[] = [];
  const sources: Pick<Signals, "sync"> = {
    sync: ({ source }, _report, options) => {
      started.push(source);
      return sync(source, options?.signal ?? assert.fail());
    },
  };
  const engine = {
    clock: { now: () => NOW },
    ids: { next: () => holder },
    configured: () =>
      names.map((source) => ({
        ...{ tenant: "acme", source, connector: "c", config: {}, syncMinutes },
      })),
    findSource: (_tenant: string, source: string) => ({ source }) as Source,
    sources: sources as Signals,
  } satisfies SyncScope["engine"];
  const node = keepSynced({
    engine,
    leases,
    leaseMs: LEASE_MS,
    random: () => 0,
    metrics: { synced: (sync) => counted.push(sync) },
    log: (entry) => entries.push(entry),
  });
  return {
    entries,
    counted,
    started,
    async stop() {
      node.stop();
      await node.ended;
    },
  };
}

const well: Sync = () => Promise.resolve(NOTHING);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await later(1);
}

function later(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

Deno.test("a source that was synced is due on no node before its time, nor after a start", async () => {
  const { leases, skip } = createLeases();
  const first = startNode(leases, well);
  await until(() => first.entries.length === 1);
  await first.stop();
  const nodes = ["b", "c"].map((holder) => startNode(leases, well, { holder }));
  const synced = () => nodes.flatMap(({ started }) => started).length;
  await later(3 * LEASE_MS);
  assert.equal(synced(), 0);
  skip(60 * 60_000);
  await until(() => synced() > 0);
  await later(3 * LEASE_MS);
  assert.equal(synced(), 1);
  await Promise.all(nodes.map((node) => node.stop()));
});

Deno.test("a source is synced again and again", async () => {
  const { leases } = createLeases();
  const node = startNode(leases, well, { syncMinutes: 0.0001 });
  await until(() => node.started.length >= 3);
  await node.stop();
});

Deno.test("a node that died is followed when its lease is over", async () => {
  const { leases, skip } = createLeases();
  await leases.take("sync/acme/ads", "dead", 10_000);
  const node = startNode(leases, well);
  await later(3 * LEASE_MS);
  assert.deepEqual(node.started, []);
  skip(10_000);
  await until(() => node.entries.length === 1);
  await node.stop();
});

Deno.test("a sync that takes longer than a lease keeps it", async () => {
  const { leases, calls } = createLeases({ stands: true });
  const taken = (free: boolean) =>
    calls.filter((call) => call === `take ${free}`).length;
  const slow = Promise.withResolvers<SyncReport>();
  const one = startNode(leases, () => slow.promise);
  await until(() => one.started.length === 1);
  const two = startNode(leases, well, { holder: "b" });
  await until(() => taken(true) >= 5 && taken(false) >= 5);
  assert.deepEqual(two.started, []);
  slow.resolve(NOTHING);
  await until(() => one.entries.length === 1);
  await Promise.all([one.stop(), two.stop()]);
  assert.equal(one.entries[0]?.outcome, "ok");
});

/** A sync of many slices, each after the other. */
const inSlices: Sync = async (_source, signal) => {
  while (!signal.aborted) await later(1);
  return NOTHING;
};

Deno.test("a sync that is told to stop ends between slices and lets its lease go", async () => {
  const { leases, held, calls } = createLeases();
  const node = startNode(leases, inSlices);
  await until(() => node.started.length === 1);
  await node.stop();
  assert.equal(calls.at(-1), "release");
  assert.equal(held.size, 0);
  assert.deepEqual(
    node.entries.map(({ outcome, level }) => [outcome, level]),
    [["stopped", "info"]],
  );
});

Deno.test("a sync whose lease another took ends, and leaves the other's alone", async () => {
  const { leases, held } = createLeases();
  const node = startNode(leases, inSlices);
  await until(() => node.started.length === 1);
  const other = { holder: "b", until: performance.now() + 60_000 };
  held.set("sync/acme/ads", other);
  await until(() => node.entries.length === 1);
  await node.stop();
  assert.equal(node.entries[0]?.outcome, "stopped");
  assert.deepEqual(held.get("sync/acme/ads"), other);
});

Deno.test("slices that failed are told one by one, and counted", async () => {
  const { leases, calls } = createLeases();
  const node = startNode(
    leases,
    () => Promise.resolve({ ...NOTHING, failures: [TRUNCATED] }),
  );
  await until(() => node.entries.length === 1);
  await node.stop();
  const { durationMs, ...entry } = node.entries[0] ?? assert.fail();
  assert.ok(durationMs >= 0);
  assert.deepEqual(entry, {
    at: NOW,
    level: "warn",
    event: "sync",
    tenant: "acme",
    source: "ads",
    outcome: "partial",
    rows: 9,
    changed: 7,
    failures: [TRUNCATED],
    error: null,
    code: null,
  });
  assert.deepEqual(node.counted, node.entries);
  assert.equal(calls.at(-1), "rest 3600000");
});

Deno.test.each([
  { note: "for five minutes", facts: {}, syncMinutes: 60, restMs: 300_000 },
  { note: "until it is due", facts: {}, syncMinutes: 1, restMs: 60_000 },
  {
    note: "as long as its vendor asks",
    facts: { retryAfterSeconds: 7200 },
    syncMinutes: 60,
    restMs: 7_200_000,
  },
])(
  "a source that failed is let alone $note, on every node",
  async ({ facts, syncMinutes, restMs }) => {
    const { leases, calls } = createLeases();
    const error = new EngineError("source_throttled", "Cannot ask", { facts });
    const node = startNode(leases, () => Promise.reject(error), {
      syncMinutes,
    });
    await until(() => node.entries.length === 1);
    await node.stop();
    assert.equal(calls.at(-1), `rest ${restMs}`);
    const [entry] = node.entries;
    assert.deepEqual(
      [entry?.level, entry?.outcome, entry?.code, entry?.error],
      [
        ...["error", "failed", "source_throttled"],
        "source_throttled: Cannot ask",
      ],
    );
  },
);

Deno.test("four sources are synced at a time, and all in the end", async () => {
  const { leases } = createLeases();
  const names = Array.from({ length: 11 }, (_, place) => `s-${place}`);
  let [running, most] = [0, 0];
  const node = startNode(leases, async () => {
    most = Math.max(most, ++running);
    await later(2);
    running--;
    return NOTHING;
  }, { names });
  await until(() => node.entries.length === names.length);
  await node.stop();
  assert.equal(most, 4);
  assert.deepEqual(node.started.toSorted(), names.toSorted());
});

Deno.test("a store that does not answer is asked again", async () => {
  const { leases } = createLeases();
  let asked = 0;
  const node = startNode({
    ...leases,
    take: (...lease) =>
      asked++ === 0
        ? Promise.reject(new EngineError("store_unavailable", "Gone"))
        : leases.take(...lease),
    rest: () => Promise.reject(new EngineError("store_unavailable", "Gone")),
  }, well);
  await until(() => node.entries.length === 1);
  await node.stop();
});
