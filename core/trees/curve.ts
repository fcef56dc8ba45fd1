/**
 * Finds a calibration curve in a graph: a tree on the sum that tells the line
 * between two knots, as `chance = floor + slope · (sum - from)`.
 *
 * @module
 */
import type { TreeLink } from "./flat_trees.ts";
import type { GraphNode } from "./onnx_graph.ts";

/** A curve, and the name of what goes into it. */
export interface FoundCurve {
  readonly from: string;
  readonly link: TreeLink;
}

/**
 * Matches a curve.
 *
 * @param end The operation that ends it: Add(floor, Mul(slope, Sub(sum, from))).
 * @param writers Operations by what they write.
 * @returns The curve, or null if this is none.
 */
export function matchCurve(
  end: GraphNode,
  writers: ReadonlyMap<string, GraphNode>,
): FoundCurve | null {
  const [floor = "", rise = ""] = end.inputs;
  const times = writers.get(rise);
  const [slope = "", run = ""] = times?.inputs ?? [];
  const minus = writers.get(run);
  const [sum = "", from = ""] = minus?.inputs ?? [];
  const split = writers.get(floor);
  const tree = writers.get(split?.inputs[0] ?? "");
  const isCurve = end.operator === "Add" && times?.operator === "Mul" &&
    minus?.operator === "Sub" && split?.operator === "Split" &&
    split.outputs.join() === [floor, slope, from].join() &&
    tree?.operator === "TreeEnsembleRegressor" && tree.inputs[0] === sum;
  const link = isCurve ? readKnots(tree) : null;
  return link && { from: sum, link };
}

/** Each leaf tells floor, slope and the knot that it starts from. */
function readKnots({ attributes }: GraphNode): TreeLink | null {
  const numbers = (name: string) =>
    attributes.get(`target_${name}`)?.numbers ?? new Float64Array();
  const [nodes, ids, weights] = ["nodeids", "ids", "weights"].map(numbers);
  const leaves = new Map<number, number[]>();
  nodes?.forEach((node, place) => {
    const leaf = leaves.get(node) ?? [];
    leaf[ids?.[place] ?? 0] = weights?.[place] ?? NaN;
    leaves.set(node, leaf);
  });
  const chances = new Map<number, number>();
  for (const [floor = NaN, slope = NaN, from = NaN] of leaves.values()) {
    if (![floor, slope, from].every(Number.isFinite)) return null;
    chances.set(from, floor);
  }
  if (chances.size === 0) return null;
  const knots = [...chances.keys()].sort((a, b) => a - b);
  return {
    kind: "curve",
    knots: Float64Array.from(knots),
    chances: Float64Array.from(knots, (knot) => chances.get(knot) ?? NaN),
  };
}
