/**
 * A store of signals in memory that keeps the port's promises, and small sources
 * to fill it from.
 *
 * @module
 */
import type {
  EventSignal,
  PerformanceSignal,
} from "../../core/domain/signal.ts";
import type {
  SignalBatch,
  SignalStore,
  WriteReport,
} from "../../core/ports/signals.ts";
import { ingest, type IngestJob } from "../../core/signals/ingest.ts";
import type { Connector, Page, PullScope } from "../../plugins/contract.ts";

/** A clock that stands. */
export const CLOCK = { now: () => "2026-01-02T00:00:00.000Z" };
/** What must not get out. */
export const SECRET = "s3cret-token";

/** Signals in memory. */
export class MemoryStore implements SignalStore {
  readonly rows = new Map<string, string>();
  readonly events = new Map<string, EventSignal>();
  readonly letters = new Map<string, string>();
  readonly cursors = new Map<string, string | null>();
  readonly batches: SignalBatch[] = [];

  write(batch: SignalBatch): Promise<WriteReport> {
    this.batches.push(batch);
    const report = {
      inserted: 0,
      restated: 0,
      unchanged: 0,
      vanished: 0,
      events: 0,
      duplicates: 0,
      deadLetters: 0,
    };
    for (const { rowKey, contentHash } of batch.performance) {
      const known = this.rows.get(rowKey);
      if (known === undefined) report.inserted++;
      else if (known === contentHash) report.unchanged++;
      else report.restated++;
      this.rows.set(rowKey, contentHash);
    }
    for (const event of batch.events) {
      if (this.events.has(event.eventId)) report.duplicates++;
      else report.events++;
      this.events.set(event.eventId, this.events.get(event.eventId) ?? event);
    }
    for (const { original, reason } of batch.rejects) {
      if (!this.letters.has(original)) report.deadLetters++;
      this.letters.set(original, reason);
    }
    const { cursor } = batch;
    if (cursor) this.cursors.set(cursor.scope, cursor.value);
    return Promise.resolve(report);
  }
  readCursor(_tenant: string, _source: string, scope: string) {
    return Promise.resolve(this.cursors.get(scope) ?? null);
  }
  count() {
    return Promise.resolve([]);
  }
  tenants() {
    return Promise.resolve([]);
  }
  listDeadLetters() {
    return Promise.resolve([]);
  }
}

/** A campaign's day. */
export function total(campaign: string, spend: bigint): PerformanceSignal {
  return {
    grain: "performance",
    report: "campaign_daily",
    level: "campaign",
    entities: { account: "a", campaign },
    day: "2026-01-01",
    periodDays: 1,
    zone: "UTC",
    currency: "EUR",
    breakdowns: {},
    attribution: "",
    metrics: { spend_micros: spend },
  };
}

/** An order. */
export function event(eventId: string): EventSignal {
  return {
    grain: "event",
    eventId,
    type: "Order Completed",
    occurredAt: "2026-01-01T00:00:00.000Z",
    entities: { subject: "s" },
    valueMicros: 1n,
    currency: "EUR",
    properties: {},
  };
}

/** A connector with a pull of its own. */
export function source(
  pull: (scope: PullScope<unknown>) => AsyncIterable<Page>,
): Connector {
  return {
    name: "sample",
    apiVersion: 1,
    about: "A sample",
    config: { parse: (value) => value },
    secrets: ["token"],
    hosts: [],
    emits: ["performance", "event"],
    restatesDays: 0,
    pull,
  };
}

/** Ingests from a connector into a store. */
export function run(
  store: SignalStore,
  connector: Connector,
  more: Partial<IngestJob> = {},
) {
  return ingest({ store, clock: CLOCK }, {
    tenant: "t",
    source: "src",
    connector,
    config: { token: SECRET },
    range: null,
    files: {
      read: () => (async function* () {})(),
      write: () => Promise.resolve(),
      text: () => Promise.resolve(null),
    },
    http: { json: () => Promise.resolve(null) },
    report: () => {},
    ...more,
  });
}

/** Three pages of a total and an event; the second has a reject. */
export async function* threePages({ cursor }: PullScope<unknown>) {
  for (let at = Number(cursor ?? 0); at < 3; at++) {
    await Promise.resolve();
    yield {
      signals: [total(`c-${at}`, 5n), event(`e-${at}`)],
      rejects: at === 1
        ? [{ reason: "number_invalid", detail: "row 9", original: "x\0y" }]
        : [],
      cursor: at === 2 ? null : String(at + 1),
    };
  }
}
