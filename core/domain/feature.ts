/**
 * Features: numbers and categories about an entity at a moment, from views that
 * are data. A window covers `[at − W, at)`: an event exactly at `at` is not in,
 * one exactly at `at − W` is. A performance row counts at the start of its day
 * in UTC and is in a window when that moment is.
 *
 * @module
 */
import type { Instant } from "./day.ts";
import type { EntityKey, EntityType } from "./entity.ts";
import type { Metric } from "./signal.ts";

/** How a feature is computed from the signals in its window. */
export type Aggregation =
  /** Number of signals. */
  | { readonly how: "count" }
  /** Over `of`: a metric, `value_micros`, or `properties.<name>` of an event. */
  | {
    readonly how: "sum" | "mean" | "min" | "max" | "last";
    readonly of: SignalField;
  }
  /**
   * (sum of `of` + strength × prior) / (sum of `over` + strength), null when the
   * denominator is zero. `of` and `over` may be `count` for the number of signals
   * that pass `ofWhere` (any type if absent) and `overWhere`.
   */
  | {
    readonly how: "ratio";
    readonly of: SignalField | "count";
    readonly over: SignalField | "count";
    readonly ofWhere?: SignalFilter;
    readonly overWhere?: SignalFilter;
    readonly prior?: number;
    readonly strength?: number;
  }
  /** From the moment alone, no signals: see {@link CalendarPart}. */
  | { readonly how: "calendar"; readonly part: CalendarPart };

/** A number or category that a signal carries. */
export type SignalField = Metric | "value_micros" | `properties.${string}`;

/** Parts of a moment, in UTC. */
export type CalendarPart =
  | "hour_of_day"
  | "day_of_week"
  | "is_weekend"
  | "month_of_year"
  | "sin_week"
  | "cos_week"
  | "sin_year"
  | "cos_year";

/** Which signals a feature reads, beyond its view's source. */
export interface SignalFilter {
  /** Event types; any if absent. */
  readonly types?: readonly string[];
}

/** One named number or category. */
export interface FeatureDefinition {
  /** `snake_case`, ending in its unit or window: `clicks_count_7d`. */
  readonly name: string;
  /** What it says, for a person. */
  readonly about: string;
  /** `count`, `micros`, `share`, `days`, `category`, … */
  readonly unit: string;
  /** How it is computed. */
  readonly aggregation: Aggregation;
  /** Which signals of the view's source; all if absent. */
  readonly where?: SignalFilter;
  /** Length of the window in days (fractions allowed); null for all of the past. */
  readonly windowDays: number | null;
}

/** Named features of one entity type, from one grain of signals. */
export interface FeatureView {
  /** `snake_case`; unique in a tenant. */
  readonly name: string;
  /** Grows when the definition changes; an old version stays readable. */
  readonly version: number;
  /** Type of the entity described. Signals count towards the id they carry for it. */
  readonly entity: EntityType;
  /** Team that answers for it. */
  readonly owner: string;
  /** What it may be used for, such as `optimization`. */
  readonly purpose: string;
  /** What it describes. */
  readonly about: string;
  /** Age at which a value counts as stale. */
  readonly ttlSeconds: number;
  /** Where its signals come from; `calendar` needs none. */
  readonly source:
    | { readonly grain: "performance"; readonly level: EntityType }
    | { readonly grain: "event" }
    | { readonly grain: "calendar" };
  /** The features, in the order of the vector. */
  readonly features: readonly FeatureDefinition[];
}

/** Value of a feature: a number, a category, or null when there is none. */
export type FeatureValue = number | string | null;

/** A view's values for one entity at one moment, in the view's order. */
export interface FeatureVector {
  /** View that defines the values. */
  readonly view: string;
  /** Version of that view. */
  readonly version: number;
  /** Whom it describes. */
  readonly entity: EntityKey;
  /** The moment of which the windows end. */
  readonly at: Instant;
  /** Values in the order of the view's features. */
  readonly values: readonly FeatureValue[];
}

/** How far a value that was read can be trusted. */
export type FeatureStatus = "fresh" | "stale" | "missing" | "given";

/** One feature as a decision saw it. */
export interface FeatureReading {
  /** The value, null when missing. */
  readonly value: FeatureValue;
  /** Fresh, stale (older than the view's TTL), missing, or given by the caller. */
  readonly status: FeatureStatus;
  /** Moment the value describes; null when missing. */
  readonly at: Instant | null;
}

/** Readings by feature id, `view.feature`. */
export type FeatureReadings = Readonly<Record<string, FeatureReading>>;

/**
 * Names a feature across views.
 *
 * @param view Name of the view.
 * @param feature Name of the feature in it.
 * @returns `view.feature`.
 */
export function featureId(view: string, feature: string): string {
  return `${view}.${feature}`;
}
