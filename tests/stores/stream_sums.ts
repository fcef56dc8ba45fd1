/**
 * A consumer that only adds up, and what it must come to.
 *
 * @module
 */
import { deriveRowKey, type Metrics } from "../../core/domain/signal.ts";
import type { SignalStore } from "../../core/ports/signals.ts";
import type { StreamMessage } from "../../core/ports/stream.ts";
import { SOURCE } from "./cases.ts";

/** Sums that are not zero, by row, zone, currency and metric. */
export type Sums = Readonly<Record<string, bigint>>;

/** Adds up `after − before` of every message. */
export function sumChanges(messages: readonly StreamMessage[]): Sums {
  const sums = new Map<string, bigint>();
  for (const message of messages) {
    if (message.kind !== "performance") continue;
    const { row: { zone, currency }, rowKey, before, after } = message;
    const place = [rowKey, zone, currency];
    add(sums, place, after);
    add(sums, place, negated(before ?? {}));
  }
  return withoutZeros(sums);
}

/** The totals in force, from the store. */
export async function countTotals(
  signals: SignalStore,
  tenant: string,
): Promise<Sums> {
  const sums = new Map<string, bigint>();
  const inForce = await signals.performance({
    tenant,
    source: SOURCE,
    report: null,
    range: { from: "2000-01-01", until: "2100-01-01" },
    knownAt: null,
    limit: 100_000,
  });
  for (const { signal } of inForce) {
    const { zone, currency, metrics } = signal;
    const place = [deriveRowKey(SOURCE, signal), zone, currency];
    add(sums, place, metrics);
  }
  return withoutZeros(sums);
}

function add(
  sums: Map<string, bigint>,
  place: readonly string[],
  metrics: Metrics,
): void {
  for (const [metric, total] of Object.entries(metrics)) {
    const key = [...place, metric].join(" ");
    sums.set(key, (sums.get(key) ?? 0n) + total);
  }
}

function negated(metrics: Metrics): Metrics {
  return Object.fromEntries(
    Object.entries(metrics).map(([metric, total]) => [metric, -total]),
  );
}

function withoutZeros(sums: ReadonlyMap<string, bigint>): Sums {
  return Object.fromEntries(
    [...sums].filter(([, sum]) => sum !== 0n).sort(),
  );
}
