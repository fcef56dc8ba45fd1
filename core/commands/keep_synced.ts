/**
 * Syncs configured sources while a server runs: each at its own pace whatever the
 * number of nodes and however often they start, one node at a time, and not before
 * its vendor lets it.
 *
 * When a source is due is kept in its lease: held while a node syncs, at rest until
 * the next sync.
 *
 * @module
 */
import { bulkhead } from "cockatiel";
import { EngineError } from "../domain/error.ts";
import type { OperatedEngine } from "../engine.ts";
import type { Metrics } from "../http/metrics.ts";
import type { LeaseStore } from "../ports/stores.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import { whileHolding } from "../signals/hold.ts";
import { pause } from "../signals/pause.ts";
import { describeSync, type Synced, type SyncEntry } from "./sync_entry.ts";

const MINUTE_MS = 60_000;
/** How long after a node died another goes on. */
const LEASE_MS = 90_000;
/** How often a source that is not due, or another's, is looked at within a lease. */
const LOOKS = 3;
/** Syncs of this process at a time. */
const AT_ONCE = 4;
/** First syncs begin at random within. */
const START_WITHIN_MS = 5000;
/** Longest pause after a sync that failed, unless its vendor asks for more. */
const AFTER_FAILURE_MS = 5 * MINUTE_MS;

/** What it works with. */
export interface SyncScope {
  readonly engine: Pick<
    OperatedEngine,
    "configured" | "findSource" | "sources" | "clock" | "ids"
  >;
  readonly leases: LeaseStore;
  readonly metrics: Pick<Metrics, "synced">;
  log(entry: SyncEntry): void;
  /** In [0, 1). */
  random(): number;
  /** For how long a lease is taken, ms; 90 s unless given. */
  readonly leaseMs?: number;
}

/** Syncs in the background. */
export interface Syncing {
  /** Asks it to end: no sync begins, one under way ends after its page or slice. */
  stop(): void;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<void>;
}

/** A source that is kept synced, and by whom. */
interface Turn {
  readonly source: ConfiguredSource;
  /** Name of its lease. */
  readonly name: string;
  readonly holder: string;
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepSynced(scope: SyncScope): Syncing {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { engine, leaseMs = LEASE_MS } = scope;
  const holder = engine.ids.next("node");
  const slots = bulkhead(AT_ONCE, Number.MAX_SAFE_INTEGER);
  const working = engine.configured()
    .filter(({ syncMinutes }) => syncMinutes !== undefined)
    .map(async (source) => {
      const name = `sync/${source.tenant}/${source.source}`;
      const turn = { source, name, holder, leaseMs, signal };
      await pause(scope.random() * START_WITHIN_MS, signal);
      while (!signal.aborted) {
        await pause(await slots.execute(() => syncOnce(scope, turn)), signal);
      }
    });
  return {
    stop: () => stopping.abort(),
    ended: Promise.all(working).then(() => {}),
  };
}

/** Syncs if it is due and no other node does; how long to wait then, milliseconds. */
async function syncOnce(scope: SyncScope, turn: Turn): Promise<number> {
  const { leases } = scope;
  const { name, holder, leaseMs, signal } = turn;
  const lookMs = leaseMs / LOOKS;
  const take = () => leases.take(name, holder, leaseMs);
  if (signal.aborted || !await take().catch(() => false)) return lookMs;
  const startedMs = performance.now();
  const synced = await whileHolding(
    { leaseMs, renew: take },
    (lost) => sync(scope, turn, AbortSignal.any([signal, lost])),
  );
  tell(scope, turn, { ...synced, durationMs: performance.now() - startedMs });
  if (synced.stopped) {
    await leases.release(name, holder).catch(() => {});
    return lookMs;
  }
  const restMs = restOf(turn.source, synced.error);
  await leases.rest(name, holder, restMs).catch(() => {});
  return restMs;
}

/** A failure is what it came to; it never rejects. */
async function sync(
  { engine }: SyncScope,
  { source: { tenant, source } }: Turn,
  signal: AbortSignal,
): Promise<Omit<Synced, "durationMs">> {
  try {
    const found = engine.findSource(tenant, source);
    const report = await engine.sources.sync(found, () => {}, { signal });
    return { report, error: null, stopped: signal.aborted };
  } catch (error) {
    return { report: null, error, stopped: false };
  }
}

/** How long a source is let alone, milliseconds. */
function restOf(
  { syncMinutes = 60 }: ConfiguredSource,
  error: unknown,
): number {
  const everyMs = syncMinutes * MINUTE_MS;
  if (error === null) return everyMs;
  const askedSeconds = error instanceof EngineError
    ? Number(error.facts.retryAfterSeconds ?? 0)
    : 0;
  return Math.max(askedSeconds * 1000, Math.min(everyMs, AFTER_FAILURE_MS));
}

function tell(
  { engine, metrics, log }: SyncScope,
  { source }: Turn,
  synced: Synced,
): void {
  const entry = describeSync(engine.clock.now(), source, synced);
  metrics.synced(entry);
  log(entry);
}
