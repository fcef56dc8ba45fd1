/**
 * Grows one tree leaf by leaf: the leaf whose split lowers the loss most is next.
 *
 * Only the smaller child's histogram is filled; the other is the difference.
 *
 * @see Ke et al. (2017), LightGBM: A Highly Efficient Gradient Boosting Decision Tree
 * @module
 */
import type { Binned } from "./bins.ts";
import {
  type Derivatives,
  fillHistogram,
  findSplit,
  gather,
  type Split,
  type SplitLimits,
  STRIDE,
  subtractHistogram,
  type Sums,
} from "./histogram.ts";
import { plantTree, type Tree } from "./tree.ts";

/** What a tree grows from. */
export interface Ground {
  readonly binned: Binned;
  readonly derivatives: Derivatives;
  /** Rows to learn from; reordered in place. */
  readonly rows: Uint32Array;
  /** Columns to split on. */
  readonly columns: readonly number[];
}

/** How a tree may grow. */
export interface GrowthLimits extends SplitLimits {
  /** Leaves at most. */
  readonly leaves: number;
  /** Factor on what a leaf says. */
  readonly learningRate: number;
}

/** Memory that trees share, one after another. */
export interface Scratch extends Derivatives {
  readonly rows: Uint32Array;
  /** A histogram for each leaf. */
  readonly histograms: readonly Float64Array[];
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly until: number;
  readonly sums: Sums;
  readonly histogram: Float64Array;
  readonly split: Split | null;
}

/**
 * Sets memory aside.
 *
 * @param binned Rows that trees will grow from.
 * @param leaves Leaves of a tree at most.
 * @returns The memory.
 */
export function makeScratch(binned: Binned, leaves: number): Scratch {
  const size = binned.columns.length * STRIDE;
  return {
    gradient: new Float64Array(binned.rows),
    hessian: new Float64Array(binned.rows),
    rows: new Uint32Array(binned.rows),
    histograms: Array.from({ length: leaves }, () => new Float64Array(size)),
  };
}

/**
 * Grows a tree.
 *
 * @param ground Rows, derivatives, columns.
 * @param limits How far.
 * @param scratch Memory.
 * @returns The tree.
 */
export function growTree(
  ground: Ground,
  limits: GrowthLimits,
  scratch: Scratch,
): Tree {
  const tree = plantTree(limits.leaves);
  const root = rootLeaf(ground, limits, scratch);
  setValue(tree, root, limits);
  const leaves = [root];
  while (leaves.length < limits.leaves) {
    const at = mostGaining(leaves);
    const leaf = leaves[at];
    if (!leaf?.split) break;
    const spare = scratch.histograms[leaves.length] as Float64Array;
    const children = divide(leaf, leaf.split, {
      ground,
      limits,
      scratch,
      spare,
      left: 2 * leaves.length - 1,
    });
    branch(tree, leaf.node, {
      split: leaf.split,
      left: children[0].node,
      cuts: ground.binned.cuts,
    });
    for (const child of children) setValue(tree, child, limits);
    leaves.splice(at, 1, ...children);
  }
  return tree;
}

function rootLeaf(
  ground: Ground,
  limits: GrowthLimits,
  scratch: Scratch,
): Leaf {
  const { binned, derivatives, rows, columns } = ground;
  const histogram = scratch.histograms[0] as Float64Array;
  const node = gather(derivatives, rows, scratch);
  fillHistogram(histogram, binned, { node, columns });
  const sums = { gradient: sum(node.gradient), hessian: sum(node.hessian) };
  const split = findSplit(histogram, sums, {
    columns,
    cuts: binned.cuts,
    limits,
  });
  return { node: 0, from: 0, until: rows.length, sums, histogram, split };
}

/** Splits a leaf's rows, and finds how each child would be split. */
function divide(
  leaf: Leaf,
  split: Split,
  { ground, limits, scratch, spare, left }: {
    ground: Ground;
    limits: GrowthLimits;
    scratch: Scratch;
    spare: Float64Array;
    left: number;
  },
): [Leaf, Leaf] {
  const { binned, derivatives, rows, columns } = ground;
  const middle = partition(rows.subarray(leaf.from, leaf.until), scratch.rows, {
    bins: binned.columns[split.column] as Uint8Array,
    split,
  }) + leaf.from;
  const leftIsSmaller = middle - leaf.from <= leaf.until - middle;
  const smaller = leftIsSmaller
    ? rows.subarray(leaf.from, middle)
    : rows.subarray(middle, leaf.until);
  const node = gather(derivatives, smaller, scratch);
  fillHistogram(spare, binned, { node, columns });
  subtractHistogram(leaf.histogram, spare);
  const rest = {
    gradient: leaf.sums.gradient - split.left.gradient,
    hessian: leaf.sums.hessian - split.left.hessian,
  };
  const child = (node: number, sums: Sums, small: boolean) => {
    const histogram = small ? spare : leaf.histogram;
    const next = { columns, cuts: binned.cuts, limits };
    return { node, sums, histogram, split: findSplit(histogram, sums, next) };
  };
  return [
    {
      ...child(left, split.left, leftIsSmaller),
      from: leaf.from,
      until: middle,
    },
    {
      ...child(left + 1, rest, !leftIsSmaller),
      from: middle,
      until: leaf.until,
    },
  ];
}

/** Moves the rows that go left to the front, order kept; returns how many. */
function partition(
  rows: Uint32Array,
  spare: Uint32Array,
  { bins, split }: { bins: Uint8Array; split: Split },
): number {
  let left = 0;
  let right = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const bin = bins[row] as number;
    const goesLeft = bin === 0 ? split.missingLeft : bin <= split.bin;
    if (goesLeft) rows[left++] = row;
    else spare[right++] = row;
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

function branch(
  tree: Tree,
  node: number,
  { split, left, cuts }: {
    split: Split;
    left: number;
    cuts: readonly Float32Array[];
  },
): void {
  tree.columns[node] = split.column;
  tree.bins[node] = split.bin;
  tree.cuts[node] = cuts[split.column]?.[split.bin - 1] as number;
  tree.missingLeft[node] = split.missingLeft ? 1 : 0;
  tree.lefts[node] = left;
  tree.values[node] = 0;
}

function setValue(
  tree: Tree,
  { node, sums }: Leaf,
  { l2, learningRate }: GrowthLimits,
): void {
  const step = sums.gradient / (sums.hessian + l2);
  tree.values[node] = Number.isFinite(step) ? -learningRate * step : 0;
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = 0;
  leaves.forEach(({ split }, at) => {
    if ((split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0)) best = at;
  });
  return best;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
