/**
 * Everything an author of a plugin needs; imported as `@moe/plugin`.
 *
 * A **connector** reports signals (`pull` for sources that are asked, `receive`
 * for sources that push) and may write budgets back (`destination`). A **model
 * family** learns from a dataset: `rows` (one label for each row, served as ONNX)
 * or `series` (spend and outcome by day, served as response curves).
 *
 * Plugins are lent what they may use and take nothing else: no `fetch`, no `Deno`,
 * no clock, no `Math.random`. The engine owns keys, cursors, retries, dead
 * letters, seeds and storage.
 *
 * @module
 */
import type { Day, DayRange, Instant } from "../core/domain/day.ts";
import type { RowDataset, SeriesDataset } from "../core/domain/dataset.ts";
import type { EntityKey } from "../core/domain/entity.ts";
import type { Random } from "../core/domain/random.ts";
import type { FittedCurve } from "../core/domain/score.ts";
import type { Reject, Signal } from "../core/domain/signal.ts";

export type { RowDataset, SeriesDataset } from "../core/domain/dataset.ts";
export type { Day, DayRange, Instant } from "../core/domain/day.ts";
export type { EntityIds, EntityKey } from "../core/domain/entity.ts";
export type { EntityType } from "../core/domain/entity.ts";
export type { Random } from "../core/domain/random.ts";
export type { FittedCurve, ResponseCurve } from "../core/domain/score.ts";
export type { EventSignal, Metric, Metrics } from "../core/domain/signal.ts";
export type { PerformanceSignal, Reject } from "../core/domain/signal.ts";
export type { Scalar, Signal } from "../core/domain/signal.ts";
export { addDays, isDay, isZone, parseInstant } from "../core/domain/day.ts";
export { canonicalJson, digest, sha256 } from "../core/domain/canonical.ts";
export { ENTITY_TYPES, entityKey, isEntityId } from "../core/domain/entity.ts";
export { EngineError } from "../core/domain/error.ts";
export { decimalFromMicros, isCurrency } from "../core/domain/money.ts";
export { microsFromDecimal, scaledFromDecimal } from "../core/domain/money.ts";
export { suggestName } from "../core/domain/nearest_name.ts";
export { holdsEmail } from "../core/domain/personal_data.ts";
export { METRICS } from "../core/domain/signal.ts";

/** Anything that turns unknown input into a T or throws; a zod schema is one. */
export interface Schema<T> {
  /** Returns the parsed value, or throws an error that names the field. */
  parse(value: unknown): T;
}

/** Tells how far a long run is; `share` in [0, 1] or null if unknown. */
export type Report = (step: string, share: number | null) => void;

/** One call over HTTP, to a host that the connector declared. */
export interface HttpCall {
  /** Query parameters. */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers beyond the bearer's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer token; never logged. */
  readonly bearer?: string;
  /** JSON body; makes it a POST. */
  readonly body?: unknown;
}

/** HTTP as lent to a connector: https, declared hosts, time limit, retries. */
export interface HttpClient {
  /**
   * Asks for JSON.
   *
   * @throws {EngineError} `source_unavailable` when retries are used up.
   */
  json(url: string, call?: HttpCall): Promise<unknown>;
}

/** Files as lent to a connector: only those that the operator named. */
export interface FileAccess {
  /** Streams a file's bytes in chunks. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** Replaces a file as a whole: readers see the old or the new, never half. */
  write(path: string, text: string): Promise<void>;
  /** Reads a whole small file; null if there is none. */
  text(path: string): Promise<string | null>;
}

/** What every call of a connector is lent. */
export interface Lent<C> {
  /** Parsed configuration, secrets included. */
  readonly config: C;
  /** Lent HTTP. */
  readonly http: HttpClient;
  /** Lent files. */
  readonly files: FileAccess;
}

/** What a connector is lent while it pulls. */
export interface PullScope<C> extends Lent<C> {
  /** Days wanted; null for all there is. */
  readonly range: DayRange | null;
  /** Where the last pull ended, as the connector said; null at first. */
  readonly cursor: string | null;
  /** Progress. */
  readonly report: Report;
}

/** Some signals, written in one transaction together with the cursor. */
export interface Page {
  /** Signals in this page. */
  readonly signals: readonly Signal[];
  /** Records that could not become signals. */
  readonly rejects?: readonly Reject[];
  /**
   * True if the partitions of this page are complete in it, so that rows missing
   * from it have vanished at the source.
   */
  readonly complete?: boolean;
  /** Where to go on after this page; null at the end. */
  readonly cursor: string | null;
}

/** A delivery that a source pushed: the raw request. */
export interface Delivery {
  /** Headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came; signatures are verified on these bytes. */
  readonly body: Uint8Array;
  /** When it arrived. */
  readonly receivedAt: Instant;
}

/** What a connector is lent when it receives. */
export interface ReceiveScope<C> {
  /** Parsed configuration, secrets included. */
  readonly config: C;
  /** What came. */
  readonly delivery: Delivery;
}

