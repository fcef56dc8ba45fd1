/**
 * What the conformance suite is made of: cases that every store must pass, each in
 * tenants of its own.
 *
 * @module
 */
import type { Stores } from "../../core/ports/stores.ts";
import type {
  EventSignal,
  PerformanceSignal,
} from "../../core/domain/signal.ts";
import {
  deriveContentHash,
  derivePartitionKey,
  deriveRowKey,
} from "../../core/domain/signal.ts";
import type {
  Claim,
  KeyedPerformance,
  SignalBatch,
} from "../../core/ports/signals.ts";

/** One promise of the stores. */
export interface Case {
  /** The promise, as a sentence. */
  readonly name: string;
  /** Checks it; the tenant is this case's own. */
  run(stores: Stores, tenant: string): Promise<void>;
}

/** Name of the source in most cases. */
export const SOURCE = "ads";

/** A campaign's totals of one day. */
export function campaignDay(
  day: string,
  spendMicros: bigint,
  also: Partial<PerformanceSignal> = {},
): PerformanceSignal {
  return {
    grain: "performance",
    report: "campaign_daily",
    level: "campaign",
    entities: { account: "a-1", channel: "search", campaign: "c-1" },
    day,
    periodDays: 1,
    zone: "UTC",
    currency: "EUR",
    breakdowns: {},
    attribution: "",
    metrics: { spend_micros: spendMicros, clicks: 2n },
    ...also,
  };
}

/** A signal with its derived keys. */
export function keyed(signal: PerformanceSignal): KeyedPerformance {
  return {
    signal,
    rowKey: deriveRowKey(SOURCE, signal),
    partitionKey: derivePartitionKey(SOURCE, signal),
    contentHash: deriveContentHash(signal),
    maturity: "settling",
  };
}

/** A claim of a row's whole partition. */
export function claimOf(
  { partitionKey, signal, maturity }: KeyedPerformance,
  also: Partial<Claim> = {},
): Claim {
  return {
    partitionKey,
    report: signal.report,
    level: signal.level,
    account: signal.entities.account ?? null,
    day: signal.day,
    record: null,
    whole: true,
    rows: 1,
    ageDays: 1,
    maturity,
    quality: [],
    metrics: signal.metrics,
    reconciled: null,
    ...also,
  };
}

/** Something that happened to a subject. */
export function subjectEvent(
  eventId: string,
  occurredAt: string,
  also: Partial<EventSignal> = {},
): EventSignal {
  return {
    grain: "event",
    eventId,
    type: "Email Opened",
    occurredAt,
    entities: { subject: "s-1", campaign: "c-1" },
    valueMicros: null,
    currency: null,
    properties: {},
    ...also,
  };
}

/** A batch of one page, nothing in it unless said. */
export function batch(
  tenant: string,
  also: Partial<SignalBatch> = {},
): SignalBatch {
  return {
    tenant,
    source: SOURCE,
    connector: "csv",
    observedAt: "2026-03-01T00:00:00.000Z",
    performance: [],
    claims: [],
    events: [],
    rejects: [],
    ...also,
  };
}
