/**
 * What a family that learns from rows must hold to.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RowDataset } from "../../core/domain/dataset.ts";
import { seededRandom } from "../../core/domain/random.ts";
import type { FittedRows, RowFamily } from "../contract.ts";
import { type Check, once } from "./check.ts";
import { plantRows, type RowPlan } from "./planted.ts";
import type { ModelSample } from "./sample.ts";

const ROWS = 1500;
const ALONE = 20;
const TOLERANCE = 1e-5;

/** Lists the checks of a row family. */
export function rowChecks(
  family: RowFamily,
  sample: ModelSample,
): readonly Check[] {
  const binary = family.output.unit === "probability";
  const plan: RowPlan = {
    rows: sample.size ?? ROWS,
    seed: 1,
    label: sample.label ?? (binary ? "binary" : "amount"),
    missing: family.missing === "native",
    actions: sample.actions ?? false,
  };
  const unseen = plantRows({ ...plan, seed: 2 });
  const fit = (dataset = plantRows(plan)) => fitRows(family, sample, dataset);
  const fitted = once(fit);
  const { columns } = unseen;
  const scores = once(async () => (await fitted()).predict(columns));

  return [
    {
      name: "gives one finite score for each row, in the declared range",
      run: async () => assertScores(family, await scores(), unseen.rows),
    },
    {
      name: "gives the same answer twice",
      run: async () => {
        const { onnx, predict } = await fitted();
        assert.deepEqual(predict(columns), await scores(), "predict differs");
        assert.deepEqual((await fit()).onnx, onnx, "a second fit differs");
      },
    },
    {
      name: "leaves its inputs untouched",
      run: async () => {
        const dataset = plantRows(plan);
        (await fit(dataset)).predict(dataset.columns);
        assert.deepEqual(dataset, plantRows(plan), "the dataset was changed");
      },
    },
    {
      name: "scores each row by itself",
      run: async () => {
        const { predict } = await fitted();
        const together = await scores();
        for (let row = 0; row < ALONE; row++) {
          const alone = columns.map((column) => column.slice(row, row + 1));
          assert.equal(predict(alone)[0], together[row]);
        }
      },
    },
    {
      name: "serves in ONNX what it predicts",
      run: async () =>
        assertOnnx((await fitted()).onnx, columns, await scores()),
    },
    {
      name: "learns a planted signal better than the base rate",
      run: async () => assertLearns(unseen.label, await scores(), plan.label),
    },
  ];
}

async function fitRows(
  family: RowFamily,
  sample: ModelSample,
  dataset: RowDataset,
): Promise<FittedRows> {
  return await family.fit({
    dataset,
    validation: null,
    params: family.params.parse(sample.params ?? {}),
    random: seededRandom(7),
    report: () => {},
  });
}

function assertScores(
  { output }: RowFamily,
  scores: Float64Array,
  rows: number,
): void {
  assert.equal(scores.length, rows, "predict must give one score for each row");
  for (const [row, score] of scores.entries()) {
    assert.ok(Number.isFinite(score), `score of row ${row} is not finite`);
    assert.ok(
      score >= output.min && score <= output.max,
      `score of row ${row} is outside [${output.min}, ${output.max}]`,
    );
  }
}

async function assertOnnx(
  onnx: Uint8Array,
  columns: readonly Float64Array[],
  scores: Float64Array,
): Promise<void> {
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  assert.deepEqual(session.inputNames, ["features"], "input must be features");
  assert.deepEqual(session.outputNames, ["score"], "output must be score");
  const input = new Float32Array(scores.length * columns.length);
  for (let at = 0; at < input.length; at++) {
    const column = columns[at % columns.length];
    input[at] = column?.[Math.floor(at / columns.length)] ?? NaN;
  }
  const features = new ort.Tensor("float32", input, [
    scores.length,
    columns.length,
  ]);
  const { score } = await session.run({ features });
  await session.release();
  assert.deepEqual(score?.dims, [scores.length, 1], "score must be [rows, 1]");
  for (const [row, served] of (score?.data as Float32Array).entries()) {
    const predicted = scores[row] ?? NaN;
    assert.ok(
      Math.abs(served - predicted) <=
        TOLERANCE * Math.max(1, Math.abs(predicted)),
      `ONNX and predict differ in row ${row}: ${served} and ${predicted}`,
    );
  }
}

function assertLearns(
  labels: Float64Array,
  scores: Float64Array,
  label: RowPlan["label"],
): void {
  const mean = labels.reduce((sum, value) => sum + value, 0) / labels.length;
  const loss = label === "binary" ? logLoss : squaredLoss;
  const learnt = loss(labels, scores);
  const base = loss(labels, labels.map(() => mean));
  assert.ok(
    learnt < 0.9 * base,
    `loss ${learnt} on unseen rows is not clearly below the base rate's ${base}`,
  );
}

function logLoss(labels: Float64Array, scores: Float64Array): number {
  return labels.reduce((sum, label, row) => {
    const score = Math.min(1 - 1e-9, Math.max(1e-9, scores[row] ?? NaN));
    return sum - Math.log(label === 1 ? score : 1 - score) / labels.length;
  }, 0);
}

function squaredLoss(labels: Float64Array, scores: Float64Array): number {
  return labels.reduce(
    (sum, label, row) =>
      sum + (label - (scores[row] ?? NaN)) ** 2 / labels.length,
    0,
  );
}
