/**
 * Scores rows by a model's bytes, as serving does. onnxruntime blocks its thread.
 *
 * @module
 */
import * as ort from "onnxruntime-node";

const CHUNK_ROWS = 1000;

/**
 * Scores sets of rows.
 *
 * @param onnx The model.
 * @param sets Shape [sets][columns][rows].
 * @returns Shape [sets][rows].
 */
export async function scoreOnnx(
  onnx: Uint8Array,
  sets: readonly (readonly Float64Array[])[],
): Promise<readonly Float64Array[]> {
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  try {
    const scored: Float64Array[] = [];
    for (const columns of sets) scored.push(await scoreSet(session, columns));
    return scored;
  } finally {
    await session.release();
  }
}

async function scoreSet(
  session: ort.InferenceSession,
  columns: readonly Float64Array[],
): Promise<Float64Array> {
  const rows = columns[0]?.length ?? 0;
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
}
