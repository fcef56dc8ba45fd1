/**
 * Chance that a bid wins, never falling as the bid rises: what first-price bids are
 * shaded by.
 *
 * A row is a bid that was made; one of its features is the bid itself, the others the
 * context in which it was made.
 *
 * @module
 */
import { defineModel, EngineError } from "@moe/plugin";
import { z } from "zod";
import { checkLabels } from "../learners/linear/links.ts";
import {
  CHANCE_PARAMS,
  CHANCE_TUNABLE,
} from "../learners/response/boosting_params.ts";
import { fitLandscape } from "../learners/response/landscape.ts";

const Params = z.strictObject({
  ...CHANCE_PARAMS,
  base: CHANCE_PARAMS.base.default("logistic"),
  /** Name of the feature that is the bid in micros, with or without its view. */
  bid: z.string().min(1).default("bid_micros"),
  /** Whether the value of a win is the best other bid: a second-price auction's. */
  prices: z.boolean().default(false),
});

export default defineModel({
  name: "bid_landscape",
  version: "1.1.0",
  apiVersion: 1,
  about: "Chance that a bid wins, rising with the bid",
  grain: "rows",
  missing: "native",
  crossed: false,
  params: Params,
  output: { unit: "win_probability", min: 0, max: 1 },
  tunable: { ...CHANCE_TUNABLE, base: { choices: ["trees", "logistic"] } },

  fit(scope) {
    checkLabels(scope.dataset.label, "logistic");
    const { bid } = scope.params;
    const bidColumn = scope.dataset.names.findIndex((name) =>
      name === bid || name.endsWith(`.${bid}`)
    );
    if (bidColumn < 0) {
      throw new EngineError(
        "dataset_invalid",
        `Cannot fit a bid landscape: no feature is "${bid}"; add the bid to features, or name it in params.bid`,
      );
    }
    return fitLandscape({ ...scope, params: { ...scope.params, bidColumn } });
  },
});
