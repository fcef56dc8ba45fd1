/**
 * A regression tree in arrays, one place for each node; node 0 is the root.
 *
 * A row goes left when its value is at most the node's cut, or is missing and the
 * node sends the missing left; at a node that parts words, when its code is one of
 * those listed. A code that is not listed, and the missing, then go right.
 *
 * @module
 */

/** A tree. */
export interface Tree {
  /** Column that a node asks; -1 for a leaf. */
  readonly columns: Int32Array;
  /** Greatest value that goes left. */
  readonly cuts: Float32Array;
  /** 1 if missing values go left. */
  readonly missingLeft: Uint8Array;
  /** Codes that go left, ascending, of the nodes that part words. */
  readonly codes: ReadonlyMap<number, Float32Array>;
  /** Node on the left; the right one follows it. */
  readonly lefts: Int32Array;
  /** What a leaf adds to the score, float32. */
  readonly values: Float32Array;
  /** Rows of the tree that came by. */
  readonly covers: Float32Array;
}

/** A tree that still grows. */
export interface GrowingTree extends Tree {
  readonly codes: Map<number, Float32Array>;
}

/**
 * Makes a tree of a single leaf.
 *
 * @param leaves Leaves that it may grow to.
 * @returns The tree, adding nothing.
 */
export function plantTree(leaves: number): GrowingTree {
  const nodes = 2 * leaves - 1;
  return {
    columns: new Int32Array(nodes).fill(-1),
    cuts: new Float32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    codes: new Map(),
    lefts: new Int32Array(nodes),
    values: new Float32Array(nodes),
    covers: new Float32Array(nodes),
  };
}

/**
 * Adds what a tree says of rows.
 *
 * @param scores Added to, shape [rows].
 * @param tree The tree.
 * @param rows Columns, float32, shape [columns][rows]; NaN is missing.
 */
export function addTree(
  scores: Float64Array,
  tree: Tree,
  rows: readonly Float32Array[],
): void {
  const { columns, cuts, missingLeft, lefts, values } = tree;
  const codes = new Map(
    [...tree.codes].map(([node, some]) => [node, new Set(some)]),
  );
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    for (let at = columns[0] as number; at >= 0;) {
      const x = (rows[at] as Float32Array)[row] as number;
      const words = codes.size > 0 ? codes.get(node) : undefined;
      const goesLeft = words ? words.has(x) : x <= (cuts[node] as number) ||
        (missingLeft[node] === 1 && x !== x);
      node = (lefts[node] as number) + (goesLeft ? 0 : 1);
      at = columns[node] as number;
    }
    scores[row] = (scores[row] as number) + (values[node] as number);
  }
}
