/**
 * Boosted trees as a model of an outcome.
 *
 * @module
 */
import type { Random } from "@moe/plugin";
import { fitBoosting, predictEnsemble } from "../boosting/boosting.ts";
import { treesOnnx } from "../boosting/trees_onnx.ts";
import type { FitRegressor } from "./regressor.ts";

/** How the trees grow. */
export interface TreeOptions {
  readonly trees: number;
  readonly leaves: number;
  readonly learningRate: number;
  readonly l2: number;
  /** Least rows in a leaf. */
  readonly leafRows: number;
  /** Share of the rows that each tree sees, (0, 1]. */
  readonly rowShare: number;
  /** Share of the columns that each tree sees, (0, 1]. */
  readonly columnShare: number;
}

/**
 * Makes boosted trees of one kind.
 *
 * @param options How the trees grow.
 * @param random Seeded.
 * @returns Fits trees.
 */
export function treeRegressors(
  options: TreeOptions,
  random: Random,
): FitRegressor {
  return async (rows, kind) => {
    const model = await fitBoosting(rows, {
      ...options,
      loss: kind === "chance" ? "logistic" : "squared",
      minChildRows: options.leafRows,
      minChildWeight: options.leafRows * curvature(rows.label, kind),
      patience: options.trees,
    }, { validation: null, random, report: () => {} });
    return {
      predict: (columns) => predictEnsemble(model, columns),
      onnx: () => treesOnnx(model),
    };
  };
}

/** Second derivative of a row's loss: that of chances at the mean. */
function curvature(label: Float64Array, kind: "chance" | "number"): number {
  if (kind === "number") return 1;
  const mean = label.reduce((sum, value) => sum + value, 0) / label.length;
  return Math.max(mean * (1 - mean), 1e-6);
}
