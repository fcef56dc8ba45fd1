/**
 * What a connector emitted to what the store keeps: each signal checked, copied
 * member by member, and given its keys. What fails becomes a dead letter.
 *
 * @module
 */
import { canonicalJson } from "../domain/canonical.ts";
import {
  deriveContentHash,
  derivePartitionKey,
  deriveRowKey,
  type EventSignal,
  type PerformanceSignal,
  type Reject,
  type Signal,
} from "../domain/signal.ts";
import { redactEmails } from "../domain/personal_data.ts";
import type { KeyedPerformance } from "../ports/signals.ts";
import { findProblem } from "./check.ts";

const MAX_ORIGINAL = 65_536;
const MAX_DETAIL = 500;

/** What is believed after the checks. */
export interface Normalized {
  readonly performance: readonly KeyedPerformance[];
  readonly events: readonly EventSignal[];
  readonly rejects: readonly Reject[];
}

/**
 * Checks and keys signals.
 *
 * @param origin The source's name, and the grains its connector declared.
 * @param emitted What the connector emitted: signals, and its own rejects.
 * @returns Good signals, and a reject for each of the others.
 */
export function normalize(
  origin: { readonly source: string; readonly emits: readonly string[] },
  emitted: {
    readonly signals: readonly unknown[];
    readonly rejects: readonly unknown[];
  },
): Normalized {
  const performance: KeyedPerformance[] = [];
  const events: EventSignal[] = [];
  const rejects = emitted.rejects.map(cleanReject);
  for (const signal of emitted.signals) {
    const problem = findProblem(signal, origin.emits);
    if (problem !== null) {
      rejects.push(cleanReject({ ...problem, original: printSafely(signal) }));
    } else if ((signal as Signal).grain === "event") {
      events.push(copyEvent(signal as EventSignal));
    } else {
      performance.push(
        keyPerformance(origin.source, signal as PerformanceSignal),
      );
    }
  }
  return { performance, events, rejects };
}

function keyPerformance(
  source: string,
  emitted: PerformanceSignal,
): KeyedPerformance {
  const { report, level, day, periodDays, zone, currency, attribution } =
    emitted;
  const signal: PerformanceSignal = {
    grain: "performance",
    report,
    level,
    entities: { ...emitted.entities },
    day,
    periodDays,
    zone,
    currency,
    breakdowns: { ...emitted.breakdowns },
    attribution,
    metrics: { ...emitted.metrics },
  };
  return {
    signal,
    rowKey: deriveRowKey(source, signal),
    partitionKey: derivePartitionKey(source, signal),
    contentHash: deriveContentHash(signal),
  };
}

function copyEvent(emitted: EventSignal): EventSignal {
  const { eventId, type, occurredAt, valueMicros, currency } = emitted;
  return {
    grain: "event",
    eventId,
    type,
    occurredAt,
    entities: { ...emitted.entities },
    valueMicros,
    currency,
    properties: { ...emitted.properties },
  };
}

/** A reject whose texts any database takes: bounded, well-formed, no NUL, no address. */
function cleanReject(reject: unknown): Reject {
  const { reason, detail, original } = (reject ?? {}) as Partial<Reject>;
  const named = typeof reason === "string" &&
    /^[a-z][a-z0-9_]{0,99}$/.test(reason);
  return {
    reason: named ? reason : "unknown",
    detail: cleanText(detail, MAX_DETAIL),
    original: cleanText(original, MAX_ORIGINAL),
  };
}

function cleanText(text: unknown, length: number): string {
  return redactEmails(String(text ?? ""))
    .replaceAll("\0", "\uFFFD").slice(0, length).toWellFormed();
}

function printSafely(signal: unknown): string {
  try {
    return canonicalJson(signal);
  } catch {
    return `a ${typeof signal} that has no JSON form`;
  }
}
