/**
 * What Prometheus reads: base units, one quantity per metric, and labels with few
 * values only (route patterns, never paths; no ids of people or campaigns).
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Day, Instant } from "../domain/day.ts";
import type { BudgetMetrics, HeldBudget } from "./budget_tally.ts";
import { registerComparisons } from "./scored_metrics.ts";
import { registerTrust } from "./served_metrics.ts";
import { registerBudgets } from "./spend_metrics.ts";
import { registerSources } from "./source_metrics.ts";
import { registerSyncs } from "./sync_metrics.ts";

/** Bounds of the duration's buckets, seconds: from 50 µs, as scoring takes less than a millisecond. */
const SECONDS = [
  0.00005,
  0.0001,
  0.00025,
  0.0005,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.15,
  0.25,
  0.5,
  1,
  2.5,
  10,
];

/** One answered request, as it is measured. */
export interface Measured {
  /** Path pattern, such as `/decisions/{id}`. */
  readonly route: string;
  /** HTTP method, or `OTHER`. */
  readonly method: string;
  /** HTTP status. */
  readonly status: number;
  /** From the request's arrival to the answer. */
  readonly seconds: number;
}

/** What is asked of sources when they are printed. */
export interface Operated {
  /** Every source of every tenant that was heard of. */
  readonly signals: { freshness(): Promise<readonly SourceUse[]> };
  /** Every source of every tenant that was configured. */
  configured(): readonly SourceName[];
  /** How much of the vendors' quotas is used. */
  quota(): readonly QuotaUse[];
  /** How far the consumers of the stream are. */
  streamLag(): Promise<readonly ConsumerUse[]>;
  /** Whether features and sources can be trusted. */
  readonly trust: Trusted;
  /** How challengers and shadows compare with the champions. */
  compared(): readonly ComparedModel[];
  /** Budgets that bids spend. */
  readonly budgets: {
    /** Those that this node bids on. */
    held(): readonly HeldBudget[];
  };
}

/** How a view was served in the last days. */
export interface ViewServed {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: number;
  /** Served vectors that were derived again. */
  readonly checked: number;
  /** Those that differ. */
  readonly mismatched: number;
  /** At most that share differs, at 95 percent. */
  readonly upper: number;
}

/** What is asked of the engine when its metrics are printed. */
export interface Trusted {
  /** How the views of a tenant were served. */
  consistency(tenant: string): Promise<readonly ViewServed[]>;
  /** Versions of views that this node holds back, `name@version`. */
  heldBack(): readonly { readonly tenant: string; readonly view: string }[];
  /** What this node found of sources; nothing where another node looks. */
  findings(): readonly {
    readonly tenant: string;
    readonly source: string;
    readonly connector: string;
    readonly what: string;
  }[];
}

/** How a challenger or shadow compares with the champion. */
export interface ComparedModel {
  /** Whose. */
  readonly tenant: string;
  /** Version in charge, `name@version`. */
  readonly champion: string;
  /** Version that is compared. */
  readonly beside: string;
  /** Its role. */
  readonly alias: string;
  /** Rows that both scored. */
  readonly rows: number;
  /** Rows that it could not score. */
  readonly unscored: number;
  /** Mean of its scores less the champion's. */
  readonly meanDifference: number;
  /** Mean distance of the two. */
  readonly meanDistance: number;
  /** Kendall's tau. */
  readonly rankAgreement: number;
}

/** Which source. */
export interface SourceName {
  /** Whose. */
  readonly tenant: string;
  /** Its name. */
  readonly source: string;
  /** What reads it. */
  readonly connector: string;
  /** Minutes between two syncs by the server; never if absent. */
  readonly syncMinutes?: number;
}

