/**
 * What moves a score is found in the bytes of trees and of other models alike.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPlugins } from "../../plugins/load.ts";
import { plantRows } from "../../core/training/checks/planted_rows.ts";
import { encodeRows } from "../../core/training/dataset.ts";
import { createFitter } from "../../core/training/fit.ts";
import { learnSchema } from "../../core/training/schema.ts";
import { importanceOf } from "../../core/training/measures/importance.ts";

Deno.test.each([
  { family: "propensity_trees", params: { trees: 40, leaves: 5 } },
  { family: "propensity_logistic", params: {} },
])(
  "$family: visits move the score most, and shares add up",
  async ({ family, params }) => {
    const { families } = loadPlugins();
    const found = families.find(({ name }) => name === family);
    assert.ok(found?.grain === "rows");
    const { rows, split } = await plantRows({ seed: 2, rows: 4000 });
    const schema = await learnSchema(rows, split.train, {
      missing: found.missing,
      crossed: false,
      coded: found.categories === "codes",
      actions: [],
    });
    const holdout = await encodeRows(schema, rows, split.holdout);
    const fitter = createFitter(families);
    const report = () => {};
    const { onnx } = await fitter.run({
      kind: "rows",
      ...{ family, params },
      seed: 1,
      dataset: await encodeRows(schema, rows, split.train),
      validation: await encodeRows(schema, rows, split.validation),
      predict: [],
    }, report);
    const asked = { onnx, schema, holdout, seed: 1 };
    const shares = await importanceOf(asked, { fitter, report });
    assert.deepEqual(
      shares.map(({ name }) => name).sort(),
      ["v.age", "v.extra", "v.visits", "v.zip"],
    );
    assert.equal(shares[0]?.name, "v.visits");
    assert.ok((shares[0]?.share ?? 0) > 0.5, JSON.stringify(shares));
    const sum = shares.reduce((all, { share }) => all + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
  },
);
