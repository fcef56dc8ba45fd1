/**
 * What a connector emitted to what the store keeps: each signal checked, copied
 * member by member, and given its keys. What fails becomes a dead letter.
 *
 * @module
 */
import { canonicalJson } from "../domain/canonical.ts";
import {
  type Consent,
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
import type { KeyedPerformance } from "../ports/signals.ts";
import { originOf } from "../../plugins/contract/records.ts";
import { findProblem } from "./check.ts";
import {
  pseudonymize,
  pseudonymizeId,
  pseudonymizeScalar,
  type Pseudonyms,
} from "./pseudonym.ts";
import { pseudonymizeOriginal } from "./pseudonym_original.ts";
import { ageInDays, maturityAt } from "./sync/maturity.ts";

const MAX_ORIGINAL = 1_048_576;
const MAX_DETAIL = 500;

/** What is believed after the checks. */
export interface Normalized {
  readonly performance: readonly KeyedPerformance[];
  readonly events: readonly EventSignal[];
  readonly rejects: readonly Reject[];
  /** Records of which a row was refused: what is believed of them is not all. */
  readonly torn: ReadonlySet<string>;
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
  const torn = new Set<string>();
  const { pseudonyms } = origin;
  const rejects = emitted.rejects.map((one) => cleanReject(one, pseudonyms));
  for (const signal of emitted.signals) {
    const problem = findProblem(signal, origin.emits);
    if (problem !== null) {
      const origin = originOf(signal) ?? { original: printSafely(signal) };
      rejects.push(cleanReject({ ...problem, ...origin }, pseudonyms));
      const { record } = (signal ?? {}) as { readonly record?: unknown };
      if (typeof record === "string") {
        torn.add(pseudonymizeId(record, pseudonyms));
      }
    } else if ((signal as Signal).grain === "event") {
      events.push(copyEvent(signal as EventSignal, pseudonyms));
    } else {
      performance.push(
        keyPerformance(origin, signal as PerformanceSignal),
      );
    }
  }
  return { performance, events, rejects, torn };
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
    ...(record !== undefined && { record: pseudonymizeId(record, pseudonyms) }),
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
    eventId: pseudonymizeId(eventId, pseudonyms),
    type: pseudonymize("", type, pseudonyms),
    occurredAt,
    entities: copyIds(emitted.entities, pseudonyms),
    valueMicros,
    currency,
    properties,
    ...(consent !== undefined && { consent: copyConsent(consent, pseudonyms) }),
  };
}

/** An account's id is the key of what was asked for: only an address is no id of one. */
function copyIds(entities: EntityIds, pseudonyms: Pseudonyms): EntityIds {
  const copy: Partial<Record<EntityType, string>> = {};
  for (const name in entities) {
    const type = name as EntityType;
    const id = entities[type];
    if (id === undefined) continue;
    copy[type] = type === "account" && !id.includes("@")
      ? id
      : pseudonymizeId(id, pseudonyms);
  }
  return copy;
}

function copyTexts(
  texts: Readonly<Record<string, string>>,
  pseudonyms: Pseudonyms,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      pseudonymize("", name, pseudonyms),
      pseudonymize(name, text, pseudonyms),
    ]),
  );
}

function copyConsent(consent: Consent, pseudonyms: Pseudonyms): Consent {
  return Object.fromEntries(
    Object.entries(consent).map(([purpose, given]) => [
      pseudonymize("", purpose, pseudonyms),
      given,
    ]),
  );
}

/** A reject whose texts any database takes: bounded, well-formed, no NUL, no identifier. */
function cleanReject(reject: unknown, pseudonyms: Pseudonyms): Reject {
  const { reason, detail, original, context, index } = (reject ??
    {}) as Partial<Reject>;
  const named = typeof reason === "string" &&
    /^[a-z][a-z0-9_]{0,99}$/.test(reason);
  const text = (given: unknown, length: number, columns?: readonly string[]) =>
    cleanText(
      pseudonymizeOriginal(String(given ?? ""), pseudonyms, columns),
      length,
    );
  return {
    reason: named ? reason : "unknown",
    detail: text(detail, MAX_DETAIL),
    original: text(original, MAX_ORIGINAL, columnsOf(context)),
    ...(typeof context === "string" &&
      { context: text(context, MAX_ORIGINAL) }),
    ...(Number.isSafeInteger(index) && { index: Number(index) }),
  };
}

/** Names of the columns, where a reject is a row whose context tells them. */
function columnsOf(context: unknown): readonly string[] {
  try {
    const { columns } = JSON.parse(String(context)) ?? {};
    return Array.isArray(columns) ? columns.map(String) : [];
  } catch {
    return [];
  }
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
