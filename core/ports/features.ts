/**
 * Where features are computed (Postgres), kept online (Deno KV), and declared.
 *
 * @module
 */
import type { DayRange, Instant } from "../domain/day.ts";
import type { EntityKey } from "../domain/entity.ts";
import type {
  FeatureValue,
  FeatureVector,
  FeatureView,
} from "../domain/feature.ts";
import type {
  LabelQuery,
  LabelRow,
  MetricSeries,
  SeriesQuery,
} from "./training_sets.ts";

/** An entity at a moment: the window of each feature ends there. */
export interface FeaturePoint {
  /** Id without its type, which the view gives. */
  readonly id: string;
  readonly at: Instant;
}

/**
 * What was known: all for null, what was observed by a moment, or for `point` what
 * was observed by the moment of each point itself.
 */
export type KnownAt = Instant | "point" | null;

/**
 * Which vectors a run computes. `changes`: of entities of which signals came since the
 * last run, or for whom a signal entered or left a window; `all`: of everybody with
 * signals; a range: of entities with signals of those days, tiles included.
 */
export type RunScope = "changes" | "all" | DayRange;

/** One materialisation of a view. */
export interface MaterializeRun {
  readonly id: string;
  readonly view: string;
  readonly version: number;
  readonly scope: RunScope;
  /**
   * Moment at which windows end, never before that of an earlier run. After it has
   * ended, all vectors hold as of then.
   */
  readonly at: Instant;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  /** Vectors computed. */
  readonly computed: number;
  /** Entities with a vector when it ended. */
  readonly rows: number;
}

/** How to materialise. */
export interface MaterializeJob {
  readonly at: Instant;
  readonly scope: RunScope;
  /** Told of each piece: vectors computed, and of how many if that is known. */
  readonly progress?: (computed: number, of: number | null) => void;
}

/** Buckets of time in which signals of an entity came, vanished or were restated. */
export interface Touched {
  /** Id without its type. */
  readonly id: string;
  /** Moments of the signals, as windows see them. */
  readonly moments: readonly Instant[];
}

/** How the values of one feature are spread over the entities of a run. */
export interface FeatureStatistics {
  readonly feature: string;
  /** Entities, and those without a value. */
  readonly rows: number;
  readonly nulls: number;
  /** Of numbers; null where there are none. */
  readonly numbers: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly deviation: number;
    /** At 1, 5, 25, 50, 75, 95 and 99 percent. */
    readonly quantiles: readonly number[];
  } | null;
  /** Of categories: the most frequent with their counts; null where there are none. */
  readonly categories: {
    readonly distinct: number;
    readonly top: readonly (readonly [string, number])[];
  } | null;
}

/** Signals of one source behind a value. */
export interface LineageSource {
  readonly source: string;
  readonly connector: string | null;
  readonly signals: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly lastObservedAt: Instant;
  /** Batches that brought them, the first and the last. */
  readonly batches: readonly [number, number];
  /** Keys of the latest, at most 100. */
  readonly keys: readonly string[];
}

/** Where the value of one feature comes from. */
export interface FeatureLineage {
  /** Run that computed what is kept, or `stream`; null if nothing is kept. */
  readonly run: string | null;
  /** Moment at which it was computed; null if nothing is kept. */
  readonly at: Instant | null;
  readonly sources: readonly LineageSource[];
}

