/**
 * Reads trees out of ONNX bytes: those written here, and those of the converters
 * of LightGBM, XGBoost and scikit-learn where they end in one score.
 *
 * The graph is followed from its output back to a tree ensemble on its input. On
 * the way may lie a Sigmoid or Exp, a calibration curve, a line (Mul, Add, Sub, Div
 * with a constant), the choice of the second class, and changes of shape or type.
 *
 * @module
 */
import { type ModelPorts, OWN_PORTS } from "../domain/model_ports.ts";
import { buildTrees, leafKey } from "./build_trees.ts";
import { matchCurve } from "./curve.ts";
import type { FlatTrees, TreeLink } from "./flat_trees.ts";
import { type Graph, type GraphNode, readGraph } from "./onnx_graph.ts";

/**
 * Reads trees.
 *
 * @param onnx Bytes of a model, from anywhere.
 * @param ports Which of its outputs is the score.
 * @returns The trees, or null if the graph is something else.
 */
export function readTrees(
  onnx: Uint8Array,
  ports: ModelPorts = OWN_PORTS,
): FlatTrees | null {
  const graph = readGraph(onnx);
  return graph && graphTrees(graph, ports.output);
}

/** What lies behind a point of the graph, on the way to its output. */
interface Tail {
  readonly link: TreeLink;
  readonly slope: number;
  readonly offset: number;
  /** Class whose score is wanted; null as long as none was chosen. */
  readonly choice: number | null;
}

const SHAPING = new Set([
  "Cast",
  "Flatten",
  "Identity",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
]);
const LONGEST = 32;

function graphTrees(
  graph: Graph,
  { name: output, column }: ModelPorts["output"],
): FlatTrees | null {
  const writers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])),
  );
  let name = output;
  let tail: Tail = {
    link: { kind: "identity" },
    slope: 1,
    offset: 0,
    choice: null,
  };
  for (let step = 0; step < LONGEST; step++) {
    const node = writers.get(name);
    if (!node) return null;
    if (node.operator.startsWith("TreeEnsemble")) {
      const choice = tail.choice ?? column;
      return readsInput(graph, writers, node)
        ? endAt(node, name, { ...tail, choice })
        : null;
    }
    const before = stepBack({ graph, writers }, node, tail);
    if (before === null) return null;
    name = before.name;
    tail = before.tail;
  }
  return null;
}

/** Whether trees stand on the graph's input itself. */
function readsInput(
  graph: Graph,
  writers: ReadonlyMap<string, GraphNode>,
  { inputs: [first = ""] }: GraphNode,
): boolean {
  let name = first;
  for (let step = 0; step < LONGEST; step++) {
    const node = writers.get(name);
    if (!node) return graph.inputs[0] === name;
    if (node.operator !== "Identity") return false;
    name = node.inputs[0] ?? "";
  }
  return false;
}

interface Walk {
  readonly graph: Graph;
  readonly writers: ReadonlyMap<string, GraphNode>;
}

/** The point before a node, with what the node does added to the tail. */
function stepBack(
  { graph, writers }: Walk,
  node: GraphNode,
  tail: Tail,
): { name: string; tail: Tail } | null {
  const [first = "", second = ""] = node.inputs;
  const one = graph.constants.get(first);
  const other = graph.constants.get(second);
  if (SHAPING.has(node.operator)) return { name: first, tail };
  if (node.operator === "Sigmoid" || node.operator === "Exp") {
    const kind = node.operator === "Sigmoid" ? "sigmoid" : "exp";
    const link = isPlain(tail) ? { kind } as const : null;
    return link && { name: first, tail: { ...tail, link } };
  }
  if (["Gather", "ArrayFeatureExtractor"].includes(node.operator)) {
    const choice = other?.length === 1 ? other[0] as number : null;
    return choice === null ? null : { name: first, tail: { ...tail, choice } };
  }
  const curve = isPlain(tail) ? matchCurve(node, writers) : null;
  if (curve) return { name: curve.from, tail: { ...tail, link: curve.link } };
  const line = readLine(node.operator, one, other);
  if (line === null) return null;
  const { slope, offset } = line;
  return {
    name: one ? second : first,
    tail: {
      ...tail,
      slope: tail.slope * slope,
      offset: tail.offset + tail.slope * offset,
    },
  };
}

/** Whether nothing but changes of shape was met so far. */
function isPlain({ link, slope, offset }: Tail): boolean {
  return link.kind === "identity" && slope === 1 && offset === 0;
}

