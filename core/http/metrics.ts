/**
 * What Prometheus reads: base units, one quantity per metric, and labels with few
 * values only (route patterns, never paths; no ids of people or campaigns).
 *
 * @module
 */
import { Counter, Gauge, Registry } from "prom-client";
import {
  type Format,
  formatFor,
  printFamilies,
} from "../telemetry/exposition.ts";
import {
  familiesOf,
  type Family,
  type ToldMetric,
} from "../telemetry/family.ts";
import type { TraceCounts } from "../telemetry/telemetry.ts";
import type { BudgetMetrics, HeldBudget } from "./metrics/budget_tally.ts";
import {
  type Depending,
  registerDependencies,
} from "./load/dependency_metrics.ts";
import { type LoadStanding, OPEN_GATE } from "./load/load_gate.ts";
import { registerSpool, type Spooled } from "./metrics/spool.ts";
import {
  type DecisionMetrics,
  registerDecisions,
} from "./metrics/decisions.ts";
import { type Latency, registerLatency } from "./metrics/latency.ts";
import { registerTraced, type Sent } from "./metrics/traces.ts";
import {
  type Degradable,
  registerDegraded,
  registerUpkeep,
  type Upkeep,
} from "./metrics/upkeep.ts";
import { type JobMeasured, type JobUse, registerJobs } from "./metrics/jobs.ts";
import { type ComparedModel, registerComparisons } from "./metrics/beside.ts";
import { registerTrust, type Trusted } from "./metrics/trust.ts";
import { registerBudgets } from "./metrics/budgets.ts";
import {
  type ConsumerUse,
  type QuotaUse,
  registerSources,
  type SourceName,
  type SourceUse,
} from "./metrics/sources.ts";
import { registerSyncs, type SyncOutcome } from "./metrics/syncs.ts";
import { registerTrials, type WatchedTrials } from "./metrics/trials.ts";
import { askInTime } from "./metrics/in_time.ts";

export type { Depending } from "./load/dependency_metrics.ts";
export type { LoadStanding } from "./load/load_gate.ts";
export type { ComparedModel } from "./metrics/beside.ts";
export type {
  BudgetMetrics,
  HeldBudget,
  NoticeTally,
} from "./metrics/budget_tally.ts";
export type { DecisionMetrics } from "./metrics/decisions.ts";
export type { JobMeasured, JobUse } from "./metrics/jobs.ts";
export type { Latency, Measured } from "./metrics/latency.ts";
export type { LogStanding, Spooled } from "./metrics/spool.ts";
export type {
  ConsumerUse,
  QuotaUse,
  SourceName,
  SourceUse,
} from "./metrics/sources.ts";
export type { SyncOutcome } from "./metrics/syncs.ts";
export type { Trusted, ViewServed } from "./metrics/trust.ts";
export type { Sent } from "./metrics/traces.ts";
export type { WatchedTrials } from "./metrics/trials.ts";
export type { Degradable, Upkeep } from "./metrics/upkeep.ts";
export type { Format } from "../telemetry/exposition.ts";
export type { Exemplar, Family, Sample } from "../telemetry/family.ts";
export type { KeepReason } from "../telemetry/keeping.ts";
export type { TraceCounts } from "../telemetry/telemetry.ts";

/** What is asked of sources when they are printed. */
export interface Operated extends Depending, Spooled, Degradable {
  /** Every source of every tenant that was heard of. */
  readonly signals: { freshness(): Promise<readonly SourceUse[]> };
  /** Every source of every tenant that was configured. */
  configured(): readonly SourceName[];
  /** How much of the vendors' quotas is used. */
  quota(): readonly QuotaUse[];
  /** How far the consumers of the stream are. */
  streamLag(): Promise<readonly ConsumerUse[]>;
  /** Work in the background. */
  readonly jobs: JobUse;
  /** Whether features and sources can be trusted. */
  readonly trust: Trusted;
  /** How challengers and shadows compare with the champions. */
  compared(): readonly ComparedModel[];
  /** Models on trial. */
  readonly trials: WatchedTrials;
  /** Budgets that bids spend. */
  readonly budgets: {
    /** Those that this node bids on. */
    held(): readonly HeldBudget[];
  };
}

