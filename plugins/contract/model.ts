/**
 * What a model family is.
 *
 * @module
 */
import type { RowDataset, SeriesDataset } from "../../core/domain/dataset.ts";
import type { MixEvidence } from "../../core/domain/evidence.ts";
import type { Random } from "../../core/domain/random.ts";
import type { FittedCurve } from "../../core/domain/score.ts";
import type { Report, Schema } from "./lent.ts";

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

/** A value, or the promise of one. */
export type MaybePromise<T> = T | Promise<T>;

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
  /** What a media mix model says beside its curves. */
  readonly mix?: MixEvidence;
}

/** Response curves fitted to several outcomes at once. */
export interface FittedPanel extends Omit<FittedSeries, "predict"> {
  /** Fitted outcomes, shape [datasets][periods] of the given datasets. */
  predict(datasets: readonly SeriesDataset[]): readonly Float64Array[];
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

/** Values that a tuner may try for one parameter. */
export type TunableRange =
  | {
    readonly from: number;
    readonly to: number;
    /** Whether steps are factors, and not amounts. */
    readonly log?: boolean;
    readonly whole?: boolean;
  }
  | { readonly choices: readonly (string | number | boolean)[] };

/** A family that learns from labelled rows. */
export interface RowFamily<P = unknown> extends FamilyCommon<P> {
  /** Grain of its datasets. */
  readonly grain: "rows";
  /** Whether it takes NaN for missing, or wants the mean. */
  readonly missing: "native" | "mean";
  /** Whether its columns should be crossed with the action under trial. */
  readonly crossed: boolean;
  /** `codes` gets a category as one column of codes; indicators if absent. */
  readonly categories?: "codes" | "indicators";
  /** Range and unit of its score. */
  readonly output: {
    readonly unit: string;
    readonly min: number;
    readonly max: number;
  };
  /** Whether it corrects for outcomes yet to come; others learn from mature rows alone. */
  readonly correctsDelays?: boolean;
  /** What a tuner may choose of its parameters, by name. */
  readonly tunable?: Readonly<Record<string, TunableRange>>;
  /** Learns. */
  fit(scope: FitScope<RowDataset, P>): MaybePromise<FittedRows>;
}

/** A family that learns response curves from series. */
export interface SeriesFamily<P = unknown> extends FamilyCommon<P> {
  /** Grain of its datasets. */
  readonly grain: "series";
  /** Learns. */
  fit(scope: FitScope<SeriesDataset, P>): MaybePromise<FittedSeries>;
  /** Learns several outcomes at once, each from its own spends, lending strength to one another. */
  fitPanel?(
    scope: FitScope<readonly SeriesDataset[], P>,
  ): MaybePromise<FittedPanel>;
}

/** A model family. */
export type ModelFamily = RowFamily | SeriesFamily;

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
