/**
 * The attributes of an ONNX tree ensemble to flat trees.
 *
 * Nodes may lie in any order and say `<`, `<=`, `>`, `>=`, `=` or `!=`; all become
 * "at most a cut" or "one of a set". A chain of `=` on one column that leads to one
 * node, as converters write a categorical split, becomes one node with a set.
 *
 * @see https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html
 * @module
 */
import { ASKS, type FlatTrees } from "./flat_trees.ts";
import type { GraphNode } from "./onnx_graph.ts";

/** Trees without what stands around them. */
export type TreeArrays = Omit<FlatTrees, "base" | "link" | "columns">;

/** Sharing nodes between paths may make a tree no more than this much larger. */
const LARGEST_UNFOLDING = 8;
/** Deeper than any tree that was learnt from rows. */
const DEEPEST = 1024;

interface Ask {
  readonly column: number;
  readonly cut: number;
  /** Values asked for; null if the cut is. */
  readonly values: readonly number[] | null;
  readonly missingYes: boolean;
  /** Places of the children in the attributes. */
  readonly yes: number;
  readonly no: number;
}

/** Nodes by their place in the attributes. */
interface Parsed {
  /** What a node asks; null for a leaf. */
  readonly asks: readonly (Ask | null)[];
  readonly values: Float64Array;
  readonly covers: Float64Array | null;
  /** Places of the roots, in the order of the trees. */
  readonly roots: readonly number[];
}

/**
 * Builds flat trees.
 *
 * @param node A TreeEnsembleRegressor or TreeEnsembleClassifier.
 * @param leaves Value of each leaf by tree and node id, see {@link leafKey}.
 * @returns The arrays, or null if the attributes make no trees.
 */
export function buildTrees(
  node: GraphNode,
  leaves: ReadonlyMap<number, number>,
): TreeArrays | null {
  const parsed = parseNodes(node, leaves);
  return parsed && unfold(parsed);
}

/** Names a node of a tree. */
export function leafKey(tree: number, node: number): number {
  return tree * 2 ** 26 + node;
}

/** Attributes of nodes, all of one length. */
interface NodeColumns {
  readonly modes: readonly string[];
  readonly trees: Float64Array;
  readonly ids: Float64Array;
  readonly columns: Float64Array;
  readonly cuts: Float64Array;
  readonly yes: Float64Array;
  readonly no: Float64Array;
  /** Empty if the model does not tell. */
  readonly tracks: Float64Array;
  readonly hits: Float64Array;
}

function readColumns({ attributes }: GraphNode): NodeColumns | null {
  const numbers = (name: string) =>
    attributes.get(`nodes_${name}`)?.numbers ?? new Float64Array();
  const modes = attributes.get("nodes_modes")?.texts ?? [];
  const needed = {
    trees: numbers("treeids"),
    ids: numbers("nodeids"),
    columns: numbers("featureids"),
    cuts: numbers("values"),
    yes: numbers("truenodeids"),
    no: numbers("falsenodeids"),
  };
  const isWhole = modes.length > 0 &&
    Object.values(needed).every(({ length }) => length === modes.length);
  const tracks = numbers("missing_value_tracks_true");
  return isWhole
    ? { modes, ...needed, tracks, hits: numbers("hitrates") }
    : null;
}

function parseNodes(
  node: GraphNode,
  leaves: ReadonlyMap<number, number>,
): Parsed | null {
  const read = readColumns(node);
  if (read === null) return null;
  const { modes, trees, ids, hits } = read;
  const key = (place: number, id: number) =>
    leafKey(trees[place] as number, id);
  const places = new Map(
    Array.from(ids, (id, place) => [key(place, id), place]),
  );
  const asks: (Ask | null)[] = [];
  for (const [place, mode] of modes.entries()) {
    const child = (id: number | undefined) =>
      places.get(key(place, id ?? NaN)) ?? -1;
    const ask = mode === "LEAF" ? "leaf" : toAsk(mode, {
      column: read.columns[place] as number,
      cut: read.cuts[place] as number,
      missingYes: read.tracks[place] === 1,
      yes: child(read.yes[place]),
      no: child(read.no[place]),
    });
    if (ask === null) return null;
    asks.push(ask === "leaf" ? null : ask);
  }
  const roots = findRoots(asks, trees);
  const values = Float64Array.from(
    ids,
    (id, place) => leaves.get(key(place, id)) ?? 0,
  );
  const isCovered = hits.length === ids.length && hits.some((hit) => hit > 0);
  return roots && { asks, values, covers: isCovered ? hits : null, roots };
}

