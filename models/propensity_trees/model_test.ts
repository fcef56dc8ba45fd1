/**
 * The conformance kit, and labels that are no chances.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom, testModel } from "@moe/plugin/test";
import family from "./model.ts";

testModel(family);

Deno.test("propensity_trees refuses labels that are no chances", () => {
  assert.ok(family.grain === "rows");
  const { fit, params } = family;
  const dataset = {
    rows: 2,
    names: ["age_days"],
    columns: [Float64Array.of(1, 2)],
    label: Float64Array.of(0, 5e6),
  };
  assert.throws(
    () =>
      fit({
        dataset,
        validation: null,
        params: params.parse({}),
        random: seededRandom(1),
        report: () => {},
      }),
    { code: "dataset_invalid" },
  );
});
