/**
 * What Prometheus reads of what must be done in time: checkpoints, jobs and certificates.
 *
 * @module
 */
import { Gauge, type Registry } from "prom-client";

/** How what must be done in time stands. */
export interface Upkeep {
  /** For how long records have waited to be signed, of the owner that waits longest; 0 for none. */
  readonly unsignedSeconds: number;
  /** Jobs that did not end well when they should have. */
  readonly lateJobs: readonly string[];
  /** Until when the certificate holds, seconds since 1970; null without one. */
  readonly certificateUntilSeconds: number | null;
}

/** What is asked of the engine's parts. */
export interface Degradable {
  /** What is wrong with each part; null if nothing is. Unknown if absent. */
  health?(): Promise<Readonly<Record<string, string | null>>>;
}

/**
 * Registers what is degraded, by kind of part, so that labels are few.
 *
 * @param registry Where.
 * @returns What renews it, to be called before it is printed.
 */
export function registerDegraded(
  registry: Registry,
): (engine: Degradable) => Promise<void> {
  const degraded = new Gauge({
    name: "moe_degraded_parts",
    help: "Parts that `/readyz` tells of, by kind",
    labelNames: ["kind"],
    registers: [registry],
  });
  return async ({ health }) => {
    const parts = await health?.().catch(() => null);
    if (!parts) return;
    degraded.reset();
    for (const [name, wrong] of Object.entries(parts)) {
      if (wrong !== null) degraded.labels(kindOf(name)).inc();
    }
  };
}

/** A part of the log stands for itself; of others there are as many as are configured. */
function kindOf(name: string): string {
  const [kind = name] = name.split(":");
  return kind === "log" ? name : kind;
}

/**
 * Registers the metrics.
 *
 * @param registry Where.
 * @param upkeep How it stands; null while that is not known.
 */
export function registerUpkeep(
  registry: Registry,
  upkeep: () => Upkeep | null,
): void {
  const registers = [registry];
  new Gauge({
    name: "moe_log_unsigned_seconds",
    help: "For how long records have waited for a signed checkpoint",
    registers,
    collect() {
      this.set(upkeep()?.unsignedSeconds ?? 0);
    },
  });
  new Gauge({
    name: "moe_job_late",
    help: "1 for a job that did not end well when it should have",
    labelNames: ["job"],
    registers,
    collect() {
      this.reset();
      for (const job of upkeep()?.lateJobs ?? []) this.labels(job).set(1);
    },
  });
  new Gauge({
    name: "moe_tls_certificate_expiry_timestamp_seconds",
    help: "Until when the certificate that is served with holds",
    registers,
    collect() {
      this.reset();
      const until = upkeep()?.certificateUntilSeconds ?? null;
      if (until !== null) this.set(until);
      else this.remove();
    },
  });
}
