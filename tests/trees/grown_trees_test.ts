/**
 * Trees grown here are read back from their ONNX: one row is scored as onnxruntime
 * scores it, and its reasons add up to that, by the rows that each node saw.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Random, seededRandom } from "../../core/domain/random.ts";
import { evaluateTrees } from "../../core/trees/flat_trees.ts";
import { readExplainable, reasonCodes } from "../../core/trees/reason_codes.ts";
import { treeShap } from "../../core/trees/tree_shap.ts";
import {
  fitBoosting,
  predictEnsemble,
} from "../../models/learners/boosting/boosting.ts";
import type { Loss } from "../../models/learners/boosting/options.ts";
import { treesOnnx } from "../../models/learners/boosting/trees_onnx.ts";
import { assertClose, runOnnx } from "../../models/learners/run_onnx_test.ts";

const ROWS = 800;

/** A number, words as codes, a number that is often missing. */
function columnsOf(random: Random): Float64Array[] {
  const some = (draw: () => number) =>
    Float64Array.from({ length: ROWS }, draw);
  return [
    some(() => random.normal()),
    some(() => random.next() < 0.1 ? NaN : Math.floor(7 * random.next())),
    some(() => random.next() < 0.3 ? NaN : random.normal()),
  ];
}

function grow(loss: Loss, seed: number) {
  const random = seededRandom(seed);
  const columns = columnsOf(random);
  const label = Float64Array.from({ length: ROWS }, (_, row) => {
    const [a = 0, word = 0, b = 0] = columns.map((column) => column[row]);
    const signal = a + ([1, 4, 5].includes(word) ? 1.5 : 0) +
      (Number.isNaN(b) ? 0.5 : b);
    return signal > 0.7 * random.normal() ? 1 : 0;
  });
  const ensemble = fitBoosting({ columns, label, coded: [1] }, {
    loss,
    trees: 30,
    leaves: 12,
    learningRate: 0.2,
    l2: 1,
    minChildWeight: 1,
    categoryL2: 1,
    categorySmoothing: 1,
    rowShare: 0.9,
    columnShare: 1,
    patience: 5,
  }, { validation: null, random, report: () => {} });
  return { ensemble, columns };
}

Deno.test.each(["logistic", "squared", "poisson"] as const)(
  "trees grown by %s loss score a row as onnxruntime does, with reasons",
  async (loss) => {
    const { ensemble, columns } = grow(loss, 3);
    const onnx = treesOnnx(ensemble);
    const model = readExplainable(onnx);
    assert.ok(model?.kind === "trees" && model.trees.covers);
    const { trees } = model;
    assert.ok(trees.sets.size > 0, "no words were parted");
    const served = await runOnnx(onnx, columns);
    const rowAt = (row: number) =>
      Float32Array.from(columns, (column) => column[row] ?? NaN);
    const scores = Float64Array.from(
      served,
      (_, row) => evaluateTrees(trees, rowAt(row)),
    );
    assertClose(scores, served, 2e-6);
    assertClose(predictEnsemble(ensemble, columns), served, 2e-6);
    for (let row = 0; row < 20; row++) {
      const { method, score } = reasonCodes(model, rowAt(row), rowAt(0));
      assert.equal(method, "tree_shap");
      assert.ok(Math.abs(score - (scores[row] ?? NaN)) < 1e-9);
    }
  },
);

Deno.test("the base of the reasons is the mean of the rows that trees were grown on", () => {
  const { ensemble, columns } = grow("squared", 5);
  const model = readExplainable(treesOnnx(ensemble));
  assert.ok(model?.kind === "trees" && model.trees.covers);
  const { covers } = model.trees;
  const row = Float32Array.from(columns, (column) => column[0] ?? NaN);
  const { base } = treeShap({ ...model.trees, covers }, row);
  const said = predictEnsemble(ensemble, columns);
  const mean = said.reduce((sum, value) => sum + value, 0) / ROWS;
  assert.ok(Math.abs(base - mean) < 0.02, `${base} is not near ${mean}`);
});
