/**
 * Chance of an outcome by gradient-boosted trees: finds thresholds and interactions
 * by itself and takes missing values as they are.
 *
 * With a validation set it keeps the trees up to the best, and calibrates them.
 *
 * @module
 */
import { defineModel } from "@moe/plugin";
import { z } from "zod";
import { fitBoosting, predictEnsemble } from "../learners/boosting.ts";
import { calibrate } from "../learners/calibration.ts";
import { checkLabels } from "../learners/logistic.ts";
import { treesOnnx } from "../learners/trees_onnx.ts";

const share = z.number().gt(0).max(1);

const Params = z.strictObject({
  /** Trees at most; early stopping may keep fewer. */
  trees: z.int().min(1).max(5000).default(200),
  /** Leaves of a tree at most. */
  leaves: z.int().min(2).max(255).default(15),
  /** Factor on what each tree says. */
  learningRate: share.default(0.05),
  /** Pull of the leaves towards zero. */
  l2: z.number().nonnegative().default(5),
  /** Least sum of chance × (1 - chance) over the rows of a leaf. */
  minChildWeight: z.number().positive().default(5),
  /** Share of the rows that each tree sees. */
  rowShare: share.default(0.8),
  /** Share of the columns that each tree sees. */
  columnShare: share.default(0.8),
  /** Trees without progress before it stops. */
  patience: z.int().min(1).default(30),
  /** Least validation rows for a calibration; fewer would only add noise. */
  calibrationRows: z.int().min(100).default(2000),
});

export default defineModel({
  name: "propensity_trees",
  version: "1.0.0",
  apiVersion: 1,
  about: "Chance of an outcome, by gradient-boosted trees",
  grain: "rows",
  missing: "native",
  crossed: false,
  params: Params,
  output: { unit: "probability", min: 0, max: 1 },

  fit({ dataset, validation, params, random, report }) {
    checkLabels(dataset.label);
    const options = { ...params, loss: "logistic" as const };
    const held = validation && validation.rows > 0 ? validation : null;
    const scope = { validation: held, random, report };
    const boosted = fitBoosting(dataset, options, scope);
    const model = held && held.rows >= params.calibrationRows
      ? calibrate(boosted, held)
      : boosted;
    return {
      onnx: treesOnnx(model),
      predict: (columns) => predictEnsemble(model, columns),
    };
  },
});
