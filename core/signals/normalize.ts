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
  type Scalar,
  type Signal,
} from "../domain/signal.ts";
import type { Instant } from "../domain/day.ts";
import { addDays } from "../domain/day.ts";
import type { EntityIds, EntityType } from "../domain/entity.ts";
import { replaceEmails } from "../domain/personal_data.ts";
import type { KeyedPerformance } from "../ports/signals.ts";
import { originOf } from "../../plugins/contract/records.ts";
import { findProblem } from "./check.ts";
import {
  pseudonymize,
  pseudonymizeOriginal,
  pseudonymizeScalar,
  type Pseudonyms,
} from "./pseudonym.ts";
import { ageInDays, maturityAt } from "./sync/maturity.ts";

const MAX_ORIGINAL = 65_536;
const MAX_DETAIL = 500;

/** What is believed after the checks. */
export interface Normalized {
  readonly performance: readonly KeyedPerformance[];
  readonly events: readonly EventSignal[];
  readonly rejects: readonly Reject[];
}

/** Where signals come from. */
export interface Origin {
  readonly source: string;
  /** Grains that the connector declared. */
  readonly emits: readonly string[];
  readonly observedAt: Instant;
  /** Days within which the source changes totals. */
  readonly settlesDays: number;
  /** The tenant's. */
  readonly pseudonyms: Pseudonyms;
}

/**
 * Checks and keys signals, direct identifiers of people replaced.
 *
 * @param origin Where they come from.
 * @param emitted What the connector emitted: signals, and its own rejects.
 * @returns Good signals, and a reject for each of the others.
 */
export function normalize(
  origin: Origin,
  emitted: {
    readonly signals: readonly unknown[];
    readonly rejects: readonly unknown[];
  },
): Normalized {
  const performance: KeyedPerformance[] = [];
  const events: EventSignal[] = [];
  const { pseudonyms } = origin;
  const rejects = emitted.rejects.map((one) => cleanReject(one, pseudonyms));
  for (const signal of emitted.signals) {
    const problem = findProblem(signal, origin.emits);
    if (problem !== null) {
      const origin = originOf(signal) ?? { original: printSafely(signal) };
      rejects.push(cleanReject({ ...problem, ...origin }, pseudonyms));
    } else if ((signal as Signal).grain === "event") {
      events.push(copyEvent(signal as EventSignal, pseudonyms));
    } else {
      performance.push(
        keyPerformance(origin, signal as PerformanceSignal),
      );
    }
  }
  return { performance, events, rejects };
}

function keyPerformance(
  { source, observedAt, settlesDays, pseudonyms }: Origin,
  emitted: PerformanceSignal,
): KeyedPerformance {
  const { report, level, day, periodDays, zone, currency, record } = emitted;
  const signal: PerformanceSignal = {
    grain: "performance",
    report,
    level,
    entities: copyIds(emitted.entities, pseudonyms),
    day,
    periodDays,
    zone,
    currency,
    breakdowns: copyTexts(emitted.breakdowns, pseudonyms),
    attribution: emitted.attribution,
    metrics: { ...emitted.metrics },
    ...(record !== undefined && { record }),
  };
  const lastDay = periodDays === 1 ? day : addDays(day, periodDays - 1);
  const ageDays = settlesDays === 0
    ? settlesDays
    : ageInDays(lastDay, observedAt, zone);
  return {
    signal,
    rowKey: deriveRowKey(source, signal),
    partitionKey: derivePartitionKey(source, signal),
    contentHash: deriveContentHash(signal),
    maturity: maturityAt(ageDays, settlesDays),
  };
}

function copyEvent(
  emitted: EventSignal,
  pseudonyms: Pseudonyms,
): EventSignal {
  const { eventId, type, occurredAt, valueMicros, currency, consent } = emitted;
  const properties: Record<string, Scalar> = {};
  for (const name in emitted.properties) {
    const shown = pseudonymize("", name, pseudonyms);
    const value = emitted.properties[name] ?? null;
    properties[shown] = pseudonymizeScalar(name, value, pseudonyms);
  }
  return {
    grain: "event",
    eventId: pseudonymize("", eventId, pseudonyms),
    type: withoutEmails(type, pseudonyms),
    occurredAt,
    entities: copyIds(emitted.entities, pseudonyms),
    valueMicros,
    currency,
    properties,
    ...(consent !== undefined && { consent: { ...consent } }),
  };
}

/** A person's id may be any identifier; the others' could only look like one. */
function copyIds(entities: EntityIds, pseudonyms: Pseudonyms): EntityIds {
  const copy: Partial<Record<EntityType, string>> = {};
  for (const name in entities) {
    const type = name as EntityType;
    const id = entities[type];
    if (id === undefined) continue;
    copy[type] = type === "subject"
      ? pseudonymize("", id, pseudonyms)
      : withoutEmails(id, pseudonyms);
  }
  return copy;
}

function copyTexts(
  texts: Readonly<Record<string, string>>,
  pseudonyms: Pseudonyms,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      withoutEmails(text, pseudonyms),
    ]),
  );
}

function withoutEmails(text: string, pseudonyms: Pseudonyms): string {
  return replaceEmails(text, (email) => pseudonyms.of("email", email));
}

/** A reject whose texts any database takes: bounded, well-formed, no NUL, no identifier. */
function cleanReject(reject: unknown, pseudonyms: Pseudonyms): Reject {
  const { reason, detail, original, context } = (reject ??
    {}) as Partial<Reject>;
  const named = typeof reason === "string" &&
    /^[a-z][a-z0-9_]{0,99}$/.test(reason);
  const text = (given: unknown, length: number) =>
    cleanText(pseudonymizeOriginal(String(given ?? ""), pseudonyms), length);
  return {
    reason: named ? reason : "unknown",
    detail: text(detail, MAX_DETAIL),
    original: text(original, MAX_ORIGINAL),
    ...(typeof context === "string" &&
      { context: text(context, MAX_ORIGINAL) }),
  };
}

function cleanText(text: string, length: number): string {
  return text.replaceAll("\0", "\uFFFD").slice(0, length).toWellFormed();
}

function printSafely(signal: unknown): string {
  try {
    return canonicalJson(signal);
  } catch {
    return `a ${typeof signal} that has no JSON form`;
  }
}
