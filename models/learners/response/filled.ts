/**
 * A regression over columns with gaps: what is missing counts as the mean of the
 * column, in the served graph as in training.
 *
 * @module
 */
import type { RowDataset } from "@moe/plugin";
import {
  fitGlm,
  type Glm,
  type GlmOptions,
  predictGlm,
} from "../linear/glm.ts";
import { glmOnnx } from "../linear/glm_onnx.ts";
import { type OnnxNode, writeOnnx } from "../onnx.ts";
import { embedOnnx } from "../onnx_embed.ts";

/** A regression, and what stands in for a missing value in each column. */
export interface FilledGlm {
  readonly glm: Glm;
  /** Exact in float32, shape [columns]. */
  readonly fills: Float64Array;
}

/** Fits a regression; columns may have NaN. */
export function fitFilled(
  dataset: Pick<RowDataset, "columns" | "label" | "weight">,
  options: GlmOptions,
): FilledGlm {
  const fills = Float64Array.from(dataset.columns, meanKnown);
  const columns = fillColumns(dataset.columns, fills);
  return { glm: fitGlm({ ...dataset, columns }, options), fills };
}

/** Predicts; columns may have NaN. */
export function predictFilled(
  { glm, fills }: FilledGlm,
  columns: readonly Float64Array[],
): Float64Array {
  return predictGlm(glm, fillColumns(columns, fills));
}

/** Writes the regression behind what fills the gaps. */
export function filledOnnx({ glm, fills }: FilledGlm): Uint8Array {
  return writeOnnx({
    name: "filled",
    columns: fills.length,
    constants: [{ name: "fills", shape: [1, fills.length], floats: fills }],
    nodes: [
      ...fillNodes("features", "filled"),
      embedOnnx(glmOnnx(glm), {
        prefix: "glm_",
        input: "filled",
        output: "score",
      }),
    ],
  });
}

/** Nodes that fill the gaps of a tensor from the constant `fills`. */
export function fillNodes(from: string, to: string): OnnxNode[] {
  return [
    operation("IsNaN", [from], "missing"),
    operation("Where", ["missing", "fills", from], to),
  ];
}

/** A node without attributes. */
export function operation(
  operator: string,
  inputs: readonly string[],
  output: string,
): OnnxNode {
  return { operator, domain: "", inputs, outputs: [output], attributes: {} };
}

/** Columns with their gaps filled. */
export function fillColumns(
  columns: readonly Float64Array[],
  fills: Float64Array,
): Float64Array[] {
  return columns.map((column, at) =>
    column.map((value) => Number.isNaN(value) ? fills[at] as number : value)
  );
}

/** Mean of the values that are known, 0 of none. */
export function meanKnown(column: Float64Array): number {
  const known = column.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return 0;
  return Math.fround(
    known.reduce((sum, value) => sum + value, 0) / known.length,
  );
}
