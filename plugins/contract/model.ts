/**
 * What a model family is.
 *
 * @module
 */
import type { RowDataset, SeriesDataset } from "../../core/domain/dataset.ts";
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
