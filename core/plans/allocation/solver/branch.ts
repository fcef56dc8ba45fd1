/**
 * Branch and bound over what a relaxation leaves undecided: convex parts of curves,
 * entities between off and their least, amounts between steps, too many that are on.
 *
 * From each node plans are made: the relaxed amounts taken as they are, and the
 * problem restricted to one concave part of what each entity may receive, which is
 * solved exactly. The entity with the widest gap between envelope and curve is then
 * split where it stands: both cases have tighter envelopes. The largest bound among
 * the nodes that are open or were cut off bounds the whole problem.
 *
 * @module
 */
import { type Domain, setDomain } from "./envelope.ts";
import type { Model } from "./evaluate.ts";
import {
  type Effort,
  isGoodEnough,
  isLate,
  makePlans,
  offer,
  type Relaxed,
  type Root,
  type Search,
  type Solution,
  solveRelaxed,
  tryNear,
} from "./incumbent.ts";
import { refineGroups } from "./refine.ts";
import { findUndecided, splitDomain } from "./split.ts";

/** What came of a search. */
export interface Searched {
  /** Null if no plan was found. */
  readonly solution: Solution | null;
  /** Whether every case was looked at. */
  readonly complete: boolean;
  /** No plan brings more; minus infinity if there is none. */
  readonly bound: number;
  /** Multipliers of the whole problem, and their bound; null if its relaxation has no solution. */
  readonly root: Root | null;
  /** Relaxations solved. */
  readonly nodes: number;
}

interface Split extends Domain {
  readonly at: number;
  readonly above: Split | null;
}

interface Node {
  readonly split: Split | null;
  readonly depth: number;
  readonly bound: number;
  readonly guess: number;
  readonly start: Float64Array | null;
}

/** Nodes of a group's own search at most. */
const PART_NODES = 60;

/** Searches within a model's domains, and leaves them as they were. */
export function branch(
  model: Model,
  { effort, lowest, given }: {
    readonly effort: Effort;
    /** Less than any plan brings. */
    readonly lowest: number;
    /** A plan to begin with. */
    readonly given?: Float64Array;
  },
): Searched {
  const search: Search = {
    ...{ model, effort, lowest },
    ...{ root: null, best: null, nodes: 0, narrowed: null },
  };
  let cut = -Infinity;
  const open: Node[] = [{
    ...{ split: null, depth: 0, bound: Infinity, start: null },
    guess: effort.guess,
  }];
  while (open.length > 0 && goesOn(search)) {
    const node = takeNext(open, search.best === null);
    if (isGoodEnough(search, node.bound) || node.bound < effort.useful) {
      cut = Math.max(cut, node.bound);
      continue;
    }
    search.nodes++;
    const children = explore(search, node);
    if (search.nodes === 1 && given && search.root) {
      offer(search, { ...search.root, amounts: given, on: null });
    }
    cut = Math.max(cut, children.cut);
    open.push(...children.open);
  }
  const left = open.reduce((most, { bound }) => Math.max(most, bound), cut);
  const { best, nodes, root } = search;
  return {
    root,
    nodes,
    bound: Math.max(left, best?.outcome ?? -Infinity),
    complete: open.length === 0,
    solution: best === null
      ? null
      : { ...best, nodes, upperBound: Math.max(left, best.outcome) },
  };
}

function goesOn(search: Search): boolean {
  const { best, nodes, effort } = search;
  const most = best === null ? effort.blindNodes : effort.maxNodes;
  if (nodes >= most) return false;
  return !isLate(search);
}

/** The node with the largest bound; the deepest as long as there is no plan. */
function takeNext(open: Node[], dive: boolean): Node {
  let next = 0;
  for (let at = 1; at < open.length; at++) {
    const [a, b] = [open[at] as Node, open[next] as Node];
    const first = dive && a.depth !== b.depth
      ? a.depth > b.depth
      : a.bound > b.bound;
    if (first) next = at;
  }
  const [node] = open.splice(next, 1);
  return node as Node;
}

/** Solves a node; answers its children, or its bound when it needs none. */
function explore(
  search: Search,
  node: Node,
): { readonly open: readonly Node[]; readonly cut: number } {
  const { model } = search;
  const undo = applySplits(model, node.split);
  try {
    const relaxed = solveRelaxed(search, model, node);
    if (relaxed === null) return { open: [], cut: -Infinity };
    search.root ??= relaxed;
    offer(search, relaxed);
    const lower = node.split === null ? refine(search, relaxed) : 0;
    const bound = Math.min(relaxed.bound - lower, node.bound);
    const undecided = findUndecided(model.t, relaxed.amounts, relaxed.on);
    if (bound < search.effort.useful) return { open: [], cut: bound };
    const done = () => isGoodEnough(search, bound);
    if (!done()) makePlans(search, relaxed, undecided);
    if (done() || undecided === null) return { open: [], cut: bound };
    const domains = splitDomain(model.t, undecided);
    return {
      cut: -Infinity,
      open: domains.map((domain) => ({
        split: { ...domain, at: undecided.at, above: node.split },
        depth: node.depth + 1,
        bound,
        guess: relaxed.price,
        start: relaxed.multipliers,
      })),
    };
  } finally {
    undo();
  }
}

/** Searches groups that are at their bounds one by one; answers by how much that lowers the bound. */
function refine(search: Search, relaxed: Relaxed): number {
  const { model, effort } = search;
  const done = isGoodEnough(search, relaxed.bound);
  const divides = effort.divides && model.rows.length === 0 &&
    model.limits.tree.count > 2;
  if (done || !divides) return 0;
  const amounts = relaxed.amounts.slice();
  const spare = 0.3 * effort.tolerance * Math.abs(relaxed.bound);
  const lower = refineGroups(model, amounts, (part, count) => {
    if (effort.stop()) return null;
    const { solution, root } = branch(part.model, {
      lowest: -Infinity,
      effort: {
        ...effort,
        guess: NaN,
        enough: Infinity,
        spare: spare / count,
        maxNodes: PART_NODES,
        blindNodes: 4 * PART_NODES,
        divides: false,
      },
    });
    return solution && root && {
      amounts: solution.amounts,
      relaxedBound: root.bound,
      bound: solution.upperBound,
    };
  });
  if (lower > 0) tryNear(search, { ...relaxed, amounts }, 0.5);
  return lower;
}

function applySplits({ t }: Model, split: Split | null): () => void {
  const before: Split[] = [];
  const touched = new Set<number>();
  for (let step = split; step !== null; step = step.above) {
    const { at } = step;
    if (touched.has(at)) continue;
    touched.add(at);
    before.push({
      ...{ at, above: null, off: t.off[at] === 1 },
      lo: t.least[at] as number,
      hi: t.hi[at] as number,
    });
    setDomain(t, at, step);
  }
  return () => before.forEach((domain) => setDomain(t, domain.at, domain));
}
