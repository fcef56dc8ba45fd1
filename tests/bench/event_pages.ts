/**
 * Events as a shop's site pushes them, made one page at a time and always the same.
 *
 * @module
 */
import { seededRandom } from "../../core/domain/random.ts";
import type { EventSignal } from "../../core/domain/signal.ts";
import type { Connector } from "../../plugins/contract.ts";

const TYPES = [
  "Page Viewed",
  "Product Viewed",
  "Email Opened",
  "Order Completed",
];
const START_MS = Date.parse("2026-01-01T00:00:00.000Z");
const PAGE_EVENTS = 5000;

/** Pages of events. */
export function* eventPages(
  events: number,
  pageEvents: number,
): Generator<EventSignal[]> {
  const random = seededRandom(7);
  for (let from = 0; from < events; from += pageEvents) {
    const count = Math.min(pageEvents, events - from);
    yield Array.from(
      { length: count },
      (_, at) => makeEvent(from + at, random),
    );
  }
}

function makeEvent(
  at: number,
  random: ReturnType<typeof seededRandom>,
): EventSignal {
  const type = TYPES[Math.floor(random.next() * TYPES.length)] ?? "Page Viewed";
  const ordered = type === "Order Completed";
  return {
    grain: "event",
    eventId: `msg-${(at * 2_654_435_761 % 4_294_967_296).toString(16)}-${at}`,
    type,
    occurredAt: new Date(START_MS + at * 400).toISOString(),
    entities: {
      subject: `u-${Math.floor(random.next() * 50_000)}`,
      campaign: `c-${Math.floor(random.next() * 200)}`,
      channel: "email",
    },
    valueMicros: ordered
      ? BigInt(Math.floor(random.next() * 20_000)) * 10_000n
      : null,
    currency: ordered ? "EUR" : null,
    properties: {
      path: `/p/${Math.floor(random.next() * 5000)}`,
      device: random.next() < 0.6 ? "mobile" : "desktop",
      position: Math.floor(random.next() * 20),
    },
  };
}

/** A source that tells so many events. */
export function streamOf(events: number): Connector {
  return {
    name: "bench",
    apiVersion: 1,
    about: "Events for benchmarks",
    config: { parse: (value) => value },
    secrets: [],
    hosts: [],
    emits: ["event"],
    restatesDays: 0,
    async *pull() {
      let left = events;
      for (const signals of eventPages(events, PAGE_EVENTS)) {
        left -= signals.length;
        yield { signals, cursor: left === 0 ? null : String(left) };
        await Promise.resolve();
      }
    },
  };
}
