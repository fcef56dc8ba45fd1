/**
 * A linear model scored row by row without ONNX Runtime, to the same bits: products are
 * added in float32 in the order of the columns, each rounded once with its sum.
 *
 * @module
 */
import type { LinearSteps } from "../trees/read_linear.ts";
import type { RowScore } from "./compiled_rows.ts";
import { multiplyAdd, sigmoid } from "./runtime_arithmetic.ts";

/**
 * Compiles a linear model.
 *
 * @returns A function to the bits of ONNX Runtime; null for one that is followed by more
 * than a sigmoid.
 */
export function compileLinear(steps: LinearSteps): RowScore | null {
  const { kind } = steps.link;
  if (kind === "exp") return null;
  const centres = Float32Array.from(steps.centres);
  const scales = Float32Array.from(steps.scales);
  const weights = Float32Array.from(steps.weights);
  const intercept = Math.fround(steps.intercept);
  return (row) => {
    let sum = 0;
    for (let column = 0; column < weights.length; column++) {
      const centred = Math.fround(
        (row[column] as number) - (centres[column] as number),
      );
      const scaled = Math.fround(centred * (scales[column] as number));
      sum = multiplyAdd(scaled, weights[column] as number, sum);
    }
    const odds = Math.fround(sum + intercept);
    return kind === "sigmoid" ? sigmoid(odds) : odds;
  };
}
