/**
 * Keeps features fresh while a server runs: materialises every tenant that has
 * signals, at start and again after a pause, one run at a time.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { Features } from "../features/features.ts";
import type { Clock } from "../ports/clock.ts";
import type { SignalStore } from "../ports/signals.ts";
import { printError } from "./print_error.ts";
import { pause } from "../signals/pause.ts";

/** Longest pause after a round in which something failed. */
const AFTER_FAILURE_MINUTES = 1;
const MINUTE_MS = 60_000;

/** One line of the log: how a tenant's features were materialised. */
export interface FreshnessEntry {
  readonly at: Instant;
  readonly level: "info" | "error";
  readonly event: "materialize";
  /** Null when the tenants could not be listed. */
  readonly tenant: string | null;
  readonly views: number;
  readonly rows: number;
  readonly durationMs: number;
  /** What went wrong, or null. */
  readonly error: string | null;
}

/** What it works with. */
export interface FreshnessScope {
  readonly features: Pick<Features, "materialize">;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly clock: Clock;
  /** The first round waits for it. */
  readonly after?: Promise<void>;
  log(entry: FreshnessEntry): void;
}

/** Work in the background. */
export interface Freshness {
  /** Asks it to end; a run under way ends at its next page. */
  stop(): void;
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Starts.
 *
 * @param scope What it works with.
 * @param everyMinutes Pause between rounds, minutes; 0 to do nothing.
 * @returns What stops it.
 */
export function keepFresh(
  scope: FreshnessScope,
  everyMinutes: number,
): Freshness {
  const stopping = new AbortController();
  return {
    stop: () => stopping.abort(),
    ended: everyMinutes === 0
      ? Promise.resolve()
      : repeat(scope, everyMinutes, stopping.signal),
  };
}

async function repeat(
  scope: FreshnessScope,
  everyMinutes: number,
  signal: AbortSignal,
): Promise<void> {
  await scope.after;
  while (!signal.aborted) {
    const well = await refreshAll(scope, signal);
    const minutes = well
      ? everyMinutes
      : Math.min(everyMinutes, AFTER_FAILURE_MINUTES);
    await pause(minutes * MINUTE_MS, signal);
  }
}

/** A tenant that fails does not stop the others; says whether all went well. */
async function refreshAll(
  scope: FreshnessScope,
  signal: AbortSignal,
): Promise<boolean> {
  let well = true;
  const tenants = await scope.signals.tenants().catch((error) => {
    logRun(scope, { tenant: null, startedMs: performance.now(), error });
    return null;
  });
  for (const tenant of tenants ?? []) {
    if (signal.aborted) return well;
    well = await refresh(scope, tenant, signal) && well;
  }
  return tenants !== null && well;
}

async function refresh(
  scope: FreshnessScope,
  tenant: string,
  signal: AbortSignal,
): Promise<boolean> {
  const startedMs = performance.now();
  try {
    const runs = await scope.features.materialize(tenant, {
      at: scope.clock.now(),
      report: () => signal.throwIfAborted(),
    });
    const rows = runs.reduce((sum, { rows }) => sum + rows, 0);
    logRun(scope, { tenant, startedMs, views: runs.length, rows });
    return true;
  } catch (error) {
    if (!signal.aborted) logRun(scope, { tenant, startedMs, error });
    return false;
  }
}

function logRun(
  { clock, log }: FreshnessScope,
  run: {
    readonly tenant: string | null;
    readonly startedMs: number;
    readonly views?: number;
    readonly rows?: number;
    readonly error?: unknown;
  },
): void {
  const { tenant, startedMs, views = 0, rows = 0, error = null } = run;
  log({
    at: clock.now(),
    level: error === null ? "info" : "error",
    event: "materialize",
    tenant,
    views,
    rows,
    durationMs: Math.round(performance.now() - startedMs),
    error: error === null ? null : printError(error),
  });
}
