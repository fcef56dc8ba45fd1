/**
 * What Prometheus reads: base units, one quantity per metric, and labels with few
 * values only (route patterns, never paths; no tenants, ids or names).
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

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

/** The engine's measurements over HTTP. */
export interface Metrics {
  /** Counts and times a request. */
  request(measured: Measured): void;
  /** Counts a decision by the rung that it stands on. */
  decision(rung: string): void;
  /** Counts a plan by what was done with it: made, approved, applied, rolled_back. */
  plan(step: string): void;
  /** Counts what a delivery brought: events, duplicates, rejected, … */
  received(outcome: string, signals: number): void;
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
 * @returns The metrics, all at zero.
 */
export function createMetrics(version: string): Metrics {
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
  registerProcess(registry, version);
  return {
    request: ({ route, method, status, seconds }) =>
      duration.labels(route, method, `${Math.floor(status / 100)}xx`)
        .observe(seconds),
    decision: (rung) => decisions.labels(rung).inc(),
    plan: (step) => plans.labels(step).inc(),
    received: (outcome, signals) => received.labels(outcome).inc(signals),
    replayed: (route) => replays.labels(route).inc(),
    print: () => registry.metrics(),
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
