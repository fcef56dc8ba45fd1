/**
 * How a sync of the server went, as it is logged and counted.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { ConfiguredSource } from "../signals/configured.ts";
import type { SliceFailure, SyncReport } from "../signals/sync/sync_report.ts";

/** What a sync came to. */
export interface Synced {
  /** Null if it failed. */
  readonly report: SyncReport | null;
  /** Why it failed, or null. */
  readonly error: unknown;
  /** Whether it was told to end, or another node took over, before it was done. */
  readonly stopped: boolean;
  readonly durationMs: number;
}

/** One line of the log. */
export interface SyncEntry {
  readonly at: Instant;
  readonly level: "info" | "warn" | "error";
  readonly event: "sync";
  readonly tenant: string;
  readonly source: string;
  /** `partial` if days could not be read whole. */
  readonly outcome: "ok" | "partial" | "failed" | "stopped";
  readonly rows: number;
  readonly changed: number;
  /** Days that could not be read whole, and why. */
  readonly failures: readonly SliceFailure[];
  readonly durationMs: number;
  /** Why it failed as a whole, or null. */
  readonly error: string | null;
  /** Name of that failure. */
  readonly code: string | null;
}

/**
 * Describes a sync.
 *
 * @param at When it ended.
 * @param of The source.
 * @param synced What it came to.
 * @returns The line of the log.
 */
export function describeSync(
  at: Instant,
  { tenant, source }: Pick<ConfiguredSource, "tenant" | "source">,
  { report, error, stopped, durationMs }: Synced,
): SyncEntry {
  const failures = report?.failures ?? [];
  const outcome = stopped
    ? "stopped"
    : error !== null
    ? "failed"
    : failures.length > 0
    ? "partial"
    : "ok";
  return {
    at,
    level: error !== null ? "error" : failures.length > 0 ? "warn" : "info",
    event: "sync",
    tenant,
    source,
    outcome,
    rows: report?.written.rows ?? 0,
    changed: report ? countChanged(report) : 0,
    failures,
    durationMs: Math.round(durationMs),
    ...describeError(error),
  };
}

function countChanged({ written }: SyncReport): number {
  const { inserted, restated, vanished, events } = written;
  return inserted + restated + vanished + events;
}

function describeError(error: unknown): Pick<SyncEntry, "error" | "code"> {
  if (error === null) return { error: null, code: null };
  if (error instanceof EngineError) {
    return { error: `${error.code}: ${error.message}`, code: error.code };
  }
  return { error: String(error), code: "internal_error" };
}
