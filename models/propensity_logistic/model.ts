/**
 * Chance of an outcome by logistic regression: one weight a column, and one for
 * each column under each action, so that actions may work differently on people.
 *
 * The plain choice: few rows suffice, and the weights can be read.
 *
 * @module
 */
import { defineModel } from "@moe/plugin";
import { z } from "zod";
import { fitLogistic, predictLogistic } from "../learners/logistic.ts";
import { logisticOnnx } from "../learners/logistic_onnx.ts";

const Params = z.strictObject({
  /** Pull of the weights towards zero; grows the more the fewer rows there are. */
  l2: z.number().positive().default(10),
  /** Steps of the search at most. */
  steps: z.int().min(1).max(10_000).default(300),
});

export default defineModel({
  name: "propensity_logistic",
  version: "1.0.0",
  apiVersion: 1,
  about: "Chance of an outcome, by regularised logistic regression",
  grain: "rows",
  missing: "mean",
  crossed: true,
  params: Params,
  output: { unit: "probability", min: 0, max: 1 },

  fit({ dataset, params, report }) {
    report("regression", null);
    const model = fitLogistic(dataset, params);
    return {
      onnx: logisticOnnx(model),
      predict: (columns) => predictLogistic(model, columns),
    };
  },
});
