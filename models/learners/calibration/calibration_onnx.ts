/**
 * A calibration as ONNX nodes behind a model of log odds.
 *
 * A rising curve is a tree on the log odds that finds the two knots around them,
 * and a line between: chance = floor + slope · (odds - from).
 *
 * @module
 */
import type { OnnxConstant, OnnxNode } from "../onnx.ts";
import type { Calibration } from "./choose.ts";
import type { RisingCurve } from "./isotonic.ts";

/** Part of a graph. */
export interface CalibrationGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
}

/** Names of what comes in, float[N, 1] log odds, and goes out, float[N, 1] chances. */
export interface CalibrationPorts {
  readonly from: string;
  readonly to: string;
}

/**
 * Writes a calibration.
 *
 * @param calibration The calibration.
 * @param ports Where the log odds come from and the chances go to.
 * @returns Nodes and constants to add to the graph.
 */
export function calibrationNodes(
  calibration: Calibration,
  { from, to }: CalibrationPorts,
): CalibrationGraph {
  switch (calibration.kind) {
    case "none":
      return { nodes: [step("Sigmoid", [from], [to])], constants: [] };
    case "platt": {
      const { slope, intercept } = calibration.line;
      return {
        nodes: [
          step("Mul", [from, "line_slope"], ["line_turned"]),
          step("Add", ["line_turned", "line_intercept"], ["line_odds"]),
          step("Sigmoid", ["line_odds"], [to]),
        ],
        constants: [
          { name: "line_slope", shape: [1, 1], floats: [slope] },
          { name: "line_intercept", shape: [1, 1], floats: [intercept] },
        ],
      };
    }
    case "isotonic":
      return {
        nodes: curveNodes(calibration.curve, { from, to }),
        constants: [],
      };
  }
}

/** Below the first knot and from the last on, the curve is level. */
function curveNodes(
  { scores, chances }: RisingCurve,
  { from, to }: CalibrationPorts,
): OnnxNode[] {
  const levels = Array.from(chances, (floor, knot) => {
    const rise = (chances[knot + 1] ?? floor) - floor;
    const run = (scores[knot + 1] ?? Infinity) - (scores[knot] as number);
    return [floor, rise / run, scores[knot] as number];
  });
  const first = [chances[0] as number, 0, scores[0] as number];
  return [
    {
      operator: "TreeEnsembleRegressor",
      domain: "ai.onnx.ml",
      inputs: [from],
      outputs: ["curve"],
      attributes: searchTree(scores, [first, ...levels]),
    },
    {
      ...step("Split", ["curve"], ["curve_floor", "curve_slope", "curve_from"]),
      attributes: { axis: { int: 1 } },
    },
    step("Sub", [from, "curve_from"], ["curve_run"]),
    step("Mul", ["curve_slope", "curve_run"], ["curve_rise"]),
    step("Add", ["curve_floor", "curve_rise"], [to]),
  ];
}

interface Place {
  node: number;
  /** Knot that is asked for; -1 in a leaf. */
  knot: number;
  yes: number;
  no: number;
  level: number;
}

/** A balanced tree over the levels: below the first knot, then from each knot on. */
function searchTree(
  knots: Float64Array,
  levels: readonly (readonly number[])[],
): OnnxNode["attributes"] {
  const places: Place[] = [];
  grow(places, 0, levels.length);
  const leaves = places.filter(({ knot }) => knot < 0);
  const targets = leaves.flatMap(({ node, level }) =>
    (levels[level] as number[]).map((weight, id) => ({ node, id, weight }))
  );
  const ints = (of: (place: Place) => number) => ({ ints: places.map(of) });
  return {
    n_targets: { int: 3 },
    aggregate_function: { text: "SUM" },
    post_transform: { text: "NONE" },
    nodes_treeids: ints(() => 0),
    nodes_nodeids: ints(({ node }) => node),
    nodes_featureids: ints(() => 0),
    nodes_modes: {
      texts: places.map(({ knot }) => knot < 0 ? "LEAF" : "BRANCH_LT"),
    },
    nodes_values: { floats: places.map(({ knot }) => knots[knot] ?? 0) },
    nodes_truenodeids: ints(({ yes }) => yes),
    nodes_falsenodeids: ints(({ no }) => no),
    target_treeids: { ints: targets.map(() => 0) },
    target_nodeids: { ints: targets.map(({ node }) => node) },
    target_ids: { ints: targets.map(({ id }) => id) },
    target_weights: { floats: targets.map(({ weight }) => weight) },
  };
}

/** Plants the tree of the levels from `from` up to, without, `until`. */
function grow(places: Place[], from: number, until: number): number {
  const node = places.length;
  const place: Place = { node, knot: -1, yes: 0, no: 0, level: from };
  places.push(place);
  if (until - from > 1) {
    const half = (from + until) >> 1;
    place.knot = half - 1;
    place.yes = grow(places, from, half);
    place.no = grow(places, half, until);
  }
  return node;
}

function step(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
): OnnxNode {
  return { operator, domain: "", inputs, outputs, attributes: {} };
}
