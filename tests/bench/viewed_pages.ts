/**
 * A source of viewed pages, in batches of a thousand, at once or at a pace.
 *
 * @module
 */
import { seededRandom } from "../../core/domain/random.ts";
import type { EventSignal } from "../../core/domain/signal.ts";
import { pause } from "../../core/signals/pause.ts";
import type { Connector } from "../../plugins/contract.ts";

/** After all events. */
export const BEGIN_MS = Date.parse("2026-02-01T00:00:00.000Z");

const BATCH_EVENTS = 1000;
const SUBJECTS = 50_000;

/** How many events, and how often a batch of them. */
export interface Sent {
  readonly events: number;
  /** Between two batches; none if absent. */
  readonly paceMs?: number;
}

/** Tells whose events it sends when it does. */
export function viewedPages(
  { events, paceMs = 0 }: Sent,
  onSent: (subjects: readonly string[]) => void,
): Connector {
  const random = seededRandom(5);
  const batchFrom = (first: number) =>
    Array.from({ length: BATCH_EVENTS }, (_, place): EventSignal => ({
      grain: "event",
      eventId: `e-${first + place}`,
      type: "Page Viewed",
      occurredAt: new Date(BEGIN_MS - (events - first - place)).toISOString(),
      entities: { subject: `u-${Math.floor(random.next() * SUBJECTS)}` },
      valueMicros: null,
      currency: null,
      properties: { path: `/p/${Math.floor(random.next() * 5000)}` },
    }));
  return {
    name: "bench",
    apiVersion: 1,
    about: "Viewed pages for benchmarks",
    config: { parse: (value) => value },
    secrets: [],
    hosts: [],
    emits: ["event"],
    restatesDays: 0,
    async *pull() {
      for (let first = 0; first < events; first += BATCH_EVENTS) {
        const signals = batchFrom(first);
        onSent(signals.map(({ entities }) => entities.subject ?? ""));
        const next = first + BATCH_EVENTS;
        yield { signals, cursor: next < events ? String(next) : null };
        await pause(paceMs, new AbortController().signal);
      }
    },
  };
}