/** How fresh a source is. */
export interface SourceUse extends SourceName {
  /** When it was last heard of. */
  readonly lastObservedAt: Instant;
  /** Latest day that it told of; null if none. */
  readonly latestDay: Day | null;
  /** Rows and events brought so far. */
  readonly rows: number;
}

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
  /** Days that could not be read whole. */
  readonly failures: readonly {
    /** Name of the failure. */
    readonly code: string;
  }[];
}

/** How far a consumer of the stream is. */
export interface ConsumerUse {
  /** Its name. */
  readonly consumer: string;
  /** Batches that it has yet to take. */
  readonly waiting: number;
}

/** How much of a quota is used. */
export interface QuotaUse {
  /** Whose vendor. */
  readonly connector: string;
  /** Who shares it. */
  readonly scope: string;
  /** Which of them, hashed. */
  readonly owner: string;
  /** Share used, in [0, 1] or above; null if unknown. */
  readonly usedShare: number | null;
  /** Until when no call goes; null if they go. */
  readonly pausedUntil: Instant | null;
}

/** The engine's measurements over HTTP. */
export interface Metrics extends BudgetMetrics {
  /** Counts and times a request. */
  request(measured: Measured): void;
  /** Counts a decision by the rung that it stands on. */
  decision(rung: string): void;
  /** Counts a plan by what was done with it: made, validated_again, approved, applied, verified, rolled_back. */
  plan(step: string): void;
  /** Counts what a delivery brought: events, duplicates, rejected, … */
  received(outcome: string, signals: number): void;
  /** Counts a sync by the server, and what failed in it. */
  synced(sync: SyncOutcome): void;
  /** Counts an answer given again under its idempotency key. */
  replayed(route: string): void;
  /** Prints everything in Prometheus' text format. */
  print(): Promise<string>;
}

/** Content type of {@link Metrics.print}. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Makes the metrics, in a registry of their own.
 *
 * @param version The engine's version, a label of `moe_build_info`.
 * @param engine What is asked of sources when they are printed.
 * @returns The metrics, all at zero.
 */
export function createMetrics(version: string, engine: Operated): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const duration = new Histogram({
    name: "moe_http_request_duration_seconds",
    help: "Time from a request's arrival to its answer",
    labelNames: ["route", "method", "status_class"],
    buckets: SECONDS,
    registers,
  });
  const counter = (name: string, help: string, label: string) =>
    new Counter({ name, help, labelNames: [label], registers });
  const decisions = counter(
    "moe_decisions_total",
    "Decisions taken, by the rung they stand on",
    "rung",
  );
  const plans = counter("moe_plans_total", "Steps of plans taken", "step");
  const received = counter(
    "moe_signals_received_total",
    "Signals delivered by webhook, by outcome",
    "outcome",
  );
  const replays = counter(
    "moe_idempotent_replays_total",
    "Answers given again under their idempotency key",
    "route",
  );
  const renewSources = registerSources(registry);
  const renewTrust = registerTrust(registry);
  const synced = registerSyncs(registry, engine.configured());
  registerComparisons(registry, engine);
  registerProcess(registry, version);
  return {
    request: ({ route, method, status, seconds }) =>
      duration.labels(route, method, `${Math.floor(status / 100)}xx`)
        .observe(seconds),
    decision: (rung) => decisions.labels(rung).inc(),
    plan: (step) => plans.labels(step).inc(),
    received: (outcome, signals) => received.labels(outcome).inc(signals),
    synced,
    ...registerBudgets(registry, () => engine.budgets.held()),
    replayed: (route) => replays.labels(route).inc(),
    print: async () => {
      const tenants = await renewSources(engine);
      await renewTrust(engine.trust, tenants);
      return await registry.metrics();
    },
  };
}

function registerProcess(registry: Registry, version: string): void {
  new Gauge({
    name: "moe_build_info",
    help: "The engine's version; always 1",
    labelNames: ["version"],
    registers: [registry],
  }).labels(version).set(1);
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory",
    registers: [registry],
    collect() {
      this.set(Deno.memoryUsage().rss);
    },
  });
}
