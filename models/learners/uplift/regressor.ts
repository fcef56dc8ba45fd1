/**
 * What uplift learners are built from: models of an outcome, all alike from outside.
 *
 * @module
 */
import type { RowDataset } from "@moe/plugin";

/** Rows to fit an outcome model to. */
export type RegressionRows = Pick<RowDataset, "columns" | "label" | "weight">;

/** Whether labels are chances, in [0, 1], or any numbers. */
export type OutcomeKind = "chance" | "number";

/** A fitted model of an outcome; missing values are NaN. */
export interface Regressor {
  /** Chance or number for each row; columns of shape [columns][rows]. */
  predict(columns: readonly Float64Array[]): Float64Array;
  /** ONNX bytes, `features` to `score`, that say the same. */
  onnx(): Uint8Array;
}

/** Fits a model of an outcome. */
export type FitRegressor = (
  rows: RegressionRows,
  kind: OutcomeKind,
) => Promise<Regressor>;
