/**
 * Small sources, and what the stages need to read them.
 *
 * @module
 */
import type {
  EventSignal,
  PerformanceSignal,
} from "../../core/domain/signal.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import { ingest, type IngestJob } from "../../core/signals/ingest.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import type {
  Connector,
  FileAccess,
  HttpClient,
  Page,
  PullScope,
} from "../../plugins/contract.ts";

/** A clock that stands. */
export const CLOCK = { now: () => "2026-01-02T00:00:00.000Z" };
/** What must not get out. */
export const SECRET = "s3cret-token";

/** Pseudonyms under a key of zeros. */
export const PSEUDONYMS = openPseudonyms(new Uint8Array(32), "t");
/** HTTP for connectors that ask nobody. */
export const NO_HTTP: HttpClient = {
  json: () => Promise.reject(new TypeError("nobody is asked")),
  text: () => Promise.reject(new TypeError("nobody is asked")),
};
/** No files. */
export const NO_FILES: FileAccess = {
  read: () => (async function* () {})(),
  write: () => Promise.resolve(),
  text: () => Promise.resolve(null),
};

/** What the stages work with, over a store. */
export function scopeOf(store: SignalStore) {
  return { store, clock: CLOCK, pseudonyms: () => PSEUDONYMS };
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
  return ingest(scopeOf(store), {
    tenant: "t",
    source: "src",
    connector,
    config: { token: SECRET },
    range: null,
    files: NO_FILES,
    http: NO_HTTP,
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