/** Features computed by SQL over the signals. */
export interface FeatureHistory {
  /**
   * Values of a view at many points, from the signals themselves.
   *
   * @returns Values in the order of the points, each in the view's order.
   */
  aggregate(
    tenant: string,
    view: FeatureView,
    options: {
      readonly points: readonly FeaturePoint[];
      readonly knownAt: KnownAt;
    },
  ): Promise<readonly (readonly FeatureValue[])[]>;
  /**
   * Computes and keeps vectors. What was interrupted goes on where it stopped; what is
   * repeated changes nothing.
   */
  materialize(
    tenant: string,
    view: FeatureView,
    job: MaterializeJob,
  ): Promise<MaterializeRun>;
  /**
   * Computes and keeps the vectors of a few entities whose signals changed, as of now,
   * and brings the tiles of those moments up to date. Repeated, it changes nothing.
   *
   * @returns The vectors, without an order; all null for an entity without signals.
   */
  refresh(
    tenant: string,
    view: FeatureView,
    change: { readonly touched: readonly Touched[]; readonly at: Instant },
  ): Promise<readonly FeatureVector[]>;
  /**
   * Kept vectors that changed as of a moment after that, in pages by entity; all for
   * null. One of nulls tells that no signal of the entity is in the windows any more.
   */
  vectors(
    tenant: string,
    view: FeatureView,
    after: Instant | null,
  ): AsyncIterable<readonly FeatureVector[]>;
  /** Finished runs of a view, the latest first. */
  runs(
    tenant: string,
    view: FeatureView,
    limit: number,
  ): Promise<readonly MaterializeRun[]>;
  /** How the kept values are spread, in the view's order. */
  statistics(
    tenant: string,
    view: FeatureView,
  ): Promise<readonly FeatureStatistics[]>;
  /** The signals behind one feature of an entity at a moment. */
  lineage(
    tenant: string,
    view: FeatureView,
    query: {
      readonly feature: string;
      readonly id: string;
      readonly at: Instant;
      readonly knownAt: Instant | null;
    },
  ): Promise<FeatureLineage>;
  /** Forgets all vectors, tiles and runs of a version. */
  drop(tenant: string, view: FeatureView): Promise<void>;
  /** Forgets the vectors and tiles of an entity in every view; returns how many. */
  erase(tenant: string, entity: EntityKey): Promise<number>;
  labels(query: LabelQuery): Promise<readonly LabelRow[]>;
  series(query: SeriesQuery): Promise<readonly MetricSeries[]>;
}

/** Names one vector online. */
export interface VectorKey {
  readonly view: string;
  readonly version: number;
  readonly entity: EntityKey;
}

/** Which version of a view. */
export type ViewRef = Pick<FeatureView, "name" | "version">;

/** Features kept by key, for decisions. A projection: it can be dropped and rebuilt. */
export interface OnlineFeatures {
  read(
    tenant: string,
    keys: readonly VectorKey[],
  ): Promise<readonly (FeatureVector | null)[]>;
  /** Writes vectors; an older moment never replaces a newer one. */
  write(tenant: string, vectors: readonly FeatureVector[]): Promise<void>;
  /** Removes vectors. */
  remove(tenant: string, keys: readonly VectorKey[]): Promise<void>;
  /** What is online of a tenant, in pages. */
  all(
    tenant: string,
  ): AsyncIterable<readonly (VectorKey & { readonly at: Instant })[]>;
  /**
   * Moment as of which every vector of a view holds that was not computed later;
   * null if the view was never put online here.
   */
  through(tenant: string, view: ViewRef): Promise<Instant | null>;
  setThrough(tenant: string, view: ViewRef, at: Instant): Promise<void>;
  /**
   * Vectors that were written or removed after a place in the order of changes, so
   * that copies of them can be dropped.
   *
   * @returns The keys, and the place after them; null keys if too many came between.
   */
  changesAfter(
    tenant: string,
    place: number,
  ): Promise<{
    readonly keys: readonly VectorKey[] | null;
    readonly place: number;
  }>;
  /**
   * Identity of what is kept: random, made with an empty store. Another identity than
   * before means that all was lost.
   */
  identity(): Promise<string>;
}

/** Where a version of a view stands: materialised beside the other, read by default, or neither. */
export type ViewState = "candidate" | "serving" | "superseded" | "retired";

/** A version of a view as declared. */
export interface DeclaredView {
  readonly view: FeatureView;
  readonly state: ViewState;
  readonly declaredAt: Instant;
  /** When it began to serve; null if it never did. */
  readonly promotedAt: Instant | null;
}

/** Views that a tenant declared beside the built-in ones. */
export interface ViewStore {
  /**
   * Keeps a definition; the same name and version must not change. The first version
   * of a name serves at once, a later one is a candidate.
   */
  save(tenant: string, view: FeatureView, at: Instant): Promise<void>;
  /** Every version, by name and version. */
  list(tenant: string): Promise<readonly DeclaredView[]>;
  /** Makes a version serve and the one before superseded, both or neither. */
  promote(tenant: string, view: ViewRef, at: Instant): Promise<void>;
  retire(tenant: string, view: ViewRef): Promise<void>;
}
