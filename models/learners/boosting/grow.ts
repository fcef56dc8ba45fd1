/**
 * Grows one tree leaf by leaf: the leaf whose split lowers the loss most is next.
 *
 * Only the smaller child's histogram is filled; the other is the difference.
 *
 * @see Ke et al. (2017), LightGBM: A Highly Efficient Gradient Boosting Decision Tree
 * @module
 */
import type { Random } from "@moe/plugin";
import type { Scales } from "./derivatives.ts";
import type { Field } from "./field.ts";
import { JOB_COLUMNS } from "./kernels/frame.ts";
import {
  boundChildren,
  type Candidate,
  FREE,
  stepOf,
  writeLimits,
  writeNode,
} from "./leaf.ts";
import { partRows } from "./part_rows.ts";
import { sample } from "./sample.ts";
import type { Settings } from "./settings.ts";
import { chooseSplit, histogramAt, type Split, type Sums } from "./split.ts";
import { type GrowingTree, plantTree } from "./tree.ts";

/** Columns that share a pass over the rows. */
const GROUP = 4;

/** What a tree grows from. */
export interface Ground {
  readonly field: Field;
  readonly settings: Settings;
  readonly scales: Scales;
  /** Sums over the rows of the tree. */
  readonly sums: Sums;
  /** Rows of the tree, the first of the field's rows. */
  readonly rows: number;
  /** Whether they are all rows, in order. */
  readonly whole: boolean;
  /** Columns to split on. */
  readonly columns: Uint32Array;
  readonly random: Random;
}

/** A leaf of a grown tree. */
export interface Leaf extends Candidate {
  readonly node: number;
  readonly depth: number;
  /** Which histogram is its own. */
  readonly histogram: number;
  readonly split: Split | null;
}

/** A tree, and which of its leaves each row fell into. */
export interface Grown {
  readonly tree: GrowingTree;
  readonly leaves: readonly Leaf[];
  /** Bits of the bins that go left, 32 bytes for each node. */
  readonly members: Uint8Array;
}

/**
 * Grows a tree. Its leaves have no values yet.
 *
 * @param ground What it grows from; the order of its rows is changed.
 * @returns The tree with its leaves.
 */
export function growTree(ground: Ground): Grown {
  const { field, settings, scales } = ground;
  const tree = plantTree(settings.leaves);
  const members = new Uint8Array(32 * tree.columns.length);
  const { layout, view } = field;
  view.words(layout.columns, ground.columns.length).set(ground.columns);
  writeLimits(field, scales, settings);
  tree.covers[0] = ground.rows;
  const leaves = [plantRoot(ground)];
  while (leaves.length < settings.leaves) {
    const at = mostGaining(leaves);
    const leaf = leaves[at];
    if (!leaf?.split) break;
    const left = 2 * leaves.length - 1;
    branch(tree, leaf.node, { field, split: leaf.split, left });
    members.set(leaf.split.members, 32 * leaf.node);
    const last = leaves.length + 1 === settings.leaves;
    const next = { left, spare: leaves.length, last };
    const children = divide(ground, { leaf, split: leaf.split }, next);
    for (const { node, from, until } of children) {
      tree.covers[node] = until - from;
    }
    leaves.splice(at, 1, ...children);
  }
  return { tree, leaves, members };
}

type Unsearched = Omit<Leaf, "split">;

function plantRoot(ground: Ground): Leaf {
  const { field, rows, whole, sums } = ground;
  const root: Unsearched = {
    node: 0,
    depth: 0,
    from: 0,
    until: rows,
    histogram: 0,
    sums,
    bounds: FREE,
  };
  if (!maySplit(root, ground)) return { ...root, split: null };
  const { layout } = field;
  fillAndSearch(ground, {
    rows: whole ? 0 : layout.rows,
    count: rows,
    derivatives: whole ? layout.packed : layout.gathered,
    own: root,
    other: null,
  });
  return search(ground, root, 0);
}

/** Parts a leaf's rows, and finds how each child would be split. */
function divide(
  ground: Ground,
  { leaf, split }: { leaf: Leaf; split: Split },
  { left, spare, last }: { left: number; spare: number; last: boolean },
): Leaf[] {
  const { field } = ground;
  const { middle, leftIsSmaller } = partRows(field, leaf, split);
  const children = childrenOf(ground, { leaf, split }, { left, middle });
  const [smaller, larger] = leftIsSmaller ? children : children.toReversed();
  const small = { ...smaller as Unsearched, histogram: spare };
  const large = larger as Unsearched;
  const inOrder = leftIsSmaller ? [small, large] : [large, small];
  if (last || ![small, large].some((child) => maySplit(child, ground))) {
    return inOrder.map((child) => ({ ...child, split: null }));
  }
  fillAndSearch(ground, {
    rows: field.layout.rows + 4 * small.from,
    count: small.until - small.from,
    derivatives: field.layout.gathered,
    own: small,
    other: large,
  });
  return inOrder.map((child) => search(ground, child, child === small ? 0 : 1));
}

