/**
 * What a feature is, said in the plainest way: the specification that every faster
 * path must equal.
 *
 * A window is `[at − W, at)`. A performance row counts at the start of its day in
 * UTC, and only the revision in force counts; an event counts once by its source
 * and id. A count or sum of nothing is 0, anything else of nothing is null. Text
 * counts as a number if it is a decimal. Of several last values the one of the
 * greatest moment, then source, then key, by code point, counts.
 *
 * @module
 */
import { calendarPart } from "../../core/domain/calendar.ts";
import { DAY_MS, type Instant, startOfDay } from "../../core/domain/day.ts";
import type {
  Aggregation,
  FeatureDefinition,
  FeatureValue,
  FeatureView,
  SignalField,
  SignalFilter,
} from "../../core/domain/feature.ts";
import {
  deriveRowKey,
  type Scalar,
  type Signal,
} from "../../core/domain/signal.ts";
import { isDecimal, sumExactly } from "./exact_sum.ts";

/** A signal with where it came from and when it became known. */
export interface ObservedSignal {
  readonly source: string;
  readonly observedAt: Instant;
  readonly signal: Signal;
}

/** Whom to describe, when, and what was known. */
export interface EvaluatePoint {
  /** Id without its type, which the view gives. */
  readonly id: string;
  readonly at: Instant;
  /** Only what was observed by then; null for all. */
  readonly knownAt?: Instant | null;
}

interface Placed {
  readonly at: Instant;
  readonly order: readonly [string, string, string];
  readonly signal: Signal;
}

/**
 * Evaluates a view from raw signals.
 *
 * @param view The definition.
 * @param observed Signals in the order in which they were observed, repeated and restated.
 * @param point Whom and when.
 * @returns Values in the order of the view's features.
 */
export function evaluate(
  view: FeatureView,
  observed: readonly ObservedSignal[],
  point: EvaluatePoint,
): FeatureValue[] {
  const known = observed.filter(({ observedAt }) =>
    (point.knownAt ?? null) === null || observedAt <= (point.knownAt as Instant)
  );
  const past = inForce(known).filter(({ at, signal }) =>
    isOf(view, signal, point.id) && at < point.at
  );
  return view.features.map((feature) =>
    evaluateFeature(feature, past, point.at)
  );
}

function inForce(observed: readonly ObservedSignal[]): Placed[] {
  const rows = new Map<string, ObservedSignal & Placed>();
  for (const one of observed) {
    const { source, observedAt, signal } = one;
    const event = signal.grain === "event";
    const key = event ? signal.eventId : deriveRowKey(source, signal);
    const at = event ? signal.occurredAt : startOfDay(signal.day);
    const name = JSON.stringify([signal.grain, source, key]);
    const earlier = rows.get(name);
    if (earlier && (event || observedAt < earlier.observedAt)) continue;
    rows.set(name, { ...one, at, order: [at, source, key] });
  }
  return [...rows.values()];
}

function isOf({ source, entity }: FeatureView, signal: Signal, id: string) {
  if (signal.entities[entity] !== id || signal.grain !== source.grain) {
    return false;
  }
  return signal.grain === "event" || source.grain !== "performance" ||
    signal.level === source.level;
}

function evaluateFeature(
  { aggregation, where, windowDays }: FeatureDefinition,
  past: readonly Placed[],
  at: Instant,
): FeatureValue {
  if (aggregation.how === "calendar") return calendarPart(aggregation.part, at);
  const since = windowDays === null
    ? -Infinity
    : Date.parse(at) - Math.round(windowDays * DAY_MS);
  const inWindow = past.filter((placed) =>
    Date.parse(placed.at) >= since && passes(placed, where)
  );
  return aggregate(aggregation, inWindow);
}

function passes({ signal }: Placed, filter: SignalFilter | undefined) {
  return filter?.types === undefined ||
    (signal.grain === "event" && filter.types.includes(signal.type));
}

function aggregate(
  aggregation: Exclude<Aggregation, { how: "calendar" }>,
  placed: readonly Placed[],
): FeatureValue {
  if (aggregation.how === "count") return placed.length;
  if (aggregation.how === "ratio") return ratio(aggregation, placed);
  if (aggregation.how === "last") return last(aggregation.of, placed);
  const decimals = decimalsOf(aggregation.of, placed);
  const numbers = decimals.map(Number);
  switch (aggregation.how) {
    case "sum":
      return sumExactly(decimals);
    case "mean":
      return numbers.length === 0
        ? null
        : sumExactly(decimals) / numbers.length;
    case "min":
      return numbers.reduce<number | null>(
        (least, value) => least === null || value < least ? value : least,
        null,
      );
    case "max":
      return numbers.reduce<number | null>(
        (most, value) => most === null || value > most ? value : most,
        null,
      );
  }
}

function ratio(
  aggregation: Extract<Aggregation, { how: "ratio" }>,
  placed: readonly Placed[],
): number | null {
  const { of, over, ofWhere, overWhere, prior = 0, strength = 0 } = aggregation;
  const total = (field: SignalField | "count", filter?: SignalFilter) => {
    const passing = placed.filter((one) => passes(one, filter));
    return field === "count"
      ? passing.length
      : sumExactly(decimalsOf(field, passing));
  };
  const denominator = total(over, overWhere) + strength;
  return denominator === 0
    ? null
    : (total(of, ofWhere) + strength * prior) / denominator;
}

function last(field: SignalField, placed: readonly Placed[]): FeatureValue {
  const candidates = placed.filter(({ signal }) =>
    read(field, signal) !== null
  );
  candidates.sort((a, b) => compare(a.order, b.order));
  const latest = candidates.at(-1);
  const value = latest ? read(field, latest.signal) : null;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "boolean" ? String(value) : value;
}

function compare(a: Placed["order"], b: Placed["order"]): number {
  const place = a.findIndex((part, index) => part !== b[index]);
  if (place < 0) return 0;
  return compareCodePoints(a[place] ?? "", b[place] ?? "");
}

/** UTF-8 bytes sort as code points do; UTF-16 units do not. */
function compareCodePoints(a: string, b: string): number {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  const place = left.findIndex((byte, index) => byte !== right[index]);
  if (place < 0) return left.length - right.length;
  return (left[place] ?? -1) - (right[place] ?? -1);
}

function decimalsOf(field: SignalField, placed: readonly Placed[]): string[] {
  return placed.flatMap(({ signal }) => {
    const value = read(field, signal);
    return value !== null && isDecimal(String(value)) ? [String(value)] : [];
  });
}

function read(field: SignalField, signal: Signal): Scalar | bigint {
  if (signal.grain === "performance") {
    return signal.metrics[field as keyof typeof signal.metrics] ?? null;
  }
  if (field === "value_micros") return signal.valueMicros;
  return signal.properties[field.slice("properties.".length)] ?? null;
}