/** What an operation with one constant does: slope · x + offset. */
function readLine(
  operator: string,
  one: Float64Array | undefined,
  other: Float64Array | undefined,
): { slope: number; offset: number } | null {
  const constant = one ?? other;
  if (constant?.length !== 1 || (one && other)) return null;
  const value = constant[0] as number;
  switch (operator) {
    case "Mul":
      return { slope: value, offset: 0 };
    case "Add":
      return { slope: 1, offset: value };
    case "Sub":
      return one ? { slope: -1, offset: value } : { slope: 1, offset: -value };
    case "Div":
      return one ? null : { slope: 1 / value, offset: 0 };
    default:
      return null;
  }
}

/** The trees of a node, with what lies behind them folded in. */
function endAt(node: GraphNode, output: string, tail: Tail): FlatTrees | null {
  const end = node.operator === "TreeEnsembleRegressor"
    ? tail.choice === 0 ? endOfRegressor(node) : null
    : endOfClassifier(node, output, tail.choice);
  const built = end && buildTrees(node, end.leaves);
  if (!built) return null;
  const link = end.transform === "LOGISTIC"
    ? isPlain(tail) ? { kind: "sigmoid" } as const : null
    : tail.link;
  if (link === null) return null;
  const share = end.isMean ? tail.slope / built.roots.length : tail.slope;
  const base = tail.offset + tail.slope * end.base;
  const values = built.values.map((value) => share * value);
  if (!Number.isFinite(base) || !values.every(Number.isFinite)) return null;
  const columns = 1 + built.asked.reduce((most, at) => Math.max(most, at), -1);
  return { ...built, values, base, link, columns };
}

interface End {
  readonly leaves: ReadonlyMap<number, number>;
  readonly base: number;
  readonly transform: string;
  /** Whether trees are averaged, and not summed. */
  readonly isMean: boolean;
}

/** onnxruntime applies no LOGISTIC to a single target. */
function endOfRegressor(node: GraphNode): End | null {
  const { attributes } = node;
  const targets = attributes.get("n_targets")?.numbers[0] ?? 1;
  const how = attributes.get("aggregate_function")?.texts[0] ?? "SUM";
  const isMean = how === "AVERAGE";
  if (targets !== 1 || !(isMean || how === "SUM") || !transformOf(node)) {
    return null;
  }
  const leaves = leafValues(node, "target", null);
  const base = attributes.get("base_values")?.numbers[0] ?? 0;
  return leaves && { leaves, base, transform: "NONE", isMean };
}

/** The score of the second of two classes, as onnxruntime makes it. */
function endOfClassifier(
  node: GraphNode,
  output: string,
  choice: number | null,
): End | null {
  const { attributes } = node;
  const labels = attributes.get("classlabels_int64s")?.numbers.length ??
    attributes.get("classlabels_strings")?.texts.length ?? 0;
  const transform = transformOf(node);
  const ids = attributes.get("class_ids")?.numbers ?? new Float64Array();
  const weights = attributes.get("class_weights")?.numbers ??
    new Float64Array();
  const isSecond = choice === 1 && labels === 2 && output === node.outputs[1];
  if (!isSecond || !transform) return null;
  const bases = attributes.get("base_values")?.numbers ?? new Float64Array();
  if (new Set(ids).size === 1) {
    const leaves = leafValues(node, "class", null);
    const arePositive = weights.every((weight) => weight >= 0);
    if (bases.length > 1 || (arePositive && transform === "LOGISTIC")) {
      return null;
    }
    return leaves && { leaves, base: bases[0] ?? 0, transform, isMean: false };
  }
  const leaves = leafValues(node, "class", 1);
  return leaves && { leaves, base: bases[1] ?? 0, transform, isMean: false };
}

function transformOf({ attributes }: GraphNode): string | null {
  const transform = attributes.get("post_transform")?.texts[0] ?? "NONE";
  return ["NONE", "LOGISTIC"].includes(transform) ? transform : null;
}

/** What leaves say of one class or target; of all if null. */
function leafValues(
  { attributes }: GraphNode,
  kind: "target" | "class",
  wanted: number | null,
): Map<number, number> | null {
  const numbers = (name: string) =>
    attributes.get(`${kind}_${name}`)?.numbers ?? new Float64Array();
  const [trees, nodes] = [numbers("treeids"), numbers("nodeids")];
  const [ids, weights] = [numbers("ids"), numbers("weights")];
  if ([nodes, ids, weights].some(({ length }) => length !== trees.length)) {
    return null;
  }
  const leaves = new Map<number, number>();
  trees.forEach((tree, place) => {
    if (wanted !== null && ids[place] !== wanted) return;
    const key = leafKey(tree, nodes[place] as number);
    leaves.set(key, (leaves.get(key) ?? 0) + (weights[place] as number));
  });
  return leaves;
}
