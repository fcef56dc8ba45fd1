/**
 * Calibration makes chances come true and keeps their order.
 *
 * @module
 */
import assert from "node:assert/strict";
import { auc, calibrationError, logLoss, seededRandom } from "@moe/plugin/test";
import { fitBoosting, predictEnsemble } from "./boosting.ts";
import { calibrate } from "./calibration.ts";
import { sigmoid } from "./logistic.ts";

function rowsOf(seed: number, rows: number) {
  const random = seededRandom(seed);
  const column = () =>
    Float64Array.from({ length: rows }, () => random.normal());
  const columns = [column(), column(), column()];
  const label = Float64Array.from(
    { length: rows },
    (_, row) => random.next() < sigmoid(-1 + (columns[0]?.[row] ?? 0)) ? 1 : 0,
  );
  return { columns, label };
}

const overconfident = fitBoosting(rowsOf(1, 1500), {
  loss: "logistic",
  trees: 100,
  leaves: 15,
  learningRate: 0.3,
  l2: 0.1,
  minChildWeight: 0.5,
  rowShare: 1,
  columnShare: 1,
  patience: 1,
}, { validation: null, random: seededRandom(1), report: () => {} });

Deno.test("calibrate() makes overconfident chances come true, in the same order", () => {
  const model = calibrate(overconfident, rowsOf(2, 5000));
  const { columns, label } = rowsOf(3, 5000);
  const before = predictEnsemble(overconfident, columns);
  const after = predictEnsemble(model, columns);
  const errors = [before, after].map((said) => calibrationError(label, said));
  const losses = [before, after].map((said) => logLoss(label, said));
  assert.ok((errors[0] ?? 0) > 0.08 && (errors[1] ?? 1) < 0.03, `${errors}`);
  assert.ok((losses[1] ?? 1) < 0.85 * (losses[0] ?? 0), `${losses}`);
  assert.ok(Math.abs(auc(label, after) - auc(label, before)) < 1e-3);
});

Deno.test("calibrate() keeps the trees when they say the opposite of what happens", () => {
  const { columns, label } = rowsOf(4, 500);
  const opposite = label.map((value) => 1 - value);
  assert.equal(
    calibrate(overconfident, { columns, label: opposite }),
    overconfident,
  );
});
