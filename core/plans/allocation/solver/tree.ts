/**
 * Groups within groups, laid out so that everything below a group is one range.
 *
 * Nodes stand in post-order, the total last: a node's subtree is the nodes
 * `firstNode` to itself, and the entities `first` to `end`. Those that stand in
 * the node itself, and in no group below it, are `direct` to `end`.
 *
 * @module
 */
import type { AllocationGroup } from "../../../domain/allocation.ts";

/** A laminar tree; columns of shape [nodes] but for `order`, `nodeOf` and `nodeOfGroup`. */
export interface Tree {
  readonly count: number;
  /** −1 for the total. */
  readonly parent: Int32Array;
  readonly firstNode: Int32Array;
  readonly first: Int32Array;
  readonly direct: Int32Array;
  readonly end: Int32Array;
  /** Bounds on the sum; 0 and infinity for the total. */
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** Index of the node's group, −1 for the total. */
  readonly group: Int32Array;
  /** Node of each group, shape [groups]. */
  readonly nodeOfGroup: Int32Array;
  /** Node of each position, shape [entities]. */
  readonly nodeOf: Int32Array;
  /** Where each position stands in the problem, shape [entities]. */
  readonly order: Int32Array;
}

/**
 * Builds the tree.
 *
 * @param groups Their parents must be among them.
 * @param groupOf Index of each entity's group, −1 for none.
 * @throws {RangeError} If a parent is unknown, or groups hold each other in a circle.
 */
export function buildTree(
  groups: readonly AllocationGroup[],
  groupOf: Int32Array,
): Tree {
  const parents = readParents(groups);
  const sequence = listPostOrder(parents);
  const count = groups.length + 1;
  const nodeOfGroup = new Int32Array(groups.length);
  sequence.forEach((group, node) => nodeOfGroup[group] = node);
  const ints = () => new Int32Array(count);
  const tree: Tree = {
    count,
    parent: ints().fill(-1),
    firstNode: ints(),
    first: ints(),
    direct: ints(),
    end: ints(),
    lo: new Float64Array(count),
    hi: new Float64Array(count).fill(Infinity),
    group: ints().fill(-1),
    nodeOfGroup,
    nodeOf: new Int32Array(groupOf.length),
    order: new Int32Array(groupOf.length),
  };
  sequence.forEach((group, node) => {
    const parent = parents[group] as number;
    tree.parent[node] = parent < 0 ? count - 1 : nodeOfGroup[parent] as number;
    tree.lo[node] = groups[group]?.lo ?? 0;
    tree.hi[node] = groups[group]?.hi ?? 0;
    tree.group[node] = group;
  });
  placeEntities(tree, groupOf);
  return tree;
}

function readParents(groups: readonly AllocationGroup[]): Int32Array {
  const index = new Map(groups.map(({ id }, at) => [id, at]));
  return Int32Array.from(groups, ({ id, parent }) => {
    if (parent === null || parent === undefined) return -1;
    const found = index.get(parent);
    if (found === undefined) {
      throw new RangeError(
        `Cannot place group "${id}": there is no group "${parent}"`,
      );
    }
    return found;
  });
}

/** Groups in post-order: each after all that it holds. */
function listPostOrder(parents: Int32Array): number[] {
  const children: number[][] = Array.from(parents, () => []);
  const tops: number[] = [];
  parents.forEach((parent, group) => {
    (parent < 0 ? tops : children[parent] ?? tops).push(group);
  });
  const reversed: number[] = [];
  const open = tops;
  while (open.length > 0) {
    const group = open.pop() as number;
    reversed.push(group);
    open.push(...children[group] ?? []);
  }
  if (reversed.length < parents.length) {
    throw new RangeError("Cannot place groups: some hold each other");
  }
  return reversed.reverse();
}

/** Sorts entities by node, and sums up the ranges. */
function placeEntities(tree: Tree, groupOf: Int32Array): void {
  const { count, parent, nodeOfGroup, order, nodeOf } = tree;
  const top = count - 1;
  const members = new Int32Array(count + 1);
  for (let at = 0; at < groupOf.length; at++) {
    const group = groupOf[at] as number;
    const node = group < 0 ? top : nodeOfGroup[group] as number;
    members[node + 1] = (members[node + 1] as number) + 1;
  }
  for (let node = 0; node < count; node++) {
    members[node + 1] = (members[node + 1] as number) +
      (members[node] as number);
    tree.direct[node] = members[node] as number;
    tree.end[node] = members[node + 1] as number;
    tree.firstNode[node] = node;
    tree.first[node] = tree.direct[node] as number;
  }
  for (let node = 0; node < top; node++) {
    const above = parent[node] as number;
    tree.firstNode[above] = Math.min(
      tree.firstNode[above] as number,
      tree.firstNode[node] as number,
    );
    tree.first[above] = Math.min(
      tree.first[above] as number,
      tree.first[node] as number,
    );
  }
  for (let at = 0; at < groupOf.length; at++) {
    const group = groupOf[at] as number;
    const node = group < 0 ? top : nodeOfGroup[group] as number;
    const place = members[node] as number;
    members[node] = place + 1;
    order[place] = at;
    nodeOf[place] = node;
  }
}

/** Sums over what is below each node, shape [nodes]; amounts are in the tree's order. */
export function sumNodes(
  { count, nodeOf, parent }: Tree,
  amounts: Float64Array,
): Float64Array {
  const sums = new Float64Array(count);
  amounts.forEach((amount, place) => {
    const node = nodeOf[place] as number;
    sums[node] = (sums[node] as number) + amount;
  });
  parent.forEach((above, node) => {
    if (above >= 0) {
      sums[above] = (sums[above] as number) + (sums[node] as number);
    }
  });
  return sums;
}
