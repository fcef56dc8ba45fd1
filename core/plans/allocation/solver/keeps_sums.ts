/**
 * Whether amounts keep the budget and the bounds of groups.
 *
 * @module
 */
import type { Limits } from "./relax.ts";

/** Sums may be off by this part of the budget. */
const OFF = 1e-9;

/** Whether all sums of a tree are within their bounds. */
export function keepsSums(
  { tree, budget, upTo }: Limits,
  amounts: Float64Array,
): boolean {
  const sums = new Float64Array(tree.count);
  amounts.forEach((amount, place) => {
    const node = tree.nodeOf[place] as number;
    sums[node] = (sums[node] as number) + amount;
  });
  const near = OFF * budget;
  return sums.every((_, node) => {
    const sum = sums[node] as number;
    const above = tree.parent[node] as number;
    if (above < 0) {
      return sum <= budget + near && (upTo || sum >= budget - near);
    }
    sums[above] = (sums[above] as number) + sum;
    return sum <= (tree.hi[node] as number) + near &&
      sum >= (tree.lo[node] as number) - near;
  });
}
