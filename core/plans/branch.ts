/**
 * Branch and bound over the convex parts of S-shaped curves.
 *
 * The relaxation is exact but for entities that end inside their envelope's line.
 * From each node two plans are made: the relaxed amounts taken as they are, and
 * the problem restricted to one concave part of each curve (an S-shaped entity is
 * either off, at its lo, or on, beyond its bend), which is solved exactly. The
 * entity with the widest gap between envelope and curve is then split where it
 * stands: both halves have tighter envelopes. The largest bound among the nodes
 * that are open or were cut off bounds the whole problem.
 *
 * @module
 */
import {
  createWorkbench,
  type Limits,
  relax,
  type Relaxation,
  type Workbench,
} from "./relax.ts";
import { createSum } from "./compensated_sum.ts";
import { copyTableau, setBounds, type Tableau, valueAt } from "./tableau.ts";

/** The best plan found, with prices that support it, and a bound on all plans. */
export interface Solution {
  readonly amounts: Float64Array;
  readonly outcome: number;
  readonly price: number;
  readonly groupPrices: Float64Array;
  readonly upperBound: number;
  /** Relaxations solved in the search tree. */
  readonly nodes: number;
}

/** When to stop. */
export interface Effort {
  /** Relative gap that is good enough. */
  readonly tolerance: number;
  /** Nodes of the search tree at most. */
  readonly maxNodes: number;
}

interface Split {
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
  readonly above: Split | null;
}

interface Node {
  readonly split: Split | null;
  readonly bound: number;
  readonly guess: number;
}

interface Search {
  readonly t: Tableau;
  readonly restricted: Tableau;
  readonly limits: Limits;
  readonly bench: Workbench;
  /** Prices of the whole problem, before any split. */
  root: Prices | null;
  best: Solution | null;
}

type Prices = Pick<Relaxation, "price" | "groupPrices">;

/** Σ curve_i(x_i). */
function sumOutcome(t: Tableau, amounts: Float64Array): number {
  const sum = createSum();
  for (let at = 0; at < t.size; at++) {
    sum.add(valueAt(t, at, amounts[at] as number));
  }
  return sum.total();
}

/**
 * Solves a problem whose bounds admit an allocation.
 *
 * @returns The solution; null if no allocation exists.
 */
export function branch(
  t: Tableau,
  limits: Limits,
  { tolerance, maxNodes }: Effort,
): Solution | null {
  const bench = createWorkbench(t.size, limits.members.length);
  const search: Search = {
    t,
    restricted: copyTableau(t),
    limits,
    bench,
    root: null,
    best: null,
  };
  let cut = 0;
  let nodes = 0;
  const open: Node[] = [{ split: null, bound: Infinity, guess: NaN }];
  while (open.length > 0 && nodes < maxNodes) {
    const node = takeLargest(open);
    if (isGoodEnough(search, node.bound, tolerance)) {
      cut = Math.max(cut, node.bound);
      break;
    }
    nodes++;
    const children = explore(search, node, tolerance);
    cut = Math.max(cut, children.cut);
    open.push(...children.open);
  }
  const left = open.reduce((most, { bound }) => Math.max(most, bound), cut);
  const { best } = search;
  if (best === null) return null;
  return { ...best, nodes, upperBound: Math.max(left, best.outcome) };
}

function isGoodEnough(
  { best }: Search,
  bound: number,
  tolerance: number,
): boolean {
  return best !== null && bound <= best.outcome + tolerance * Math.abs(bound);
}

function takeLargest(open: Node[]): Node {
  let largest = 0;
  for (let at = 1; at < open.length; at++) {
    if ((open[at] as Node).bound > (open[largest] as Node).bound) largest = at;
  }
  const [node] = open.splice(largest, 1);
  return node as Node;
}

