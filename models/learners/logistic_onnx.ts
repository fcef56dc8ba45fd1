/**
 * A logistic regression as ONNX: Sub, Mul, MatMul, Add, Sigmoid.
 *
 * Columns are centred before they are weighed, so that large values such as
 * micros keep their precision in float32.
 *
 * @module
 */
import type { Logistic } from "./logistic.ts";
import { type OnnxNode, writeOnnx } from "./onnx.ts";

/**
 * Writes the regression.
 *
 * @param model The fitted regression.
 * @returns ONNX bytes, `features` to `score`.
 */
export function logisticOnnx(model: Logistic): Uint8Array {
  const columns = model.weights.length;
  return writeOnnx({
    name: "logistic",
    columns,
    constants: [
      { name: "centres", shape: [1, columns], floats: model.centres },
      { name: "scales", shape: [1, columns], floats: model.scales },
      { name: "weights", shape: [columns, 1], floats: model.weights },
      { name: "intercept", shape: [1, 1], floats: [model.intercept] },
    ],
    nodes: [
      step("Sub", ["features", "centres"], "centred"),
      step("Mul", ["centred", "scales"], "scaled"),
      step("MatMul", ["scaled", "weights"], "weighed"),
      step("Add", ["weighed", "intercept"], "odds"),
      step("Sigmoid", ["odds"], "score"),
    ],
  });
}

function step(
  operator: string,
  inputs: readonly string[],
  output: string,
): OnnxNode {
  return { operator, domain: "", inputs, outputs: [output], attributes: {} };
}
