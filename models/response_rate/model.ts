/**
 * Chance of a click or a conversion, that of outcomes yet to come included.
 *
 * With `label.maturity` at `correct` it also learns from rows that are too young for
 * their outcome to have come, each weighed by the share that comes by its age.
 *
 * @module
 */
import { defineModel } from "@moe/plugin";
import { z } from "zod";
import { checkLabels } from "../learners/linear/links.ts";
import {
  CHANCE_PARAMS,
  CHANCE_TUNABLE,
} from "../learners/response/boosting_params.ts";
import { fitChance } from "../learners/response/chance.ts";

export default defineModel({
  name: "response_rate",
  version: "1.0.0",
  apiVersion: 1,
  about: "Chance of a click or conversion, corrected for those yet to come",
  grain: "rows",
  missing: "native",
  crossed: false,
  correctsDelays: true,
  params: z.strictObject(CHANCE_PARAMS),
  output: { unit: "probability", min: 0, max: 1 },
  tunable: { ...CHANCE_TUNABLE, base: { choices: ["trees", "logistic"] } },

  fit(scope) {
    checkLabels(scope.dataset.label, "logistic");
    return fitChance(scope);
  },
});