/** What a delivery held. */
export interface Receipt {
  /** Signals in it. */
  readonly signals: readonly Signal[];
  /** Records that could not become signals. */
  readonly rejects: readonly Reject[];
}

/** A value at a destination. */
export interface Setting {
  /** What it belongs to. */
  readonly target: EntityKey;
  /** Which field, with its unit. */
  readonly field: string;
  /** The value, null when unset. */
  readonly value: string | null;
}

/** The write side of a connector. */
export interface Destination<C> {
  /** Reads values as they are now, in the order asked. */
  read(
    scope: Lent<C>,
    targets: readonly Omit<Setting, "value">[],
  ): Promise<readonly Setting[]>;
  /** Writes values; all or none where the platform can. Same id, same effect. */
  write(
    scope: Lent<C>,
    change: { readonly id: string; readonly settings: readonly Setting[] },
  ): Promise<void>;
}

/** A connector: one marketing source. */
export interface Connector<C = unknown> {
  /** `snake_case`, the folder's name. */
  readonly name: string;
  /** Version of this contract. */
  readonly apiVersion: 1;
  /** What it reads, for a person. */
  readonly about: string;
  /** Version of the vendor's API and the day it ends; absent for files and push. */
  readonly vendorApi?: { readonly version: string; readonly sunset: Day };
  /** Parses the configuration. */
  readonly config: Schema<C>;
  /** Names of configuration members that are secret. */
  readonly secrets: readonly string[];
  /** Hosts it calls. */
  readonly hosts: readonly string[];
  /** Grains it emits. */
  readonly emits: readonly ("performance" | "event")[];
  /** Days for which the source restates what it said. */
  readonly restatesDays: number;
  /** Asks the source. */
  pull?(scope: PullScope<C>): AsyncIterable<Page>;
  /**
   * Verifies and reads a delivery.
   *
   * @throws {EngineError} `signature_invalid` when it is not the source's.
   */
  receive?(scope: ReceiveScope<C>): Receipt;
  /** Write side. */
  readonly destination?: Destination<C>;
}

/** What a family is lent while it fits. */
export interface FitScope<D, P> {
  /** What to learn from. */
  readonly dataset: D;
  /** What to stop early on; null when none was set apart. */
  readonly validation: D | null;
  /** Parsed parameters. */
  readonly params: P;
  /** Seeded. */
  readonly random: Random;
  /** Progress. */
  readonly report: Report;
}

/** A fitted row model. */
export interface FittedRows {
  /** ONNX: input `features` float[rows, columns], output `score` float[rows, 1]. */
  readonly onnx: Uint8Array;
  /** The trainer's own prediction, shape [rows]; ONNX must agree to float precision. */
  predict(columns: readonly Float64Array[]): Float64Array;
}

/** Fitted response curves. */
export interface FittedSeries {
  /** One curve for each spend series. */
  readonly curves: readonly FittedCurve[];
  /** Fitted outcome, shape [periods] of the given dataset. */
  predict(dataset: SeriesDataset): Float64Array;
}

/** What row and series families have in common. */
export interface FamilyCommon<P> {
  /** `snake_case`, the folder's name. */
  readonly name: string;
  /** Version of the family's code, semantic. */
  readonly version: string;
  /** Version of this contract. */
  readonly apiVersion: 1;
  /** What it learns, for a person. */
  readonly about: string;
  /** Parses the parameters, with defaults for all. */
  readonly params: Schema<P>;
}

/** A family that learns from labelled rows. */
export interface RowFamily<P = unknown> extends FamilyCommon<P> {
  /** Grain of its datasets. */
  readonly grain: "rows";
  /** Whether it takes NaN for missing, or wants the mean. */
  readonly missing: "native" | "mean";
  /** Whether its columns should be crossed with the action under trial. */
  readonly crossed: boolean;
  /** Range and unit of its score. */
  readonly output: {
    readonly unit: string;
    readonly min: number;
    readonly max: number;
  };
  /** Learns. */
  fit(scope: FitScope<RowDataset, P>): FittedRows;
}

/** A family that learns response curves from series. */
export interface SeriesFamily<P = unknown> extends FamilyCommon<P> {
  /** Grain of its datasets. */
  readonly grain: "series";
  /** Learns. */
  fit(scope: FitScope<SeriesDataset, P>): FittedSeries;
}

/** A model family. */
export type ModelFamily = RowFamily | SeriesFamily;

/**
 * Declares a connector; the default export of `connectors/<source>/connector.ts`.
 *
 * @param connector The connector.
 * @returns The same, its configuration's type inferred.
 */
export function defineConnector<C>(connector: Connector<C>): Connector<C> {
  return connector;
}

/**
 * Declares a model family; the default export of `models/<family>/model.ts`.
 *
 * @param family The family.
 * @returns The same, its parameters' type inferred.
 */
export function defineModel<P>(
  family: RowFamily<P> | SeriesFamily<P>,
): RowFamily<P> | SeriesFamily<P> {
  return family;
}
