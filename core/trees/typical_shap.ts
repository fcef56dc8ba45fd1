/**
 * What each column adds to a tree model's sum against a typical row: a column that
 * is not known has the typical row's value (interventional TreeSHAP with one row
 * of background). It needs no covers, so it explains any trees.
 *
 * @see Lundberg et al. (2020), From Local Explanations to Global Understanding
 * with Explainable AI for Trees
 * @module
 */
import { type FlatTrees, sumLeaves, takesYes } from "./flat_trees.ts";
import type { Contributions } from "./tree_shap.ts";

/**
 * Explains a row.
 *
 * @param trees The trees.
 * @param row Shape [columns], NaN is missing.
 * @param typical The row to compare with, shape [columns].
 * @returns Contributions to the sum before the link; the base is the typical row's.
 */
export function typicalShap(
  trees: FlatTrees,
  row: Float32Array,
  typical: Float32Array,
): Contributions {
  const contributions = new Float64Array(trees.columns);
  const scope: Scope = { trees, row, typical, contributions };
  for (const root of trees.roots) {
    walk(scope, root, { own: [], others: [] });
  }
  return { base: sumLeaves(trees, typical), contributions };
}

interface Scope {
  readonly trees: FlatTrees;
  readonly row: Float32Array;
  readonly typical: Float32Array;
  readonly contributions: Float64Array;
}

/** Columns that must be the row's own, and those that must be the typical row's. */
interface Sides {
  readonly own: readonly number[];
  readonly others: readonly number[];
}

function walk(scope: Scope, node: number, sides: Sides): void {
  const { trees, row, typical } = scope;
  const column = trees.asked[node] as number;
  if (column < 0) {
    addLeaf(scope, sides, trees.values[node] as number);
    return;
  }
  const yes = trees.yes[node] as number;
  const own = takesYes(trees, node, row[column] as number) ? yes : yes + 1;
  const other = takesYes(trees, node, typical[column] as number)
    ? yes
    : yes + 1;
  if (own === other || sides.own.includes(column)) {
    walk(scope, own, sides);
  } else if (sides.others.includes(column)) {
    walk(scope, other, sides);
  } else {
    walk(scope, own, { ...sides, own: [...sides.own, column] });
    walk(scope, other, { ...sides, others: [...sides.others, column] });
  }
}

/** Shapley's rule for what counts only if all of one side is known and none of the other. */
function addLeaf(
  { contributions }: Scope,
  { own, others }: Sides,
  value: number,
): void {
  const orders = choose(own.length + others.length, own.length);
  for (const column of own) {
    contributions[column] = (contributions[column] as number) +
      value / (own.length * orders);
  }
  for (const column of others) {
    contributions[column] = (contributions[column] as number) -
      value / (others.length * orders);
  }
}

function choose(from: number, count: number): number {
  let ways = 1;
  for (let at = 1; at <= count; at++) ways = ways * (from - count + at) / at;
  return ways;
}
