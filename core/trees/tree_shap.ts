/**
 * TreeSHAP: what each column adds to a tree model's sum, by Shapley's rule, in time
 * that grows with leaves × depth² and not with all subsets of columns.
 *
 * A column that is not known sends a row both ways, in proportion to the training
 * rows that went there (the covers). Contributions and the mean add up to the sum.
 *
 * @see Lundberg, Erion and Lee (2018), Consistent Individualized Feature
 * Attribution for Tree Ensembles, algorithm 2
 * @module
 */
import { type FlatTrees, takesYes } from "./flat_trees.ts";

/** What columns add to a sum. */
export interface Contributions {
  /** Sum when no column is known. */
  readonly base: number;
  /** What each column adds to it, shape [columns]. */
  readonly contributions: Float64Array;
}

/** Trees that tell their covers. */
export type CoveredTrees = FlatTrees & { readonly covers: Float64Array };

/**
 * Explains a row.
 *
 * @param trees Trees with covers.
 * @param row Shape [columns], NaN is missing.
 * @returns Contributions to the sum before the link.
 */
export function treeShap(
  trees: CoveredTrees,
  row: Float32Array,
): Contributions {
  const contributions = new Float64Array(trees.columns);
  const paths = createPaths(deepest(trees));
  const scope: Scope = { trees, row, contributions, paths };
  let base = trees.base;
  for (const root of trees.roots) {
    base += expectation(trees, root);
    walk(scope, root, { at: 0, length: 0, column: -1, zero: 1, one: 1 });
  }
  return { base, contributions };
}

interface Scope {
  readonly trees: CoveredTrees;
  readonly row: Float32Array;
  readonly contributions: Float64Array;
  readonly paths: Paths;
}

/**
 * Paths from the root, each behind the one that it grew from. An entry is a column
 * on the path: the share of unknowing rows that follow the path there, whether this
 * row does, and the weight of paths with so many known columns.
 */
interface Paths {
  readonly columns: Int32Array;
  readonly zeros: Float64Array;
  readonly ones: Float64Array;
  readonly weights: Float64Array;
}

function createPaths(depth: number): Paths {
  const entries = (depth + 2) * (depth + 3) / 2;
  return {
    columns: new Int32Array(entries),
    zeros: new Float64Array(entries),
    ones: new Float64Array(entries),
    weights: new Float64Array(entries),
  };
}

/** Splits on the longest way from a root to a leaf. */
function deepest({ asked, yes }: FlatTrees): number {
  const depths = new Int32Array(asked.length);
  let most = 0;
  for (let node = 0; node < asked.length; node++) {
    if ((asked[node] as number) < 0) continue;
    const child = yes[node] as number;
    const depth = (depths[node] as number) + 1;
    depths[child] = depth;
    depths[child + 1] = depth;
    most = Math.max(most, depth);
  }
  return most;
}

/** Where a path lies, and the entry that comes next. */
interface Visit {
  readonly at: number;
  readonly length: number;
  readonly column: number;
  readonly zero: number;
  readonly one: number;
}

function walk(scope: Scope, node: number, visit: Visit): void {
  const { trees, row, paths } = scope;
  const at = visit.at + visit.length;
  let length = extend(paths, visit);
  const column = trees.asked[node] as number;
  if (column < 0) {
    addLeaf(scope, { at, length }, trees.values[node] as number);
    return;
  }
  const yes = trees.yes[node] as number;
  const takes = takesYes(trees, node, row[column] as number);
  const met = paths.columns.subarray(at, at + length).indexOf(column);
  const knownZero = met < 0 ? 1 : paths.zeros[at + met] as number;
  const knownOne = met < 0 ? 1 : paths.ones[at + met] as number;
  if (met >= 0) length = unwind(paths, { at, length }, met);
  const share = shareOfYes(trees, node);
  for (let side = 0; side < 2; side++) {
    const zero = knownZero * (side === 0 ? share : 1 - share);
    const one = (side === 0) === takes ? knownOne : 0;
    if (zero === 0 && one === 0) continue;
    walk(scope, yes + side, { at, length, column, zero, one });
  }
}

/** Share of the training rows that take the yes-way; half if none came by. */
function shareOfYes({ covers, yes }: CoveredTrees, node: number): number {
  const child = yes[node] as number;
  const here = covers[child] as number;
  const all = here + (covers[child + 1] as number);
  return all > 0 ? here / all : 0.5;
}

function expectation(trees: CoveredTrees, node: number): number {
  if ((trees.asked[node] as number) < 0) return trees.values[node] as number;
  const yes = trees.yes[node] as number;
  const share = shareOfYes(trees, node);
  return share * expectation(trees, yes) +
    (1 - share) * expectation(trees, yes + 1);
}

/** Copies a path behind itself, with one more entry; returns its length. */
function extend(
  { columns, zeros, ones, weights }: Paths,
  { at: from, length: depth, column, zero, one }: Visit,
): number {
  const at = from + depth;
  for (const entries of [columns, zeros, ones, weights]) {
    entries.copyWithin(at, from, at);
  }
  columns[at + depth] = column;
  zeros[at + depth] = zero;
  ones[at + depth] = one;
  weights[at + depth] = depth === 0 ? 1 : 0;
  for (let place = at + depth - 1; place >= at; place--) {
    const weight = (weights[place] as number) / (depth + 1);
    weights[place + 1] = (weights[place + 1] as number) +
      one * weight * (place - at + 1);
    weights[place] = zero * weight * (depth - place + at);
  }
  return depth + 1;
}

interface Span {
  readonly at: number;
  readonly length: number;
}

/** Takes an entry out of a path; returns its length. */
function unwind(paths: Paths, { at, length }: Span, out: number): number {
  const { columns, zeros, ones, weights } = paths;
  const depth = length - 1;
  const zero = zeros[at + out] as number;
  const one = ones[at + out] as number;
  let next = weights[at + depth] as number;
  for (let place = depth - 1; place >= 0; place--) {
    const weight = weights[at + place] as number;
    const before = one !== 0
      ? next * (depth + 1) / ((place + 1) * one)
      : weight * (depth + 1) / (zero * (depth - place));
    weights[at + place] = before;
    next = weight - before * zero * (depth - place) / (depth + 1);
  }
  for (const entries of [columns, zeros, ones]) {
    entries.copyWithin(at + out, at + out + 1, at + length);
  }
  return depth;
}

/** Sum of a path's weights without one of its entries. */
function unwoundSum({ zeros, ones, weights }: Paths, span: Span, out: number) {
  const { at, length } = span;
  const depth = length - 1;
  const zero = zeros[at + out] as number;
  const one = ones[at + out] as number;
  let next = weights[at + depth] as number;
  let sum = 0;
  for (let place = depth - 1; place >= 0; place--) {
    const weight = weights[at + place] as number;
    const before = one !== 0
      ? next * (depth + 1) / ((place + 1) * one)
      : weight * (depth + 1) / (zero * (depth - place));
    sum += before;
    next = weight - before * zero * (depth - place) / (depth + 1);
  }
  return sum;
}

function addLeaf(
  { contributions, paths }: Scope,
  span: Span,
  value: number,
): void {
  for (let place = 1; place < span.length; place++) {
    const entry = span.at + place;
    const column = paths.columns[entry] as number;
    const share = (paths.ones[entry] as number) -
      (paths.zeros[entry] as number);
    contributions[column] = (contributions[column] as number) +
      share * value * unwoundSum(paths, span, place);
  }
}
