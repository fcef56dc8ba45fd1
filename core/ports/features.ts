/**
 * Where features are computed (Postgres), kept online (Deno KV), and declared.
 *
 * @module
 */
import type { Day, Instant } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import type {
  FeatureValue,
  FeatureVector,
  FeatureView,
} from "../domain/feature.ts";
import type { Metric } from "../domain/signal.ts";

/** An entity at a moment: the window of each feature ends there. */
export interface FeaturePoint {
  /** Id without its type, which the view gives. */
  readonly id: string;
  readonly at: Instant;
}

/** One event that starts a training row, with what came of it. */
export interface LabelRow {
  /** Ids by entity type that the starting event carries. */
  readonly entities: Readonly<Record<string, string>>;
  readonly at: Instant;
  /** Property asked for as the action, or null. */
  readonly action: string | null;
  /** 1 or 0 for occurrence, or the sum of the outcome's value in micros. */
  readonly label: number;
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

/** A finished materialisation. */
export interface MaterializeRun {
  readonly view: string;
  readonly version: number;
  readonly at: Instant;
  readonly rows: number;
}

/** Features computed by SQL over the signals. */
export interface FeatureHistory {
  /**
   * Values of a view at many points, one aggregate pass in SQL.
   *
   * @returns Values in the order of the points, each in the view's order.
   */
  aggregate(
    tenant: string,
    view: FeatureView,
    options: {
      readonly points: readonly FeaturePoint[];
      /** Only what was observed by then; null for all. */
      readonly knownAt: Instant | null;
    },
  ): Promise<readonly (readonly FeatureValue[])[]>;
  /** Computes and keeps the vectors of all entities with signals in the widest window. */
  materialize(
    tenant: string,
    view: FeatureView,
    at: Instant,
  ): Promise<MaterializeRun>;
  /** The kept vectors of a run, in pages by entity. */
  readRun(
    tenant: string,
    run: MaterializeRun,
  ): AsyncIterable<readonly FeatureVector[]>;
  labels(query: LabelQuery): Promise<readonly LabelRow[]>;
  series(query: SeriesQuery): Promise<readonly MetricSeries[]>;
}

/** Features kept by key, for decisions. A projection: it can be dropped and rebuilt. */
export interface OnlineFeatures {
  read(
    tenant: string,
    keys: readonly { view: string; version: number; entity: EntityKey }[],
  ): Promise<readonly (FeatureVector | null)[]>;
  /** Writes vectors; an older moment never replaces a newer one. */
  write(tenant: string, vectors: readonly FeatureVector[]): Promise<void>;
}

/** Views that a tenant declared beside the built-in ones. */
export interface ViewStore {
  /** Keeps a definition; the same name and version must not change. */
  save(tenant: string, view: FeatureView): Promise<void>;
  /** Latest version of each. */
  list(tenant: string): Promise<readonly FeatureView[]>;
}
