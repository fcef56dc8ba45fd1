/**
 * What models are trained on, asked of the signals: events with what came of them, and
 * series by period.
 *
 * @module
 */
import type { Day, Instant } from "../domain/day.ts";
import type { Metric, Scalar } from "../domain/signal.ts";

/** One event that starts a training row, with what came of it. */
export interface LabelRow {
  /** Ids by entity type that the starting event carries. */
  readonly entities: Readonly<Record<string, string>>;
  readonly at: Instant;
  /** Property asked for as the action, or null. */
  readonly action: string | null;
  /** What the starting event said, for features of the request. */
  readonly properties: Readonly<Record<string, Scalar>>;
  /** 1 or 0 for occurrence, or the sum of the outcome's value in micros. */
  readonly label: number;
  /** Sum of the outcome's value in micros. */
  readonly valueMicros: number;
  /** First outcome within the days, as known then; null if there is none yet. */
  readonly outcomeAt: Instant | null;
}

/** Which rows to train on. */
export interface LabelQuery {
  readonly tenant: string;
  /** Type of the starting event. */
  readonly start: string;
  /** Name of the starting event's property that holds the action, or null. */
  readonly actionProperty: string | null;
  /** Type of the outcome event, matched on `matchOn` in (at, at + withinDays]. */
  readonly outcome: string;
  readonly matchOn: string;
  readonly withinDays: number;
  /** `occurs`: 1 or 0; `value`: sum of value_micros. */
  readonly measure: "occurs" | "value";
  /** Starting events in [from, until); null for open ends. */
  readonly from: Instant | null;
  readonly until: Instant | null;
  /** Only what was observed by then; null for all. */
  readonly knownAt: Instant | null;
}

/** One series of a metric by period. */
export interface MetricSeries {
  readonly id: string;
  readonly parent: string | null;
  readonly days: readonly Day[];
  /** Total of the period, in the metric's whole units, shape [days]. */
  readonly totals: Float64Array;
}

/** Which series to read. */
export interface SeriesQuery {
  readonly tenant: string;
  readonly metric: Metric;
  readonly level: string;
  /** Entity type to group by, and the type above it to report. */
  readonly by: string;
  readonly parent: string | null;
  readonly from: Day | null;
  readonly until: Day | null;
  readonly knownAt: Instant | null;
}
