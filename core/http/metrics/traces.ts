/**
 * What Prometheus reads of traces, and of what is sent to a collector.
 *
 * @module
 */
import { Counter, type Registry } from "prom-client";
import type { TraceCounts } from "../../telemetry/telemetry.ts";

/** Counts what is sent to a collector. */
export type Sent = (signal: string, outcome: string) => void;

/**
 * Registers the metrics.
 *
 * @param registry Where.
 * @param counts Counts of traces; asked when they are printed.
 * @returns What counts a sending.
 */
export function registerTraced(
  registry: Registry,
  counts: () => TraceCounts,
): Sent {
  const registers = [registry];
  new Counter({
    name: "moe_traces_kept_total",
    help: "Traces kept, by why",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const [reason, kept] of Object.entries(counts().kept)) {
        this.labels(reason).inc(kept);
      }
    },
  });
  new Counter({
    name: "moe_traces_dropped_total",
    help: "Kept traces that were lost, as the collector did not take them",
    registers,
    collect() {
      this.reset();
      this.inc(counts().dropped);
    },
  });
  const sent = new Counter({
    name: "moe_otlp_exports_total",
    help: "Requests to the collector, by what they carried and how they ended",
    labelNames: ["signal", "outcome"],
    registers,
  });
  for (const signal of ["traces", "metrics"]) {
    for (const outcome of ["ok", "failed"]) sent.labels(signal, outcome).inc(0);
  }
  return (signal, outcome) => sent.labels(signal, outcome).inc();
}
