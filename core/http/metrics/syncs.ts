/**
 * What Prometheus reads of the syncs of this server. Each source that it syncs has its
 * series from the start: the first failure is then an increase.
 *
 * @module
 */
import { Counter, type Registry } from "prom-client";
import type { SourceName } from "./sources.ts";

/** How a sync by the server went. */
export interface SyncOutcome {
  /** Whose source. */
  readonly tenant: string;
  /** Its name. */
  readonly source: string;
  /** What it came to. */
  readonly outcome: "ok" | "partial" | "failed" | "stopped";
  /** Name of the failure of all of it, or null. */
  readonly code: string | null;
  /** How long it took, milliseconds. */
  readonly durationMs?: number;
  /** Days that could not be read whole. */
  readonly failures: readonly {
    /** Name of the failure. */
    readonly code: string;
  }[];
}

const OUTCOMES: readonly SyncOutcome["outcome"][] = [
  "ok",
  "partial",
  "failed",
  "stopped",
];

/**
 * Makes the metrics of syncs.
 *
 * @param registry Where they are printed.
 * @param configured The sources.
 * @returns What counts a sync.
 */
export function registerSyncs(
  registry: Registry,
  configured: readonly SourceName[],
): (sync: SyncOutcome) => void {
  const registers = [registry];
  const runs = new Counter({
    name: "moe_sync_runs_total",
    help:
      "Syncs by this server, by outcome; partial where days could not be read whole",
    labelNames: ["tenant", "source", "outcome"],
    registers,
  });
  const failures = new Counter({
    name: "moe_sync_failures_total",
    help: "Failures of syncs, of slices and of all of it, by code",
    labelNames: ["tenant", "source", "code"],
    registers,
  });
  for (const { tenant, source, syncMinutes } of configured) {
    if (syncMinutes === undefined) continue;
    for (const outcome of OUTCOMES) {
      runs.labels(tenant, source, outcome).inc(0);
    }
  }
  return ({ tenant, source, outcome, code, failures: ofSlices }) => {
    runs.labels(tenant, source, outcome).inc();
    const codes = ofSlices.map((one) => one.code);
    for (const one of code === null ? codes : [...codes, code]) {
      failures.labels(tenant, source, one).inc();
    }
  };
}