/** Left and right child, both with the parent's histogram for now. */
function childrenOf(
  { scales, settings }: Ground,
  { leaf, split }: { leaf: Leaf; split: Split },
  { left, middle }: { left: number; middle: number },
): [Unsearched, Unsearched] {
  const { bounds, from, until, histogram } = leaf;
  const depth = leaf.depth + 1;
  const rest = {
    gradient: leaf.sums.gradient - split.left.gradient,
    hessian: leaf.sums.hessian - split.left.hessian,
  };
  const limits = { ...settings, scales };
  const steps = [split.left, rest].map((sums) => stepOf(sums, bounds, limits));
  const [under, over] = boundChildren(
    bounds,
    settings.monotone[split.column] as number,
    steps as [number, number],
  );
  const common = { depth, histogram };
  return [
    {
      ...common,
      node: left,
      from,
      until: middle,
      sums: split.left,
      bounds: under,
    },
    {
      ...common,
      node: left + 1,
      from: middle,
      until,
      sums: rest,
      bounds: over,
    },
  ];
}

/** Whether a leaf is large and shallow enough to be split. */
function maySplit(
  { from, until, depth, sums }: Unsearched,
  { settings, scales }: Ground,
): boolean {
  return until - from >= 2 * settings.minChildRows &&
    depth < settings.maxDepth &&
    sums.hessian >= 2 * settings.minChildWeight * scales.hessian;
}

function fillAndSearch(
  ground: Ground,
  { rows, count, derivatives, own, other }: {
    rows: number;
    count: number;
    derivatives: number;
    own: Unsearched;
    other: Unsearched | null;
  },
): void {
  const { field, columns } = ground;
  const { layout, crew } = field;
  const ownNode = prepareSearch(ground, own, 0);
  const otherNode = other ? prepareSearch(ground, other, 1) : 0;
  crew.run(JOB_COLUMNS, [
    layout.bins,
    field.rows,
    layout.columns,
    columns.length,
    rows,
    count,
    derivatives,
    histogramAt(field, own.histogram, columns.length),
    ownNode,
    layout.found[0],
    other ? histogramAt(field, other.histogram, columns.length) : 0,
    otherNode,
    layout.found[1],
  ], Math.ceil(columns.length / GROUP));
}

/** Describes a node that is to be searched; 0 for one that cannot be split. */
function prepareSearch(
  ground: Ground,
  node: Unsearched,
  slot: 0 | 1,
): number {
  if (!maySplit(node, ground)) return 0;
  const { field, columns, settings, scales, random } = ground;
  const { layout, view } = field;
  const share = settings.nodeColumnShare;
  const open = view.bytes(layout.nodeColumns[slot], columns.length);
  open.fill(share < 1 ? 0 : 1);
  if (share < 1) {
    for (const at of sample(columns.length, share, random)) open[at] = 1;
  }
  return writeNode(field, slot, { node, scales });
}

function search(ground: Ground, leaf: Unsearched, slot: 0 | 1): Leaf {
  if (!maySplit(leaf, ground)) return { ...leaf, split: null };
  const { field, columns } = ground;
  const histogram = histogramAt(field, leaf.histogram, columns.length);
  const { from, until } = leaf;
  const split = chooseSplit(field, columns, { slot, histogram, from, until });
  return { ...leaf, split };
}

function branch(
  tree: GrowingTree,
  node: number,
  { field: { cuts, coded }, split, left }: {
    field: Field;
    split: Split;
    left: number;
  },
): void {
  const own = cuts[split.column] as Float32Array;
  tree.columns[node] = split.column;
  tree.lefts[node] = left;
  if (coded[split.column]) {
    const goesLeft = (_: number, at: number) =>
      ((split.members[(at + 1) >> 3] as number) >> ((at + 1) & 7) & 1) === 1;
    tree.codes.set(node, own.filter(goesLeft));
    return;
  }
  tree.cuts[node] = own[split.bin - 1] as number;
  tree.missingLeft[node] = split.missingLeft ? 1 : 0;
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = 0;
  leaves.forEach(({ split }, at) => {
    if ((split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0)) best = at;
  });
  return best;
}
