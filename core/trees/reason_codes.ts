/**
 * Reason codes: what each column of a row adds to a model's sum, which is log odds
 * for chances, the logarithm for counts, and the number itself otherwise. The base
 * and all contributions add up to the sum of the row.
 *
 * Trees that tell how many training rows went where are explained by TreeSHAP;
 * other trees, and linear models, against a typical row.
 *
 * @module
 */
import { type ModelPorts, OWN_PORTS } from "../domain/model_ports.ts";
import { applyLink, type FlatTrees, type TreeLink } from "./flat_trees.ts";
import { type FlatLinear, readLinear } from "./read_linear.ts";
import { readTrees } from "./read_trees.ts";
import { type Contributions, treeShap } from "./tree_shap.ts";
import { typicalShap } from "./typical_shap.ts";

/** A model whose sums can be taken apart. */
export type Explainable =
  | { readonly kind: "trees"; readonly trees: FlatTrees }
  | { readonly kind: "linear"; readonly linear: FlatLinear };

/** How contributions were found. */
export type ReasonMethod = "tree_shap" | "tree_shap_typical" | "linear_shap";

/** What a column adds. */
export interface ReasonCode {
  /** Its place. */
  readonly column: number;
  /** In the unit of the sum, not 0. */
  readonly contribution: number;
}

/** A row's score, taken apart. */
export interface ReasonCodes {
  readonly method: ReasonMethod;
  /** Sum when nothing is known of the row, or of the typical row. */
  readonly base: number;
  /** Strongest first. */
  readonly codes: readonly ReasonCode[];
  /** Score of the row: the link of base and all contributions. */
  readonly score: number;
}

/**
 * Reads a model whose sums can be taken apart.
 *
 * @param onnx Bytes of a model, from anywhere.
 * @param ports Which of its outputs is the score.
 * @returns The model, or null if it is neither trees nor linear.
 */
export function readExplainable(
  onnx: Uint8Array,
  ports: ModelPorts = OWN_PORTS,
): Explainable | null {
  const trees = readTrees(onnx, ports);
  if (trees !== null) return { kind: "trees", trees };
  const linear = readLinear(onnx);
  return linear && { kind: "linear", linear };
}

/**
 * Explains a row.
 *
 * @param model The model.
 * @param row Shape [columns], NaN is missing.
 * @param typical A typical row, shape [columns].
 * @returns The reason codes.
 */
export function reasonCodes(
  model: Explainable,
  row: Float32Array,
  typical: Float32Array,
): ReasonCodes {
  const { method, base, contributions } = takeApart(model, row, typical);
  const link: TreeLink = model.kind === "trees"
    ? model.trees.link
    : model.linear.link;
  const sum = contributions.reduce((all, one) => all + one, base);
  const codes = Array.from(
    contributions,
    (contribution, column) => ({ column, contribution }),
  ).filter(({ contribution }) => contribution !== 0).sort((a, b) =>
    Math.abs(b.contribution) - Math.abs(a.contribution) || a.column - b.column
  );
  return { method, base, codes, score: applyLink(link, sum) };
}

function takeApart(
  model: Explainable,
  row: Float32Array,
  typical: Float32Array,
): Contributions & { method: ReasonMethod } {
  if (model.kind === "linear") {
    const { intercept, weights, centres } = model.linear;
    const contributions = weights.map((weight, at) =>
      weight * ((row[at] as number) - (typical[at] as number))
    );
    const base = weights.reduce(
      (sum, weight, at) =>
        sum + weight * ((typical[at] as number) - (centres[at] as number)),
      intercept,
    );
    return { method: "linear_shap", base, contributions };
  }
  const { trees } = model;
  const { covers } = trees;
  return covers
    ? { method: "tree_shap", ...treeShap({ ...trees, covers }, row) }
    : { method: "tree_shap_typical", ...typicalShap(trees, row, typical) };
}
