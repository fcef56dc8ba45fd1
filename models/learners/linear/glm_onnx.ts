/**
 * A generalised linear regression as ONNX: Sub, Mul, MatMul, Add, then Sigmoid for
 * chances and Exp for counts.
 *
 * Columns are centred before they are weighed, so that large values such as
 * micros keep their precision in float32.
 *
 * @module
 */
import { type OnnxNode, writeOnnx } from "../onnx.ts";
import type { Glm } from "./glm.ts";
import type { GlmFamily } from "./links.ts";

const INVERSE: Readonly<Record<GlmFamily, string | null>> = {
  logistic: "Sigmoid",
  linear: null,
  poisson: "Exp",
};

/**
 * Writes the regression.
 *
 * @param model The fitted regression.
 * @returns ONNX bytes, `features` to `score`.
 */
export function glmOnnx(model: Glm): Uint8Array {
  const columns = model.weights.length;
  const inverse = INVERSE[model.family];
  return writeOnnx({
    name: model.family,
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
      step("Add", ["weighed", "intercept"], inverse ? "linear" : "score"),
      ...(inverse ? [step(inverse, ["linear"], "score")] : []),
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