/** The node of each tree that is no other's child; null unless it is its first. */
function findRoots(
  asks: readonly (Ask | null)[],
  trees: Float64Array,
): number[] | null {
  const isChild = new Uint8Array(asks.length);
  for (const ask of asks) {
    if (ask === null) continue;
    isChild[ask.yes] = 1;
    isChild[ask.no] = 1;
  }
  const roots = asks.flatMap((_, place) => isChild[place] === 0 ? [place] : []);
  const seen = new Set<number>();
  const firsts = asks.flatMap((_, place) => {
    const tree = trees[place] as number;
    return seen.has(tree) || !seen.add(tree) ? [] : [place];
  });
  return roots.join() === firsts.join() ? roots : null;
}

/** What a mode asks, said with `<=` or with values; null if it cannot be. */
function toAsk(
  mode: string,
  { column, cut, missingYes, yes, no }: Omit<Ask, "values">,
): Ask | null {
  const isSound = yes >= 0 && no >= 0 && Number.isInteger(column) &&
    column >= 0 && column < 2 ** 20;
  if (!isSound) return null;
  const ask = { column, cut, values: null, missingYes, yes, no };
  const other = { ...ask, missingYes: !missingYes, yes: no, no: yes };
  switch (mode) {
    case "BRANCH_LEQ":
      return ask;
    case "BRANCH_LT":
      return { ...ask, cut: below(cut) };
    case "BRANCH_GT":
      return other;
    case "BRANCH_GTE":
      return { ...other, cut: below(cut) };
    case "BRANCH_EQ":
      return { ...ask, cut: NaN, values: [cut] };
    case "BRANCH_NEQ":
      return { ...other, cut: NaN, values: [cut], missingYes: false };
    default:
      return null;
  }
}

/** The greatest float32 below a float32. */
function below(value: number): number {
  if (value === 0) return -(2 ** -149);
  const single = Float32Array.of(value);
  const bits = new Int32Array(single.buffer);
  bits[0] = (bits[0] as number) + (value > 0 ? -1 : 1);
  return single[0] as number;
}

/** Lays nodes out, the children of a node side by side. */
function unfold(parsed: Parsed): TreeArrays | null {
  const limit = LARGEST_UNFOLDING * parsed.asks.length;
  const places: number[] = [...parsed.roots];
  const depths: number[] = places.map(() => 0);
  const asks: (Ask | null)[] = [];
  const yes: number[] = [];
  for (let at = 0; at < places.length; at++) {
    const ask = joinChain(parsed, places[at] as number);
    if (ask === undefined) return null;
    const depth = depths[at] as number;
    asks.push(ask);
    yes.push(places.length);
    if (ask === null) continue;
    if (places.length >= limit || depth >= DEEPEST) return null;
    places.push(ask.yes, ask.no);
    depths.push(depth + 1, depth + 1);
  }
  const { covers } = parsed;
  return {
    roots: Int32Array.from(parsed.roots.keys()),
    asked: Int32Array.from(asks, (ask) => ask?.column ?? -1),
    cuts: Float64Array.from(asks, (ask) => ask?.cut ?? 0),
    asks: Uint8Array.from(asks, askOf),
    sets: new Map(
      asks.flatMap((ask, at) => ask?.values ? [[at, new Set(ask.values)]] : []),
    ),
    yes: Int32Array.from(yes),
    values: Float64Array.from(places, (place) => parsed.values[place] ?? 0),
    covers: covers && Float64Array.from(places, (place) => covers[place] ?? 0),
  };
}

function askOf(ask: Ask | null): number {
  if (ask === null) return ASKS.leq;
  const asks = ask.values ? ASKS.set : ASKS.leq;
  return asks + (ask.missingYes ? 1 : 0);
}

/**
 * A node with all that ask the same column for another value on its no-way;
 * undefined if they send the missing different ways, which runtimes read differently.
 */
function joinChain({ asks }: Parsed, place: number): Ask | null | undefined {
  const first = asks[place] ?? null;
  if (!first?.values) return first;
  let ask: Ask = first;
  for (let joined = 0; joined < asks.length; joined++) {
    const next = asks[ask.no];
    const goesOn = next?.values && next.column === ask.column &&
      next.yes === ask.yes;
    if (!goesOn) break;
    if (next.missingYes !== ask.missingYes) return undefined;
    const values = [...ask.values ?? [], ...next.values];
    ask = { ...ask, values, no: next.no };
  }
  return ask;
}