/** Solves a node; answers its children, or its bound when it needs none. */
function explore(
  search: Search,
  node: Node,
  tolerance: number,
): { readonly open: readonly Node[]; readonly cut: number } {
  const { t, limits, bench } = search;
  const undo = applySplits(t, node.split);
  const relaxed = relax(t, limits, { bench, guess: node.guess });
  if (relaxed === null) {
    undo();
    return { open: [], cut: 0 };
  }
  search.root ??= relaxed;
  const bound = Math.min(relaxed.bound, node.bound);
  const { at, gap, inside } = findWidest(t, relaxed.amounts);
  offer(search, relaxed);
  const done = () => isGoodEnough(search, bound, tolerance);
  if (gap > 0) {
    for (const threshold of inside > 1 ? [0.5, 0, 1] : [0, 1]) {
      if (!done()) improve(search, relaxed, threshold);
    }
  }
  const lo = t.lo[at] as number;
  const hi = t.hi[at] as number;
  undo();
  if (done() || gap <= 0) return { open: [], cut: bound };
  const middle = relaxed.amounts[at] as number;
  const halves = [{ lo, hi: middle }, { lo: middle, hi }];
  return {
    cut: 0,
    open: halves.map((half) => ({
      split: { at, ...half, above: node.split },
      bound,
      guess: relaxed.price,
    })),
  };
}

function applySplits(t: Tableau, split: Split | null): () => void {
  const before: { at: number; lo: number; hi: number }[] = [];
  const touched = new Set<number>();
  for (let step = split; step !== null; step = step.above) {
    if (touched.has(step.at)) continue;
    touched.add(step.at);
    const { at, lo, hi } = step;
    before.push({
      at,
      lo: t.lo[at] as number,
      hi: t.hi[at] as number,
    });
    setBounds(t, at, { lo, hi });
  }
  return () => before.forEach(({ at, lo, hi }) => setBounds(t, at, { lo, hi }));
}

/** The entity whose envelope is farthest above its curve, and how many are above at all. */
function findWidest(
  t: Tableau,
  amounts: Float64Array,
): { readonly at: number; readonly gap: number; readonly inside: number } {
  let widest = 0;
  let gap = 0;
  let inside = 0;
  for (let at = 0; at < t.size; at++) {
    const amount = amounts[at] as number;
    const lo = t.lo[at] as number;
    if (amount <= lo || amount >= (t.knee[at] as number)) continue;
    const line = valueAt(t, at, lo) + (t.steep[at] as number) * (amount - lo);
    const excess = line - valueAt(t, at, amount);
    if (excess <= 1e-15 * line) continue;
    inside++;
    if (excess <= gap) continue;
    gap = excess;
    widest = at;
  }
  return { at: widest, gap, inside };
}

function offer(search: Search, plan: Relaxation): void {
  const outcome = sumOutcome(search.t, plan.amounts);
  if (search.best !== null && outcome <= search.best.outcome) return;
  const prices = isFinitelyPriced(plan) ? plan : search.root ?? plan;
  search.best = {
    amounts: plan.amounts,
    price: prices.price,
    groupPrices: prices.groupPrices,
    outcome,
    upperBound: Infinity,
    nodes: 0,
  };
}

/** Floors that a split has raised may leave no choice where the problem itself has one. */
function isFinitelyPriced({ price, groupPrices }: Prices): boolean {
  return price < Infinity && groupPrices.every((paid) => paid < Infinity);
}

/** Tries a plan in which entities inside their lines are on beyond a share of the line. */
function improve(
  search: Search,
  relaxed: Relaxation,
  threshold: number,
): void {
  restrict(search, relaxed.amounts, threshold);
  const plan = relax(search.restricted, search.limits, {
    bench: search.bench,
    guess: relaxed.price,
  });
  if (plan !== null) offer(search, plan);
}

/** Leaves each S-shaped entity one concave part: lo alone, or beyond the bend. */
function restrict(
  { t, restricted }: Search,
  amounts: Float64Array,
  threshold: number,
): void {
  for (let at = 0; at < t.size; at++) {
    const lo = t.lo[at] as number;
    const hi = t.hi[at] as number;
    const bend = t.bend[at] as number;
    const knee = t.knee[at] as number;
    const share = ((amounts[at] as number) - lo) / (knee - lo);
    const part = bend <= lo || knee <= lo
      ? { lo, hi }
      : share > threshold || share >= 1
      ? { lo: Math.min(bend, hi), hi }
      : { lo, hi: lo };
    if (restricted.lo[at] !== part.lo || restricted.hi[at] !== part.hi) {
      setBounds(restricted, at, part);
    }
  }
}
