/**
 * Whether amounts keep the budget and the bounds of groups.
 *
 * @module
 */
import type { Limits } from "./relax.ts";
import { sumNodes } from "./tree.ts";

/** Sums may be off by this part of the budget. */
const OFF = 1e-9;

/** Whether all sums of a tree are within their bounds. */
export function keepsSums(
  { tree, budget, upTo }: Limits,
  amounts: Float64Array,
): boolean {
  const near = OFF * budget;
  return sumNodes(tree, amounts).every((sum, node) => {
    if ((tree.parent[node] as number) < 0) {
      return sum <= budget + near && (upTo || sum >= budget - near);
    }
    return sum <= (tree.hi[node] as number) + near &&
      sum >= (tree.lo[node] as number) - near;
  });
}