/** The engine's measurements over HTTP. */
export interface Metrics extends BudgetMetrics, DecisionMetrics {
  /** Counts and times a request. */
  readonly request: Latency["request"];
  /** Counts a plan by what was done with it: made, validated_again, approved, applied, verified, rolled_back. */
  plan(step: string): void;
  /** Counts what a delivery brought: events, duplicates, rejected, … */
  received(outcome: string, signals: number): void;
  /** Counts a sync by the server, and what failed in it. */
  synced(sync: SyncOutcome): void;
  /** Counts an attempt at a job. */
  job(measured: JobMeasured): void;
  /** Counts an answer given again under its idempotency key. */
  replayed(route: string): void;
  /** Counts a sending to the collector. */
  readonly sent: Sent;
  /** Every metric, whether or not it has a value. */
  described(): readonly MetricDescribed[];
  /** Reads everything. */
  families(): Promise<readonly Family[]>;
  /** Prints everything, in Prometheus' own text format unless another is given. */
  print(format?: Format): Promise<string>;
}

/** A metric as it is documented. */
export interface MetricDescribed {
  /** Its name. */
  readonly name: string;
  /** Names of its labels. */
  readonly labels: readonly string[];
  /** What it is. */
  readonly help: string;
}

/** What is measured beside the engine. */
export interface Observed {
  /** How loaded the process is; not at all unless given. */
  readonly standing?: () => LoadStanding;
  /** Counts of traces; none unless given. */
  readonly traces?: () => TraceCounts;
  /** How what must be done in time stands; unknown unless given. */
  readonly upkeep?: () => Upkeep | null;
}

/**
 * Makes the metrics, in a registry of their own.
 *
 * @param version The engine's version, a label of `moe_build_info`.
 * @param engine What is asked of sources when they are printed.
 * @param observed What is measured beside it.
 * @returns The metrics, all at zero.
 */
export function createMetrics(
  version: string,
  engine: Operated,
  observed: Observed = {},
): Metrics {
  const { standing = OPEN_GATE.standing, upkeep = () => null } = observed;
  const { traces = () => ({ kept: {}, dropped: 0 }) } = observed;
  const registry = new Registry();
  const renewSources = registerSources(registry);
  const renewTrust = registerTrust(registry);
  const renewDegraded = registerDegraded(registry);
  const { synced, job, renewJobs } = registerAsked(registry, engine);
  const latency = registerLatency(registry, Date.now);
  registerDependencies(registry, engine, standing);
  registerUpkeep(registry, upkeep);
  registerProcess(registry, version);
  const asked = askInTime(engine);
  return {
    request: latency.request,
    sent: registerTraced(registry, traces),
    ...registerDecisions(registry),
    ...{ ...registerSteps(registry), synced, job },
    ...registerBudgets(registry, () => engine.budgets.held()),
    ...{ families, described: () => describe(registry) },
    print: async (format = formatFor(undefined)) =>
      printFamilies(await families(), format),
  };
  async function families(): Promise<readonly Family[]> {
    await Promise.all([
      renewSources(asked),
      renewTrust(asked.trust),
      renewJobs(asked.jobs),
      renewDegraded(asked),
    ]);
    const told = await registry.getMetricsAsJSON();
    return familiesOf(told as readonly ToldMetric[], latency.exemplarOf);
  }
}

/** Counts of what routes did. */
function registerSteps(
  registry: Registry,
): Pick<Metrics, "plan" | "received" | "replayed"> {
  const counter = (name: string, help: string, label: string) =>
    new Counter({ name, help, labelNames: [label], registers: [registry] });
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
  return {
    plan: (step) => plans.labels(step).inc(),
    received: (outcome, signals) => received.labels(outcome).inc(signals),
    replayed: (route) => replays.labels(route).inc(),
  };
}

function describe(registry: Registry): readonly MetricDescribed[] {
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, labelNames = [] } = metric as typeof metric & {
      readonly labelNames?: readonly string[];
    };
    return { name, help, labels: labelNames };
  });
}

/** What the engine does beside answering. */
function registerAsked(registry: Registry, engine: Operated) {
  registerComparisons(registry, engine);
  registerTrials(registry, engine.trials);
  registerSpool(registry, engine);
  const synced = registerSyncs(registry, engine.configured());
  return { synced, ...registerJobs(registry) };
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
