/**
 * Boosted trees as ONNX: TreeEnsembleRegressor, then Sigmoid for chances.
 *
 * Cuts are float32 already and rounded down (bins.ts), so BRANCH_LEQ decides every
 * row as training did; `missing_value_tracks_true` carries the way of the missing.
 *
 * @module
 */
import type { Ensemble } from "./boosting.ts";
import { type Attribute, type OnnxNode, writeOnnx } from "./onnx.ts";

/**
 * Writes the trees.
 *
 * @param ensemble The trees.
 * @returns ONNX bytes, `features` to `score`.
 */
export function treesOnnx(ensemble: Ensemble): Uint8Array {
  const chances = ensemble.loss === "logistic";
  const trees: OnnxNode = {
    operator: "TreeEnsembleRegressor",
    domain: "ai.onnx.ml",
    inputs: ["features"],
    outputs: [chances ? "odds" : "score"],
    attributes: attributes(ensemble),
  };
  const toChance: OnnxNode = {
    operator: "Sigmoid",
    domain: "",
    inputs: ["odds"],
    outputs: ["score"],
    attributes: {},
  };
  return writeOnnx({
    name: "trees",
    columns: ensemble.columns,
    constants: [],
    nodes: chances ? [trees, toChance] : [trees],
  });
}

interface Place {
  readonly tree: number;
  readonly node: number;
  readonly column: number;
  readonly cut: number;
  readonly left: number;
  readonly missingLeft: number;
  readonly value: number;
}

function attributes(ensemble: Ensemble): Record<string, Attribute> {
  const places = placesOf(ensemble);
  const leaves = places.filter(({ column }) => column < 0);
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
    nodes_featureids: ints(({ column }) => Math.max(column, 0)),
    nodes_modes: {
      texts: places.map(({ column }) => column < 0 ? "LEAF" : "BRANCH_LEQ"),
    },
    nodes_values: { floats: places.map(({ cut }) => cut) },
    nodes_truenodeids: ints(({ left }) => left),
    nodes_falsenodeids: ints(({ left }) => left === 0 ? 0 : left + 1),
    nodes_missing_value_tracks_true: ints(({ missingLeft }) => missingLeft),
    target_treeids: ints(({ tree }) => tree, leaves),
    target_nodeids: ints(({ node }) => node, leaves),
    target_ids: ints(() => 0, leaves),
    target_weights: { floats: leaves.map(({ value }) => value) },
  };
}

/** Nodes of all trees, those that no path reaches left out. */
function placesOf({ trees }: Ensemble): Place[] {
  return trees.flatMap((tree, at) => {
    const splits = tree.columns.reduce(
      (n, column) => n + (column < 0 ? 0 : 1),
      0,
    );
    return Array.from({ length: 2 * splits + 1 }, (_, node) => ({
      tree: at,
      node,
      column: tree.columns[node] as number,
      cut: tree.cuts[node] as number,
      left: tree.lefts[node] as number,
      missingLeft: tree.missingLeft[node] as number,
      value: tree.values[node] as number,
    }));
  });
}
