/**
 * The conformance kit, with and without columns left out; weights count.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom, testModel } from "@moe/plugin/test";
import family from "./model.ts";

testModel(family);
testModel(family, { params: { l1: 3 } });

Deno.test("propensity_logistic heeds the weights of rows", async () => {
  assert.ok(family.grain === "rows");
  const { fit, params } = family;
  const dataset = {
    rows: 4,
    names: ["age_days"],
    columns: [Float64Array.of(1, 2, 3, 4)],
    label: Float64Array.of(0, 1, 0, 1),
    weight: Float64Array.of(1, 9, 1, 9),
  };
  const { predict } = await fit({
    dataset,
    validation: null,
    params: params.parse({ l2: 1000 }),
    random: seededRandom(1),
    report: () => {},
  });
  const chances = predict(dataset.columns);
  assert.ok(chances.every((chance) => Math.abs(chance - 0.9) < 0.02));
});
