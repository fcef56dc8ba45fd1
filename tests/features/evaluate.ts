/**
 * What a feature is, said in the plainest way: the specification that every faster
 * path must equal.
 *
 * A window is `[at − W, at)`. A performance row counts at the start of its day in
 * UTC, and only the revision in force counts; an event counts once by its source
 * and id. A count, sum, rate, decayed sum or number of distinct values of nothing is
 * 0, anything else of nothing is null. Text counts as a number if it is a decimal. Of
 * several last values, and of what a person said last about consent, the one of the
 * greatest moment, then source, then key, by code point, counts.
 *
 * @module
 */
import { momentValue } from "../../core/domain/calendar.ts";
import { type Instant, startOfDay } from "../../core/domain/day.ts";
import { distinctEstimate, distinctHash } from "../../core/domain/distinct.ts";
import {
  type FeatureDefinition,
  type FeatureValue,
  type FeatureView,
  type SignalAggregation,
  type SignalField,
  type SignalFilter,
  type Span,
  spanMs,
} from "../../core/domain/feature.ts";
import { scalarText } from "../../core/domain/scalar.ts";
import {
  deriveRowKey,
  type EventSignal,
  type Scalar,
  type Signal,
} from "../../core/domain/signal.ts";
import { requestValue } from "../../core/features/request_features.ts";
import type { FeaturePoint, KnownAt } from "../../core/ports/features.ts";
import { isDecimal, sumExactly } from "./exact_sum.ts";

/** A signal with where it came from and when it became known. */
export interface ObservedSignal {
  readonly source: string;
  readonly observedAt: Instant;
  readonly signal: Signal;
}

/** Whom to describe, when, and what was known. */
export interface EvaluatePoint extends FeaturePoint {
  /** All unless given. */
  readonly knownAt?: KnownAt;
  /** What the caller gives with a request; nothing unless given. */
  readonly given?: Readonly<Record<string, Scalar>>;
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
 * @returns Values in the order of the view's features; all null if consent forbids it.
 */
export function evaluate(
  view: FeatureView,
  observed: readonly ObservedSignal[],
  point: EvaluatePoint,
): FeatureValue[] {
  if (isWithheld(view, observed, point)) return view.features.map(() => null);
  const past = pastOf(observed, point).filter(({ signal }) =>
    isOf(view, signal, point.id)
  );
  return view.features.map((feature) => evaluateFeature(feature, past, point));
}

/** Whether the view needs a consent that its subject has not given. */
export function isWithheld(
  { consent, entity }: FeatureView,
  observed: readonly ObservedSignal[],
  point: EvaluatePoint,
): boolean {
  if (consent === undefined) return false;
  const agreed = pastOf(observed, point)
    .filter(({ signal }) => signal.entities[entity] === point.id)
    .toSorted((a, b) => compare(a.order, b.order))
    .map(({ signal }) => (signal as EventSignal).consent?.[consent.to])
    .findLast((said) => said !== undefined);
  return consent.rule === "opt_out" ? agreed === false : agreed !== true;
}

/** What was known of the time before the point. */
function pastOf(
  observed: readonly ObservedSignal[],
  { at, knownAt = null }: EvaluatePoint,
): Placed[] {
  const by = knownAt === "point" ? at : knownAt;
  const known = observed.filter(({ observedAt }) =>
    by === null || observedAt <= by
  );
  return inForce(known).filter((placed) => placed.at < at);
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
  { aggregation, where, window }: FeatureDefinition,
  past: readonly Placed[],
  { at, given = {} }: EvaluatePoint,
): FeatureValue {
  switch (aggregation.how) {
    case "calendar":
    case "fourier":
    case "holiday":
      return momentValue(aggregation, at);
    case "request":
      return requestValue(aggregation, given, at);
  }
  const inWindow = past.filter((placed) =>
    (window === null || ageMs(placed, at) <= spanMs(window)) &&
    passes(placed, where)
  );
  return aggregate(aggregation, inWindow, { at, window });
}

function ageMs(placed: Placed, at: Instant): number {
  return Date.parse(at) - Date.parse(placed.at);
}

function passes({ signal }: Placed, filter: SignalFilter | undefined) {
  return filter?.types === undefined ||
    (signal.grain === "event" && filter.types.includes(signal.type));
}

function aggregate(
  aggregation: SignalAggregation,
  placed: readonly Placed[],
  { at, window }: { readonly at: Instant; readonly window: Span | null },
): FeatureValue {
  switch (aggregation.how) {
    case "count":
      return placed.length;
    case "rate":
      return placed.length / lengthIn(aggregation.per, window);
    case "distinct":
      return distinct(aggregation.of, placed);
    case "decay":
      return decay(aggregation, placed, at);
    case "ratio":
      return ratio(aggregation, placed);
    case "last":
      return last(aggregation.of, placed);
    default:
      return summarize(aggregation.how, decimalsOf(aggregation.of, placed));
  }
}

function lengthIn(per: "hour" | "day", window: Span | null): number {
  return spanMs(window ?? "0d") / spanMs(per === "hour" ? "1h" : "1d");
}

function summarize(
  how: "sum" | "mean" | "min" | "max",
  decimals: readonly string[],
): number | null {
  if (how === "sum") return sumExactly(decimals);
  if (decimals.length === 0) return null;
  if (how === "mean") return sumExactly(decimals) / decimals.length;
  return Math[how](...decimals.map((decimal) => sumExactly([decimal])));
}

function distinct(field: SignalField, placed: readonly Placed[]): number {
  const texts = placed.flatMap(({ signal }) => textOf(field, signal) ?? []);
  const hashes = new Set(texts.map(distinctHash));
  return distinctEstimate([...hashes].sort((a, b) => a - b));
}

function decay(
  { of, halfLife }: Extract<SignalAggregation, { how: "decay" }>,
  placed: readonly Placed[],
  at: Instant,
): number {
  return placed.reduce((sum, one) => {
    const [value] = of === "count" ? ["1"] : decimalsOf(of, [one]);
    return sum + Number(value ?? 0) * 2 ** (-ageMs(one, at) / spanMs(halfLife));
  }, 0);
}

function ratio(
  aggregation: Extract<SignalAggregation, { how: "ratio" }>,
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
  const value = placed
    .toSorted((a, b) => compare(a.order, b.order))
    .map(({ signal }) => read(field, signal))
    .findLast((value) => value !== null) ?? null;
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
  return placed.flatMap(({ signal }) => textOf(field, signal) ?? [])
    .filter(isDecimal);
}

function textOf(field: SignalField, signal: Signal): string | null {
  return scalarText(read(field, signal));
}

function read(field: SignalField, signal: Signal): Scalar | bigint {
  if (signal.grain === "performance") {
    return signal.metrics[field as keyof typeof signal.metrics] ?? null;
  }
  if (field === "value_micros") return signal.valueMicros;
  return signal.properties[field.slice("properties.".length)] ?? null;
}
