/**
 * Runs a written model in onnxruntime, for tests that compare.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";

/**
 * Runs a model on rows.
 *
 * @param onnx Its bytes.
 * @param columns Shape [columns][rows].
 * @returns Its `score`, shape [rows].
 */
export async function runOnnx(
  onnx: Uint8Array,
  columns: readonly Float64Array[],
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const rows = columns[0]?.length ?? 0;
  const features = new Float32Array(rows * columns.length);
  columns.forEach((column, at) =>
    column.forEach((value, row) => {
      features[row * columns.length + at] = value;
    })
  );
  const tensor = new ort.Tensor("float32", features, [rows, columns.length]);
  const { score } = await session.run({ features: tensor });
  await session.release();
  assert.deepEqual(score?.dims, [rows, 1]);
  return score?.data as Float32Array;
}

/**
 * Compares what a model says with what it says in onnxruntime.
 *
 * @param said Own prediction, shape [rows].
 * @param served That of onnxruntime.
 * @param tolerance Relative to 1, or to the prediction if that is larger.
 */
export function assertClose(
  said: Float64Array,
  served: Float32Array,
  tolerance: number,
): void {
  said.forEach((value, row) => {
    const off = Math.abs(value - (served[row] ?? NaN));
    assert.ok(
      off <= tolerance * Math.max(1, Math.abs(value)),
      `row ${row}: ${value} is served as ${served[row]}`,
    );
  });
}
