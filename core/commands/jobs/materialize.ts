/**
 * Keeps features fresh: computes those of every tenant that has signals, and puts them
 * online here. What other nodes have online, they bring up to it themselves.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import type { Features } from "../../features/features.ts";
import type { Job } from "../../jobs/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SignalStore } from "../../ports/signals.ts";

/** Longest that one tenant may take, minutes. */
const LONGEST_MINUTES = 300;

/** One line of the log: how a tenant's features were materialised. */
export interface FreshnessEntry {
  readonly at: Instant;
  readonly level: "info";
  readonly event: "materialize";
  readonly tenant: string;
  readonly views: number;
  readonly rows: number;
  readonly durationMs: number;
}

/** What it works with. */
export interface FreshnessScope {
  readonly features: Pick<Features, "materialize">;
  readonly signals: Pick<SignalStore, "tenants">;
  readonly clock: Clock;
  /** Minutes from one run to the next; 0 for never. */
  readonly materializeMinutes: number;
  log(entry: FreshnessEntry): void;
}

/** Makes the job. */
export function materializeJob(scope: FreshnessScope): Job {
  const { features, signals, clock, materializeMinutes, log } = scope;
  return {
    name: "materialize",
    schedule: materializeMinutes === 0
      ? null
      : { everyMinutes: materializeMinutes },
    longestMinutes: LONGEST_MINUTES,
    concerns: async () =>
      (await signals.tenants()).map((tenant) => ({ tenant, subject: "" })),
    run: async ({ tenant, checkpoint, signal, report, keep }) => {
      const startedMs = performance.now();
      const at = (checkpoint as Instant | null) ?? clock.now();
      await keep(at);
      const runs = await features.materialize(tenant, {
        at,
        report: (what, share) => {
          signal.throwIfAborted();
          report(what, share);
        },
      });
      log({
        ...{ at: clock.now(), level: "info", event: "materialize", tenant },
        views: runs.length,
        rows: runs.reduce((sum, { rows }) => sum + rows, 0),
        durationMs: Math.round(performance.now() - startedMs),
      });
      return null;
    },
  };
}
