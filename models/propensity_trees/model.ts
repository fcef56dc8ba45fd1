/**
 * Chance of an outcome by gradient-boosted trees: finds thresholds and interactions
 * by itself, takes missing values as they are and parts categories into sets.
 *
 * With a validation set it keeps the trees up to the best, and calibrates them.
 *
 * @module
 */
import { defineModel, EngineError } from "@moe/plugin";
import { z } from "zod";
import { fitBoosting, scoreEnsemble } from "../learners/boosting/boosting.ts";
import { treesOnnx } from "../learners/boosting/trees_onnx.ts";
import {
  calibrate,
  chooseCalibration,
} from "../learners/calibration/choose.ts";

const share = z.number().gt(0).max(1);

const Params = z.strictObject({
  /** Trees at most; early stopping may keep fewer. */
  trees: z.int().min(1).max(5000).default(200),
  /** Leaves of a tree at most. */
  leaves: z.int().min(2).max(255).default(15),
  /** Splits between the root and a leaf at most. */
  maxDepth: z.int().min(1).max(64).default(64),
  /** Factor on what each tree says. */
  learningRate: share.default(0.05),
  /** Leaves whose gradient is not above it say nothing. */
  l1: z.number().nonnegative().default(0),
  /** Pull of the leaves towards zero. */
  l2: z.number().nonnegative().default(5),
  /** Least sum of chance × (1 - chance) over the rows of a leaf. */
  minChildWeight: z.number().positive().default(5),
  /** Least rows of a leaf. */
  minChildRows: z.int().min(1).default(1),
  /** Bins of a column at most. */
  maxBins: z.int().min(2).max(255).default(255),
  /** Share of the rows that each tree sees. */
  rowShare: share.default(0.8),
  /** Share of the columns that each tree sees. */
  columnShare: share.default(0.8),
  /** Columns by name that the chance must rise with (1) or fall with (-1). */
  monotone: z.record(z.string(), z.literal([-1, 1])).default({}),
  /** Trees without progress before it stops. */
  patience: z.int().min(1).default(30),
  /** Threads at most; changes nothing but the time. */
  threads: z.int().min(1).max(64).default(1),
  /** Least validation rows for a calibration; fewer would only add noise. */
  calibrationRows: z.int().min(100).default(2000),
});

export default defineModel({
  name: "propensity_trees",
  version: "2.1.0",
  apiVersion: 1,
  about: "Chance of an outcome, by gradient-boosted trees",
  grain: "rows",
  missing: "native",
  crossed: false,
  categories: "codes",
  params: Params,
  tunable: {
    leaves: { from: 4, to: 63, log: true, whole: true },
    learningRate: { from: 0.02, to: 0.2, log: true },
    l2: { from: 0.1, to: 30, log: true },
    minChildWeight: { from: 0.5, to: 50, log: true },
    rowShare: { from: 0.5, to: 1 },
    columnShare: { from: 0.4, to: 1 },
  },
  output: { unit: "probability", min: 0, max: 1 },

  fit({ dataset, validation, params, random, report }) {
    const options = {
      ...params,
      loss: "logistic" as const,
      monotone: directions(params.monotone, dataset.names),
    };
    const held = validation && validation.rows > 0 ? validation : null;
    const scope = { validation: held, random, report };
    const trees = fitBoosting(dataset, options, scope);
    const { calibration } = held && held.rows >= params.calibrationRows
      ? chooseCalibration({
        scores: scoreEnsemble(trees, held.columns),
        label: held.label,
        ...(held.weight && { weight: held.weight }),
      }, random)
      : { calibration: { kind: "none" } as const };
    return {
      onnx: treesOnnx(trees, calibration),
      predict: (columns) =>
        calibrate(calibration, scoreEnsemble(trees, columns)),
    };
  },
});

/** Directions by column. */
function directions(
  monotone: Readonly<Record<string, number>>,
  names: readonly string[],
): number[] {
  const unknown = Object.keys(monotone).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot bind column "${unknown}" to rise or fall: there is none of that name`,
    );
  }
  return names.map((name) => monotone[name] ?? 0);
}
