/**
 * Trees scored row by row without ONNX Runtime, to the same bits: leaves are added in
 * float32 in the order of the trees, the base last.
 *
 * @module
 */
import { ASKS, type FlatTrees, takesYes } from "../trees/flat_trees.ts";
import type { RowScore } from "./compiled_rows.ts";
import { sigmoid } from "./runtime_arithmetic.ts";

/** Nodes up to which a row costs less than a call of the runtime. */
const NODES_COMPILED = 10_000;

/**
 * Compiles trees.
 *
 * @returns A function to the bits of ONNX Runtime; null for trees that are too many, or
 * followed by more than a sigmoid.
 */
export function compileTrees(trees: FlatTrees): RowScore | null {
  const { link, asked } = trees;
  if (asked.length > NODES_COMPILED) return null;
  const sum = sumOf(trees);
  switch (link.kind) {
    case "identity":
      return sum;
    case "sigmoid":
      return (row) => sigmoid(sum(row));
    default:
      return null;
  }
}

/** Leaves in float32, in the order of the trees, then the base. */
function sumOf(trees: FlatTrees): RowScore {
  const { roots, asked, cuts, asks, yes, values, sets } = trees;
  const base = Math.fround(trees.base);
  const bySet = sets.size > 0;
  return (row) => {
    let sum = 0;
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree] as number;
      for (let at = asked[node] as number; at >= 0;) {
        const value = row[at] as number;
        const isYes = bySet
          ? takesYes(trees, node, value)
          : value <= (cuts[node] as number) ||
            value !== value && asks[node] !== ASKS.leq;
        node = (yes[node] as number) + (isYes ? 0 : 1);
        at = asked[node] as number;
      }
      sum = Math.fround(sum + (values[node] as number));
    }
    return Math.fround(sum + base);
  };
}
