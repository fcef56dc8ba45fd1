/**
 * Features: numbers and categories about an entity at a moment, from views that
 * are data. A window covers `[at − W, at)`: an event exactly at `at` is not in,
 * one exactly at `at − W` is. A performance row counts at the start of its day
 * in UTC and is in a window when that moment is.
 *
 * @module
 */
import { type Day, DAY_MS, type Instant } from "./day.ts";
import type { EntityKey, EntityType } from "./entity.ts";
import type { Metric } from "./signal.ts";

/** A length of time: minutes, hours or days, such as `15m`, `12h`, `365d`. */
export type Span = `${number}${"m" | "h" | "d"}`;

/** How a feature is computed from the signals in its window. */
export type Aggregation =
  /** Number of signals. */
  | { readonly how: "count" }
  /** Number of signals in each hour or day of the window, which must have a length. */
  | { readonly how: "rate"; readonly per: "hour" | "day" }
  /** Over `of`: a metric, `value_micros`, or `properties.<name>` of an event. */
  | {
    readonly how: "sum" | "mean" | "min" | "max" | "last";
    readonly of: SignalField;
  }
  /**
   * Number of distinct values of `of`: exact up to {@link DISTINCT_EXACT}, then
   * estimated from the smallest hashes of them, within about 9 percent (two standard
   * errors).
   */
  | { readonly how: "distinct"; readonly of: SignalField }
  /** Sum over signals of `of` × 2^(−age ÷ halfLife), age as of the end of the window. */
  | {
    readonly how: "decay";
    readonly of: SignalField | "count";
    readonly halfLife: Span;
  }
  /**
   * (sum of `of` + strength × prior) / (sum of `over` + strength), null when the
   * denominator is zero. `of` and `over` may be `count` for the number of signals
   * that pass `ofWhere` (any type if absent) and `overWhere`. Empirical Bayes fits
   * `prior` and `strength` to all entities; they are part of the definition, so the
   * value of one entity never depends on when others were seen.
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
  | MomentAggregation
  /**
   * From what the caller gives with the request as `request.<of>`; in training, from
   * the property of that name of the starting event. `hours_since` reads a moment.
   */
  | {
    readonly how: "request";
    readonly of: string;
    readonly as: "number" | "category" | "log1p" | "hours_since";
  };

/** What is computed from the moment alone, no signals; in `zone`, UTC if absent. */
export type MomentAggregation =
  | {
    readonly how: "calendar";
    readonly part: CalendarPart;
    readonly zone?: string;
  }
  /** Sine or cosine that turns `harmonic` times in each period. */
  | {
    readonly how: "fourier";
    readonly period: "day" | "week" | "year";
    readonly harmonic: number;
    readonly wave: "sin" | "cos";
    readonly zone?: string;
  }
  /** 1 or 0, or whole days to the next or from the last of `days`, null if there is none. */
  | {
    readonly how: "holiday";
    readonly say: "is" | "days_until" | "days_since";
    /** The table, in any order. */
    readonly days: readonly Day[];
    readonly zone?: string;
  };

/** Distinct values that are counted exactly, and hashes kept beyond. */
export const DISTINCT_EXACT = 512;

/** A number or category that a signal carries. */
export type SignalField = Metric | "value_micros" | `properties.${string}`;

/** Parts of a moment. */
export type CalendarPart =
  | "hour_of_day"
  | "day_of_week"
  | "is_weekend"
  | "day_of_month"
  | "month_of_year";

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
  /** Length of the window; null for all of the past. */
  readonly window: Span | null;
  /** What its values must be like; runs that break it are not put online. */
  readonly expect?: Expectation;
}

/** What the values of a feature must be like, over all entities of a run. */
export interface Expectation {
  /** Least value. */
  readonly min?: number;
  /** Greatest value. */
  readonly max?: number;
  /** Greatest share of entities without a value, [0, 1]. */
  readonly maxNullShare?: number;
  /** The only categories. */
  readonly oneOf?: readonly string[];
}

/** Whose agreement a view needs. */
export interface ConsentRule {
  /** Name under which sources tell of it, such as `email` or `personalization`. */
  readonly to: string;
  /** `opt_out`: until it is denied; `opt_in`: once it is granted. */
  readonly rule: "opt_out" | "opt_in";
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
  /** What it may be read for, such as `optimization`; for others it is withheld. */
  readonly purposes: readonly string[];
  /** What a person must have agreed to; only views of subjects ask for it. */
  readonly consent?: ConsentRule;
  /** What it describes. */
  readonly about: string;
  /** Age at which a value counts as stale. */
  readonly ttlSeconds: number;
  /** Where its signals come from; `calendar` and `request` need none. */
  readonly source:
    | { readonly grain: "performance"; readonly level: EntityType }
    | { readonly grain: "event" }
    | { readonly grain: "calendar" }
    | { readonly grain: "request" };
  /**
   * Length of the tiles in which signals are added up beforehand, for entities with
   * many signals in their windows; every value is the same with and without.
   */
  readonly tiles?: "hour" | "day";
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
  /**
   * Values in the order of the view's features; those of the moment or of the request
   * are null, they are computed when they are read.
   */
  readonly values: readonly FeatureValue[];
  /** True if consent forbids it: all values are null then. */
  readonly withheld?: boolean;
}

/**
 * How far a value that was read can be trusted: fresh, stale (older than the view's
 * TTL, or than the reader accepts), missing, withheld (by purpose or consent), or
 * given by the caller.
 */
export type FeatureStatus =
  | "fresh"
  | "stale"
  | "missing"
  | "withheld"
  | "given";

/** One feature as a decision saw it. */
export interface FeatureReading {
  /** The value, null when missing. */
  readonly value: FeatureValue;
  /** Whether it can be trusted. */
  readonly status: FeatureStatus;
  /** Moment the value describes; null when missing. */
  readonly at: Instant | null;
}

/** Readings by feature id, `view.feature` or `view@version.feature`. */
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

/** A feature id taken apart. */
export interface FeatureName {
  /** Name of the view. */
  readonly view: string;
  /** The version asked for; null for the one that serves. */
  readonly version: number | null;
  /** Name of the feature in it. */
  readonly feature: string;
}

/**
 * Takes a feature id apart.
 *
 * @param id `view.feature`, or `view@version.feature` for one version.
 * @returns Its parts; whether there is such a feature is not known here.
 */
export function parseFeatureId(id: string): FeatureName {
  const dot = id.indexOf(".");
  const [view = "", version] = id.slice(0, Math.max(dot, 0)).split("@");
  return {
    view,
    version: version === undefined ? null : Number(version),
    feature: id.slice(dot + 1),
  };
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: DAY_MS } as const;

/**
 * Length of a span.
 *
 * @param span Such as `15m`.
 * @returns Milliseconds.
 */
export function spanMs(span: Span): number {
  const unit = span.slice(-1) as keyof typeof UNIT_MS;
  return Number(span.slice(0, -1)) * UNIT_MS[unit];
}

/** Aggregations over signals. */
export type SignalAggregation = Exclude<
  Aggregation,
  MomentAggregation | { readonly how: "request" }
>;

/**
 * Whether a feature is computed from signals, and so kept; all others are computed
 * when they are read.
 *
 * @param aggregation How it is computed.
 * @returns False for what comes from the moment or from the request.
 */
export function needsSignals(
  aggregation: Aggregation,
): aggregation is SignalAggregation {
  return !["calendar", "fourier", "holiday", "request"].includes(
    aggregation.how,
  );
}
