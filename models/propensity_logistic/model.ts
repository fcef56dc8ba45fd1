/**
 * Chance of an outcome by logistic regression: one weight a column, and one for
 * each column under each action, so that actions may work differently on people.
 *
 * The plain choice: few rows suffice, and the weights can be read. With `l1` it
 * leaves out what does not help.
 *
 * @module
 */
import { defineModel } from "@moe/plugin";
import { z } from "zod";
import { fitGlm, predictGlm } from "../learners/linear/glm.ts";
import { glmOnnx } from "../learners/linear/glm_onnx.ts";

const Params = z.strictObject({
  /** Pull of the weights to zero itself: those of columns that help little are 0. */
  l1: z.number().nonnegative().default(0),
  /** Pull of the weights towards zero; counts the more the fewer rows there are. */
  l2: z.number().positive().default(10),
  /** Steps of the search at most. */
  steps: z.int().min(1).max(10_000).default(300),
});

export default defineModel({
  name: "propensity_logistic",
  version: "1.1.0",
  apiVersion: 1,
  about: "Chance of an outcome, by regularised logistic regression",
  grain: "rows",
  missing: "mean",
  crossed: true,
  params: Params,
  output: { unit: "probability", min: 0, max: 1 },
  tunable: {
    l1: { choices: [0, 1, 3, 10, 30, 100] },
    l2: { from: 0.1, to: 1000, log: true },
  },

  fit({ dataset, params, report }) {
    report("regression", null);
    const model = fitGlm(dataset, { family: "logistic", ...params });
    return {
      onnx: glmOnnx(model),
      predict: (columns) => predictGlm(model, columns),
    };
  },
});
