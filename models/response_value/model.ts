/**
 * Expected value of an impression, a click or a conversion, in micros: the chance of a
 * value times its size. What it says adds up to what there was.
 *
 * Its label is `measure: "value"`; a bid takes its score as money.
 *
 * @module
 */
import { defineModel } from "@moe/plugin";
import { z } from "zod";
import {
  CHANCE_PARAMS,
  CHANCE_TUNABLE,
} from "../learners/response/boosting_params.ts";
import { fitValue } from "../learners/response/value.ts";

export default defineModel({
  name: "response_value",
  version: "1.0.0",
  apiVersion: 1,
  about: "Expected value, as the chance of an outcome times its size",
  grain: "rows",
  missing: "native",
  crossed: false,
  correctsDelays: true,
  params: z.strictObject({
    ...CHANCE_PARAMS,
    /** How the size of a value is learnt. */
    valueLoss: z.enum(["poisson", "log_squared"]).default("poisson"),
    /** Least rows of a leaf, in trees for the size. */
    valueRows: z.number().positive().default(50),
  }),
  output: { unit: "value_micros", min: 0, max: Number.MAX_SAFE_INTEGER },
  tunable: {
    ...CHANCE_TUNABLE,
    base: { choices: ["trees", "logistic"] },
    valueLoss: { choices: ["poisson", "log_squared"] },
    valueRows: { from: 10, to: 300, log: true },
  },

  fit: (scope) => fitValue(scope),
});
