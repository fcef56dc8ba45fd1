/**
 * Regularised regression as a model of an outcome: logistic for chances, linear for
 * numbers. A missing value counts as the column's mean.
 *
 * @module
 */
import { fitGlm, predictGlm } from "../linear/glm.ts";
import { glmOnnx } from "../linear/glm_onnx.ts";
import { type OnnxNode, writeOnnx } from "../onnx.ts";
import { embedOnnx } from "../onnx_embed.ts";
import type { FitRegressor } from "./regressor.ts";

/** How the regression is held back. */
export interface LinearOptions {
  /** Pull of the weights towards zero, on standardised columns. */
  readonly l2: number;
  /** Steps of the search at most. */
  readonly steps: number;
}

/**
 * Makes regressions of one kind.
 *
 * @param options How they are held back.
 * @returns Fits regressions.
 */
export function linearRegressors(options: LinearOptions): FitRegressor {
  return (rows, kind) => {
    const means = Float64Array.from(rows.columns, meanOfKnown);
    const columns = fillMissing(rows.columns, means);
    const family = kind === "chance" ? "logistic" : "linear";
    const model = fitGlm({ ...rows, columns }, { ...options, family, l1: 0 });
    return Promise.resolve({
      predict: (unseen) => predictGlm(model, fillMissing(unseen, means)),
      onnx: () => fillingOnnx(glmOnnx(model), means),
    });
  };
}

/** Mean of what is there, float32; 0 if nothing is. */
function meanOfKnown(column: Float64Array): number {
  let sum = 0;
  let known = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] as number;
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known > 0 ? Math.fround(sum / known) : 0;
}

function fillMissing(
  columns: readonly Float64Array[],
  means: Float64Array,
): readonly Float64Array[] {
  return columns.map((column, at) =>
    column.some(Number.isNaN)
      ? column.map((value) => Number.isNaN(value) ? means[at] as number : value)
      : column
  );
}

function fillingOnnx(model: Uint8Array, means: Float64Array): Uint8Array {
  const step = (
    operator: string,
    inputs: readonly string[],
    output: string,
  ): OnnxNode => ({
    operator,
    domain: "",
    inputs,
    outputs: [output],
    attributes: {},
  });
  return writeOnnx({
    name: "filled",
    columns: means.length,
    constants: [{ name: "means", shape: [1, means.length], floats: means }],
    nodes: [
      step("IsNaN", ["features"], "missing"),
      step("Where", ["missing", "means", "features"], "known"),
      embedOnnx(model, { prefix: "known_", input: "known", output: "score" }),
    ],
  });
}
