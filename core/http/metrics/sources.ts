/**
 * What Prometheus reads of sources, quotas and the stream: asked for when it is
 * scraped, so that no node tells what another has long known better.
 *
 * Tenants and sources are named here, as nowhere else: an operator configures them,
 * so they are few.
 *
 * @module
 */
import { Gauge, type Registry } from "prom-client";
import {
  addDays,
  type Day,
  type Instant,
  startOfDay,
} from "../../domain/day.ts";
import type { Operated } from "../metrics.ts";
import { registerSnapshot } from "./snapshot.ts";

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

const SOURCE = ["tenant", "source", "connector"];
const QUOTA = ["connector", "scope", "owner"];
const GAUGES = [
  {
    name: "moe_source_last_observed_timestamp_seconds",
    help: "When a source was last heard of; 0 for one that never was",
    labelNames: SOURCE,
  },
  {
    name: "moe_source_latest_data_timestamp_seconds",
    help:
      "End of the latest day that a source told of; its distance from now is the lag",
    labelNames: SOURCE,
  },
  {
    name: "moe_source_rows",
    help: "Rows and events that a source has brought, revisions included",
    labelNames: SOURCE,
  },
  {
    name: "moe_quota_used_ratio",
    help: "Share of a vendor's quota that is used",
    labelNames: QUOTA,
  },
  {
    name: "moe_quota_paused_until_timestamp_seconds",
    help: "Until when a vendor's quota lets no call go",
    labelNames: QUOTA,
  },
  {
    name: "moe_stream_waiting_batches",
    help: "Batches that a consumer of the stream has yet to take",
    labelNames: ["consumer"],
  },
] as const;

type Name = (typeof GAUGES)[number]["name"];
type Told = (name: Name, labels: readonly string[], value: number) => void;

/**
 * Makes the metrics of sources.
 *
 * @param registry Where they are printed.
 * @returns What renews them, to be called before they are printed.
 */
export function registerSources(
  registry: Registry,
): (engine: Operated) => Promise<void> {
  const registers = [registry];
  const gauges = new Map(
    GAUGES.map((terms) => [terms.name, registerSnapshot(registry, terms)]),
  );
  const tell: Told = (name, labels, value) =>
    gauges.get(name)?.add(labels, value);
  const up = new Gauge({
    name: "moe_source_metrics_up",
    help:
      "Whether the store told of sources and the stream; 0 where their series are missing",
    registers,
  });
  return async (engine) => {
    const told = await askStore(engine);
    up.set(told === null ? 0 : 1);
    for (const gauge of gauges.values()) gauge.clear();
    tellQuota(engine.quota(), tell);
    if (told === null) return;
    tellSources(told.sources, tell);
    tellUnheard(engine.configured(), told.sources, tell);
    for (const { consumer, waiting } of told.lags) {
      tell("moe_stream_waiting_batches", [consumer], waiting);
    }
  };
}

/** Null if it does not answer: what was known before is no longer told. */
async function askStore(engine: Operated) {
  try {
    const [sources, lags] = await Promise.all([
      engine.signals.freshness(),
      engine.streamLag(),
    ]);
    return { sources, lags };
  } catch {
    return null;
  }
}

function tellSources(sources: readonly SourceUse[], tell: Told): void {
  const ends = new Map<Day, number>();
  const endOf = (day: Day) => {
    const known = ends.get(day) ?? seconds(startOfDay(addDays(day, 1)));
    ends.set(day, known);
    return known;
  };
  for (const one of sources) {
    const labels = labelsOf(one);
    const observed = seconds(one.lastObservedAt);
    tell("moe_source_last_observed_timestamp_seconds", labels, observed);
    tell("moe_source_rows", labels, one.rows);
    if (one.latestDay === null) continue;
    const end = endOf(one.latestDay);
    tell("moe_source_latest_data_timestamp_seconds", labels, end);
  }
}

/** A source that never came is as much of an alarm as one that went. */
function tellUnheard(
  configured: readonly SourceName[],
  heard: readonly SourceName[],
  tell: Told,
): void {
  const keyOf = ({ tenant, source }: SourceName) =>
    JSON.stringify([tenant, source]);
  const known = new Set(heard.map(keyOf));
  for (const one of configured) {
    if (known.has(keyOf(one))) continue;
    const labels = labelsOf(one);
    tell("moe_source_last_observed_timestamp_seconds", labels, 0);
    tell("moe_source_rows", labels, 0);
  }
}

function labelsOf({ tenant, source, connector }: SourceName): string[] {
  return [tenant, source, connector];
}

function tellQuota(usage: readonly QuotaUse[], tell: Told): void {
  for (const { connector, scope, owner, usedShare, pausedUntil } of usage) {
    const labels = [connector, scope, owner];
    if (usedShare !== null) tell("moe_quota_used_ratio", labels, usedShare);
    if (pausedUntil === null) continue;
    const until = seconds(pausedUntil);
    tell("moe_quota_paused_until_timestamp_seconds", labels, until);
  }
}

function seconds(at: Instant): number {
  return Date.parse(at) / 1000;
}
