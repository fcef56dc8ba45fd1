/**
 * What is asked of the stores to tell whether sources and features are as usual.
 *
 * @module
 */
import type { Day, DayRange } from "../domain/day.ts";
import type { FeatureView } from "../domain/feature.ts";
import type { Metric } from "../domain/signal.ts";
import type { FeatureStatistics, ViewRef } from "./features.ts";

/** A whole number that signals carry. */
export type WatchedMetric = Metric | "value_micros";

/** How much the signals of a day carry each, of a metric that is not zero. */
export interface MetricLevel {
  readonly metric: WatchedMetric;
  /** Signals that carry it. */
  readonly signals: number;
  readonly sum: bigint;
  /** Sizes at 10, 50 and 90 percent of them. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** What a stream told of one day. */
export interface DayProfile {
  readonly day: Day;
  readonly signals: number;
  readonly levels: readonly MetricLevel[];
}

/** One stream of a source: the rows of a report, or the events of a type, by day. */
export interface StreamProfile {
  readonly source: string;
  readonly connector: string;
  readonly grain: "performance" | "event";
  /** Name of the report or type. */
  readonly name: string;
  /** Days of occurrence that it told of, in order. */
  readonly days: readonly DayProfile[];
  /** Days on which it brought something new, in order; restatements are not new. */
  readonly heard: readonly Day[];
}

/** Profiles of sources. */
export interface SourceProfiles {
  /** Every stream of a tenant that told of one of the days. */
  read(tenant: string, days: DayRange): Promise<readonly StreamProfile[]>;
}

/** How many kept values of a feature are below, and up to, each of some cuts. */
export interface CutCounts {
  readonly feature: string;
  /** Values that are there. */
  readonly known: number;
  readonly below: readonly number[];
  readonly upTo: readonly number[];
}

/** How kept values are spread, now and in runs before. */
export interface FeatureSpreads {
  /** Statistics kept with the finished runs before the last, the latest first. */
  earlier(
    tenant: string,
    view: FeatureView,
    limit: number,
  ): Promise<readonly (readonly FeatureStatistics[])[]>;
  /** Counts what is kept now by cuts of features of numbers. */
  count(
    tenant: string,
    view: FeatureView,
    cuts: readonly {
      readonly feature: string;
      readonly cuts: readonly number[];
    }[],
  ): Promise<readonly CutCounts[]>;
}

/** Served vectors that were derived again offline. */
export interface ConsistencyCounts extends ViewRef {
  readonly day: Day;
  readonly checked: number;
  readonly mismatched: number;
}

/** Counts of a tenant. */
export interface TenantCounts extends ConsistencyCounts {
  readonly tenant: string;
}

/** What the comparisons of served with re-derived vectors found. */
export interface ConsistencyStore {
  /** Adds to the counts of a day. */
  add(tenant: string, counts: readonly ConsistencyCounts[]): Promise<void>;
  /** Counts since a day, by view and day. */
  since(tenant: string, day: Day): Promise<readonly ConsistencyCounts[]>;
  /** The same of all tenants. */
  everyoneSince(day: Day): Promise<readonly TenantCounts[]>;
}
