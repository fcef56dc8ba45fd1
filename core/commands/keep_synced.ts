/**
 * Syncs configured sources while a server runs: each at its own pace, one node at a
 * time, and not before its vendor lets it.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Instant } from "../domain/day.ts";
import type { OperatedEngine } from "../engine.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import type { LeaseStore } from "../ports/stores.ts";
import { pause } from "../signals/pause.ts";

const MINUTE_MS = 60_000;
/** A sync that takes longer lets another node try; what it writes stays right. */
const LEASE_MS = 60 * MINUTE_MS;
/** Longest pause after a sync that failed. */
const AFTER_FAILURE_MS = 5 * MINUTE_MS;

/** One line of the log: how a sync went. */
export interface SyncEntry {
  readonly at: Instant;
  readonly level: "info" | "warn" | "error";
  readonly event: "sync";
  readonly tenant: string;
  readonly source: string;
  readonly rows: number;
  readonly changed: number;
  readonly failures: number;
  readonly durationMs: number;
  readonly error: string | null;
}

/** What it works with. */
export interface SyncScope {
  readonly engine: Pick<
    OperatedEngine,
    "configured" | "findSource" | "sources" | "clock" | "ids"
  >;
  readonly leases: LeaseStore;
  log(entry: SyncEntry): void;
}

/** Syncs in the background. */
export interface Syncing {
  /** Asks it to end: no new sync begins. */
  stop(): void;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @returns What stops it.
 */
export function keepSynced(scope: SyncScope): Syncing {
  const stopping = new AbortController();
  const holder = scope.engine.ids.next("node");
  const sources = scope.engine.configured()
    .filter(({ syncMinutes }) => syncMinutes !== undefined);
  return {
    stop: () => stopping.abort(),
    ended: Promise.all(
      sources.map((source) =>
        repeat(scope, { source, holder, signal: stopping.signal })
      ),
    ).then(() => {}),
  };
}

interface Turn {
  readonly source: ConfiguredSource;
  readonly holder: string;
  readonly signal: AbortSignal;
}

async function repeat(scope: SyncScope, turn: Turn): Promise<void> {
  const { source: { syncMinutes = 60 }, signal } = turn;
  while (!signal.aborted) {
    const waitMs = await syncOnce(scope, turn);
    await pause(waitMs ?? syncMinutes * MINUTE_MS, signal);
  }
}

/** Syncs if no other node does; answers how long to wait where it went wrong. */
async function syncOnce(
  scope: SyncScope,
  { source: { tenant, source, syncMinutes = 60 }, holder }: Turn,
): Promise<number | null> {
  const { engine, leases } = scope;
  const name = `sync/${tenant}/${source}`;
  const started = performance.now();
  const mine = await leases.take(name, holder, LEASE_MS).catch(() => false);
  if (!mine) return MINUTE_MS;
  try {
    const found = engine.findSource(tenant, source);
    const { written, failures } = await engine.sources.sync(found, () => {});
    const changed = written.inserted + written.restated + written.vanished +
      written.events;
    log(scope, { tenant, source, started }, {
      rows: written.rows,
      changed,
      failures: failures.length,
    });
    return null;
  } catch (error) {
    log(scope, { tenant, source, started }, { error });
    const told = error instanceof EngineError
      ? Number(error.facts.retryAfterSeconds ?? 0) * 1000
      : 0;
    return Math.max(
      told,
      Math.min(syncMinutes * MINUTE_MS, AFTER_FAILURE_MS),
    );
  } finally {
    await leases.release(name, holder).catch(() => {});
  }
}

function log(
  { engine, log }: SyncScope,
  { tenant, source, started }: {
    readonly tenant: string;
    readonly source: string;
    readonly started: number;
  },
  { rows = 0, changed = 0, failures = 0, error = null }: {
    readonly rows?: number;
    readonly changed?: number;
    readonly failures?: number;
    readonly error?: unknown;
  },
): void {
  log({
    at: engine.clock.now(),
    level: error !== null ? "error" : failures > 0 ? "warn" : "info",
    event: "sync",
    tenant,
    source,
    rows,
    changed,
    failures,
    durationMs: Math.round(performance.now() - started),
    error: error === null
      ? null
      : error instanceof EngineError
      ? `${error.code}: ${error.message}`
      : String(error),
  });
}
