/**
 * How far entities can go: what is far beyond the budget, or the most of a group
 * around them, is never received, and would only set the scale of what is rounding.
 *
 * @module
 */
import type { AllocationColumns } from "../../../domain/allocation.ts";
import type { Tree } from "./tree.ts";

/** So far beyond what it can receive an entity's most never binds. */
const BEYOND = 2;

/** Most that anything in each node is asked about, shape [nodes]. */
export function measureReach(tree: Tree, budget: number): Float64Array {
  const reach = new Float64Array(tree.count);
  for (let node = tree.count - 1; node >= 0; node--) {
    const above = tree.parent[node] as number;
    const outer = above < 0 ? Infinity : reach[above] as number;
    const own = BEYOND * (above < 0 ? budget : tree.hi[node] as number);
    reach[node] = own > 0 ? Math.min(own, outer) : outer;
  }
  return reach;
}

/** The same columns, no most beyond reach. */
export function limitColumns(
  columns: AllocationColumns,
  tree: Tree,
  reach: Float64Array,
): AllocationColumns {
  let limited: Float64Array | null = null;
  for (let at = 0; at < columns.size; at++) {
    const from = tree.order[at] as number;
    const most = reach[tree.nodeOf[at] as number] as number;
    if ((columns.hi[from] as number) <= most) continue;
    limited ??= columns.hi.slice();
    limited[from] = most;
  }
  return limited === null ? columns : { ...columns, hi: limited };
}
