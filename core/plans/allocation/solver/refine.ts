/**
 * A better bound, and better plans, where many groups are at their bounds.
 *
 * At the price outside, what happens inside a group is a problem of its own: the most
 * that its members bring less what they cost, within the group's bounds. Each leaves
 * one entity inside its line; with thousands of groups no search over all of them
 * decides these, but each group's own search does, and the sum of the groups' bounds
 * bounds the whole.
 *
 * @module
 */
import type { Model } from "./evaluate.ts";
import type { Hull } from "./hull.ts";
import { createBench } from "./market.ts";
import type { Tableau } from "./tableau.ts";
import type { Tree } from "./tree.ts";

/** A group as a problem of its own. */
export interface Part {
  readonly model: Model;
  /** Where its entities begin. */
  readonly first: number;
}

/** What a group's own search found. */
export interface PartSolution {
  readonly amounts: Float64Array;
  /** Of its relaxation, and after its search. */
  readonly relaxedBound: number;
  readonly bound: number;
}

/**
 * Refines a relaxed plan whose prices a bench still holds.
 *
 * @param relaxed Its amounts are changed to what the groups' searches found.
 * @param solve Searches one group; null if it found nothing.
 * @returns By how much the bound is lower.
 */
export function refineGroups(
  model: Model,
  amounts: Float64Array,
  solve: (part: Part, count: number) => PartSolution | null,
): number {
  const nodes = listBound(model, amounts);
  const prices = nodes.map((node) =>
    model.bench.price[model.limits.tree.parent[node] as number] as number
  );
  let lower = 0;
  nodes.forEach((node, index) => {
    const part = cutOut(model, node, prices[index] as number);
    const solved = solve(part, nodes.length);
    if (solved === null) return;
    amounts.set(solved.amounts, part.first);
    lower += Math.max(solved.relaxedBound - solved.bound, 0);
  });
  return lower;
}

/** The innermost groups that have a price of their own and leave an entity undecided. */
function listBound(model: Model, amounts: Float64Array): number[] {
  const { t, limits: { tree }, bench } = model;
  const top = tree.count - 1;
  const undecided = new Set<number>();
  for (let at = 0; at < t.size; at++) {
    const node = bench.market[tree.nodeOf[at] as number] as number;
    if (node === top || undecided.has(node)) continue;
    if (isUndecided(t, at, amounts[at] as number)) undecided.add(node);
  }
  const holds = new Uint8Array(tree.count);
  const found: number[] = [];
  for (let node = 0; node < top; node++) {
    const above = tree.parent[node] as number;
    const outside = bench.price[above] as number;
    const own = undecided.has(node) && holds[node] === 0 &&
      Math.abs(outside) < Infinity;
    if (own) found.push(node);
    if (own || holds[node] === 1) holds[above] = 1;
  }
  return found;
}

function isUndecided(t: Tableau, at: number, amount: number): boolean {
  if (amount <= (t.lo[at] as number)) return false;
  return amount < (t.knee[at] as number) || t.step[at] !== 0;
}

/** A node of the tree as a problem whose budget costs the price outside. */
function cutOut(model: Model, node: number, price: number): Part {
  const { tree } = model.limits;
  const first = tree.first[node] as number;
  const end = tree.end[node] as number;
  const part = cutTree(tree, node);
  const cut = {
    ...model,
    t: cutTableau(model.t, first, end),
    limits: {
      tree: part,
      budget: model.bench.hi[node] as number,
      upTo: true,
      charge: price,
    },
    bench: createBench(end - first, part.count, { rates: false }),
  };
  return { first, model: cut };
}

function cutTree(tree: Tree, node: number): Tree {
  const from = tree.firstNode[node] as number;
  const first = tree.first[node] as number;
  const size = (tree.end[node] as number) - first;
  const inner = node - from + 1;
  const shift = (column: Int32Array, by: number, last: number) => {
    const cut = new Int32Array(inner + 1);
    for (let n = 0; n < inner; n++) cut[n] = (column[from + n] as number) - by;
    cut[inner] = last;
    return cut;
  };
  const parent = shift(tree.parent, from, -1);
  parent[inner - 1] = inner;
  const bounds = (column: Float64Array, last: number) => {
    const cut = new Float64Array(inner + 1);
    cut.set(column.subarray(from, node + 1));
    cut[inner] = last;
    return cut;
  };
  const nodeOf = tree.nodeOf.subarray(first, first + size);
  return {
    count: inner + 1,
    parent,
    firstNode: shift(tree.firstNode, from, 0),
    first: shift(tree.first, first, 0),
    direct: shift(tree.direct, first, size),
    end: shift(tree.end, first, size),
    lo: bounds(tree.lo, 0),
    hi: bounds(tree.hi, Infinity),
    group: shift(tree.group, 0, -1),
    nodeOfGroup: tree.nodeOfGroup,
    nodeOf: nodeOf.map((n) => n - from),
    order: tree.order.subarray(first, first + size),
  };
}

/** Views of the columns; what a search changes there it also undoes. */
function cutTableau(t: Tableau, first: number, end: number): Tableau {
  const cut = (column: Float64Array) => column.subarray(first, end);
  const pick = <T>(from: ReadonlyMap<number, T>): Map<number, T> => {
    const picked = new Map<number, T>();
    if (from.size === 0) return picked;
    for (let at = first; at < end; at++) {
      const value = from.get(at);
      if (value !== undefined) picked.set(at - first, value);
    }
    return picked;
  };
  return {
    size: end - first,
    kind: t.kind.subarray(first, end),
    off: t.off.subarray(first, end),
    ...{ ceiling: cut(t.ceiling), half: cut(t.half), slope: cut(t.slope) },
    ...{ logScale: cut(t.logScale), bend: cut(t.bend), step: cut(t.step) },
    ...{ least: cut(t.least), hi: cut(t.hi), lo: cut(t.lo) },
    ...{ knee: cut(t.knee), steep: cut(t.steep), flat: cut(t.flat) },
    ...{ warm: cut(t.warm), base: t.base, shift: null, fee: null },
    tabulated: pick(t.tabulated),
    hull: pick<Hull>(t.hull),
  };
}
