/**
 * Boosted trees as ONNX: TreeEnsembleRegressor, then Sigmoid for chances or Exp for
 * counts.
 *
 * Cuts are float32 already and rounded down (bins.ts), so BRANCH_LEQ decides every
 * row as training did; `missing_value_tracks_true` carries the way of the missing.
 * A node that parts words is a chain of BRANCH_EQ, one for each code that goes
 * left, all with the same true branch; NaN equals no code, and so goes right.
 * Hit rates are the rows that came by, for explanations.
 *
 * @module
 */
import {
  type CalibrationGraph,
  calibrationNodes,
} from "../calibration/calibration_onnx.ts";
import type { Calibration } from "../calibration/choose.ts";
import { type Attribute, type OnnxNode, writeOnnx } from "../onnx.ts";
import type { Ensemble, Loss } from "./options.ts";
import type { Tree } from "./tree.ts";

/**
 * Writes the trees.
 *
 * @param ensemble The trees.
 * @param calibration What makes chances of log odds, with loss `logistic`; Sigmoid
 * alone if absent.
 * @returns ONNX bytes, `features` to `score`.
 */
export function treesOnnx(
  ensemble: Ensemble,
  calibration: Calibration = { kind: "none" },
): Uint8Array {
  const { nodes, constants } = linkOf(ensemble.loss, calibration);
  const trees: OnnxNode = {
    operator: "TreeEnsembleRegressor",
    domain: "ai.onnx.ml",
    inputs: ["features"],
    outputs: [nodes.length > 0 ? "sum" : "score"],
    attributes: attributes(ensemble),
  };
  return writeOnnx({
    name: "trees",
    columns: ensemble.columns,
    constants,
    nodes: [trees, ...nodes],
  });
}

/** What follows the trees. */
function linkOf(loss: Loss, calibration: Calibration): CalibrationGraph {
  if (loss === "logistic") {
    return calibrationNodes(calibration, { from: "sum", to: "score" });
  }
  const exp: OnnxNode = {
    operator: "Exp",
    domain: "",
    inputs: ["sum"],
    outputs: ["score"],
    attributes: {},
  };
  return { nodes: loss === "poisson" ? [exp] : [], constants: [] };
}

interface Place {
  readonly tree: number;
  readonly node: number;
  readonly mode: "LEAF" | "BRANCH_LEQ" | "BRANCH_EQ";
  readonly column: number;
  /** Greatest value that goes left, or the one code that does. */
  readonly cut: number;
  readonly left: number;
  readonly right: number;
  readonly missingLeft: number;
  readonly value: number;
  readonly cover: number;
}

function attributes(ensemble: Ensemble): Record<string, Attribute> {
  const places = ensemble.trees.flatMap(placesOf);
  const leaves = places.filter(({ mode }) => mode === "LEAF");
  const ints = (of: (place: Place) => number, from = places) => ({
    ints: from.map(of),
  });
  return {
    n_targets: { int: 1 },
    aggregate_function: { text: "SUM" },
    post_transform: { text: "NONE" },
    base_values: { floats: [ensemble.base] },
    nodes_treeids: ints(({ tree }) => tree),
    nodes_nodeids: ints(({ node }) => node),
    nodes_featureids: ints(({ column }) => column),
    nodes_modes: { texts: places.map(({ mode }) => mode) },
    nodes_values: { floats: places.map(({ cut }) => cut) },
    nodes_hitrates: { floats: places.map(({ cover }) => cover) },
    nodes_truenodeids: ints(({ left }) => left),
    nodes_falsenodeids: ints(({ right }) => right),
    nodes_missing_value_tracks_true: ints(({ missingLeft }) => missingLeft),
    target_treeids: ints(({ tree }) => tree, leaves),
    target_nodeids: ints(({ node }) => node, leaves),
    target_ids: ints(() => 0, leaves),
    target_weights: { floats: leaves.map(({ value }) => value) },
  };
}

/** Nodes of a tree, those that no path reaches left out; chains follow at the end. */
function placesOf(tree: Tree, at: number): Place[] {
  const splits = tree.columns.reduce(
    (n, column) => n + (column < 0 ? 0 : 1),
    0,
  );
  const nodes = 2 * splits + 1;
  const places: Place[] = [];
  const chains: Place[] = [];
  for (let node = 0; node < nodes; node++) {
    const place = placeOf(tree, node, at);
    const codes = tree.codes.get(node);
    if (!codes) {
      places.push(place);
      continue;
    }
    const chain = linksOf(place, codes, nodes + chains.length);
    places.push(...chain.slice(0, 1));
    chains.push(...chain.slice(1));
  }
  return [...places, ...chains];
}

/** A link for each code: the first in the node's place, the others from `next` on. */
function linksOf(place: Place, codes: Float32Array, next: number): Place[] {
  return Array.from(codes, (code, link) => ({
    ...place,
    mode: "BRANCH_EQ",
    node: link === 0 ? place.node : next + link - 1,
    cut: code,
    right: link + 1 < codes.length ? next + link : place.right,
  }));
}

function placeOf(tree: Tree, node: number, at: number): Place {
  const column = tree.columns[node] as number;
  const left = tree.lefts[node] as number;
  return {
    tree: at,
    node,
    mode: column < 0 ? "LEAF" : "BRANCH_LEQ",
    column: Math.max(column, 0),
    cut: tree.cuts[node] as number,
    left,
    right: left === 0 ? 0 : left + 1,
    missingLeft: tree.missingLeft[node] as number,
    value: tree.values[node] as number,
    cover: tree.covers[node] as number,
  };
}
