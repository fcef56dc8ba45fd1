/**
 * ONNX Runtime: one model, loaded, on the thread that loaded it. `run` is async by name
 * only and holds that thread.
 *
 * One thread for each model: a row then has the same score, bit for bit, alone and among
 * others, here and in a worker, so that where rows are scored changes nothing.
 *
 * @module
 */
import * as ort from "onnxruntime-node";
import type { ModelPorts, PortType } from "../domain/model_ports.ts";
import type { Soon } from "../domain/soon.ts";

/** Encoded rows, shape [rows, columns]. */
export interface EncodedRows {
  readonly data: Float32Array;
  readonly rows: number;
}

/** A loaded model. */
export interface Runtime {
  /**
   * Scores rows.
   *
   * @returns One score for each row, shape [rows].
   * @throws {TypeError} If the model does not give a number for each row.
   */
  run(encoded: EncodedRows): Soon<Float64Array>;
  /** Scores few rows one by one, quicker than `run` and to the same bits; absent if it cannot. */
  readonly few?: FewRows;
  release(): Promise<void>;
}

/** How few rows are scored without the runtime. */
export interface FewRows {
  /** Rows up to which it is quicker. */
  readonly most: number;
  /** Scores a row, shape [columns]. */
  score(row: Float32Array): number;
}

/**
 * Loads a model.
 *
 * @throws {TypeError} If it does not have the ports; what the runtime throws if it is no model.
 */
export async function startRuntime(
  onnx: Uint8Array,
  ports: ModelPorts,
): Promise<Runtime> {
  const session = await ort.InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const missing = missingPort(session, ports);
  if (missing !== null) {
    await session.release();
    throw new TypeError(`Cannot serve ONNX model: it has no ${missing}`);
  }
  const flat = new Set(
    session.inputMetadata.flatMap((port) =>
      port.isTensor && port.shape.length === 1 ? [port.name] : []
    ),
  );
  const wanted = [ports.output.name];
  return {
    run: async (encoded) => {
      const feeds = feedsOf(ports, encoded, flat);
      const { [ports.output.name]: output } = await session.run(feeds, wanted);
      return readScores(output, ports, encoded.rows);
    },
    release: () => session.release(),
  };
}

function missingPort(
  { inputNames, outputNames }: ort.InferenceSession,
  { inputs, output }: ModelPorts,
): string | null {
  const input = inputs.find(({ name }) => !inputNames.includes(name));
  if (input !== undefined) return `input "${input.name}"`;
  const left = inputNames.find((name) =>
    inputs.every((port) => port.name !== name)
  );
  if (left !== undefined) return `column for its input "${left}"`;
  return outputNames.includes(output.name) ? null : `output "${output.name}"`;
}

function feedsOf(
  { inputs }: ModelPorts,
  { data, rows }: EncodedRows,
  flat: ReadonlySet<string>,
): Record<string, ort.Tensor> {
  const columns = data.length / rows;
  if (inputs.length === 1) {
    return Object.fromEntries(
      inputs.map(({ name, type }) => [
        name,
        toTensor(type, data, flat.has(name) ? [rows] : [rows, columns]),
      ]),
    );
  }
  return Object.fromEntries(inputs.map(({ name, type }, column) => {
    const values = Float32Array.from(
      { length: rows },
      (_, row) => data[row * columns + column] ?? NaN,
    );
    return [name, toTensor(type, values, flat.has(name) ? [rows] : [rows, 1])];
  }));
}

function toTensor(
  type: PortType,
  data: Float32Array,
  shape: readonly number[],
): ort.Tensor {
  switch (type) {
    case "float32":
      return new ort.Tensor("float32", data, shape);
    case "float64":
      return new ort.Tensor("float64", Float64Array.from(data), shape);
    case "int32":
      return new ort.Tensor("int32", Int32Array.from(data, whole), shape);
    case "int64":
      return new ort.Tensor(
        "int64",
        BigInt64Array.from(Array.from(data, (value) => BigInt(whole(value)))),
        shape,
      );
  }
}

/** @throws {TypeError} If a number is missing or has a fraction. */
function whole(value: number): number {
  if (Number.isInteger(value)) return value;
  throw new TypeError("Cannot feed ONNX model: it wants whole numbers");
}

function readScores(
  output: ort.Tensor | undefined,
  { output: { name, column } }: ModelPorts,
  rows: number,
): Float64Array {
  const data = output?.data;
  const width = (data?.length ?? 0) / rows;
  const numbers = data instanceof Float32Array ||
    data instanceof Float64Array || data instanceof Int32Array ||
    data instanceof BigInt64Array;
  if (!numbers || !Number.isInteger(width) || column >= width) {
    throw new TypeError(
      `Cannot read scores: "${name}" gave no number ${column} for each row`,
    );
  }
  return Float64Array.from(
    { length: rows },
    (_, row) => Number(data[row * width + column]),
  );
}
