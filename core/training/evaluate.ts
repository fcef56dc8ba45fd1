/**
 * Measures a fitted row model on held-out rows, by the very bytes that will serve.
 *
 * @module
 */
import * as ort from "onnxruntime-node";
import type { RowDataset } from "../domain/dataset.ts";
import { EngineError } from "../domain/error.ts";
import type { FittedRows, RowFamily } from "../../plugins/contract.ts";
import {
  auc,
  calibrationError,
  finiteOnly,
  logLoss,
  mean,
  rmse,
  rSquared,
} from "../domain/measures.ts";

const CHUNK_ROWS = 1000;
/** ONNX and the trainer may differ by this, relative to the larger of 1 and the score. */
const PARITY = 1e-5;

/**
 * Measures.
 *
 * @param family The family, for its name and range.
 * @param fitted What it learnt.
 * @param holdout Rows it has not seen.
 * @param measured What the label is, and the mean label of the training rows.
 * @returns Metrics by name, those of the base rate as `baseline_…`.
 * @throws {EngineError} `plugin_invalid` if ONNX and trainer disagree, or a score is out of range.
 */
export async function evaluateRows(
  family: RowFamily,
  fitted: FittedRows,
  { holdout, measure, base }: {
    readonly holdout: RowDataset;
    readonly measure: "occurs" | "value";
    readonly base: number;
  },
): Promise<Record<string, number>> {
  const { label } = holdout;
  const scores = await scoreOnnx(fitted.onnx, holdout);
  refuseOutOfRange(family, scores);
  const parity = disparity(scores, fitted.predict(holdout.columns));
  if (!(parity <= PARITY)) {
    throw invalid(
      family,
      `its ONNX and its own prediction differ by ${parity.toExponential(1)}`,
    );
  }
  const measures = measure === "occurs"
    ? classified(label, scores, base)
    : regressed(label, scores, base);
  return finiteOnly({
    ...measures,
    parity_max: parity,
    holdout_rows: holdout.rows,
  });
}

function classified(label: Float64Array, score: Float64Array, base: number) {
  return {
    auc: auc(label, score),
    baseline_auc: 0.5,
    logloss: logLoss(label, score),
    baseline_logloss: logLoss(label, label.map(() => base)),
    calibration_error: calibrationError(label, score),
    base_rate: mean(label),
  };
}

function regressed(label: Float64Array, score: Float64Array, base: number) {
  return {
    rmse: rmse(label, score),
    baseline_rmse: rmse(label, label.map(() => base)),
    r2: rSquared(label, score),
    mean_label: mean(label),
  };
}

async function scoreOnnx(
  onnx: Uint8Array,
  { rows, columns }: RowDataset,
): Promise<Float64Array> {
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  try {
    const scores = new Float64Array(rows);
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - from);
      const data = new Float32Array(count * columns.length);
      columns.forEach((column, index) => {
        for (let row = 0; row < count; row++) {
          data[row * columns.length + index] = column[from + row] ?? NaN;
        }
      });
      const features = new ort.Tensor("float32", data, [count, columns.length]);
      const { score } = await session.run({ features });
      scores.set(score?.data as Float32Array, from);
    }
    return scores;
  } finally {
    await session.release();
  }
}

function disparity(served: Float64Array, predicted: Float64Array): number {
  return served.reduce((most, score, row) => {
    const own = predicted[row] ?? NaN;
    const gap = Math.abs(score - own) / Math.max(1, Math.abs(own));
    return gap <= most ? most : gap;
  }, 0);
}

function refuseOutOfRange(family: RowFamily, scores: Float64Array): void {
  const { min, max } = family.output;
  if (scores.every((score) => score >= min && score <= max)) return;
  throw invalid(family, `a score is outside ${min} to ${max}`);
}

function invalid({ name, version }: RowFamily, reason: string): EngineError {
  return new EngineError(
    "plugin_invalid",
    `Cannot register model of family "${name}@${version}": ${reason}`,
  );
}
