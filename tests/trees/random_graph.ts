/**
 * Random tree ensembles as ONNX, as different converters would write them.
 *
 * @module
 */
import type { Random } from "../../core/domain/random.ts";
import {
  type Attribute,
  type OnnxConstant,
  type OnnxNode,
  writeOnnx,
} from "../../models/learners/onnx.ts";

/** Columns of a random ensemble. */
export const COLUMNS = 4;

const MODES = ["LEQ", "LT", "GT", "GTE", "EQ", "NEQ"] as const;

interface Place {
  readonly tree: number;
  readonly node: number;
  mode: string;
  column: number;
  cut: number;
  missing: number;
  yes: number;
  no: number;
  value: number;
  hits: number;
}

/** What surrounds the trees. */
export interface Surroundings {
  readonly kind: "regressor" | "classifier";
  readonly behind: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly transform: "NONE" | "LOGISTIC";
  readonly isMean: boolean;
}

/** Values at which rows and cuts meet, with their neighbours. */
export const VALUES = [-1, 0, 1, 2, 1 + 2 ** -23, 1 - 2 ** -24, 1e-45, -1e-45];

/**
 * Plants trees and writes them.
 *
 * @param random Seeded.
 * @param surroundings What stands around the trees, from `sum` to `score`.
 * @returns ONNX bytes.
 */
export function writeRandomTrees(
  random: Random,
  { kind, behind, constants, transform, isMean }: Surroundings,
): Uint8Array {
  const trees = 1 + Math.floor(5 * random.next());
  const places = Array.from({ length: trees }, (_, tree) => plant(random, tree))
    .flat();
  const end = kind === "regressor" ? "target" : "class";
  const leaves = places.filter(({ mode }) => mode === "LEAF");
  const ensemble: OnnxNode = {
    operator: kind === "regressor"
      ? "TreeEnsembleRegressor"
      : "TreeEnsembleClassifier",
    domain: "ai.onnx.ml",
    inputs: ["features"],
    outputs: kind === "regressor" ? ["sum"] : ["label", "sum"],
    attributes: {
      ...nodeAttributes(places),
      ...(kind === "regressor"
        ? {
          n_targets: { int: 1 },
          aggregate_function: { text: isMean ? "AVERAGE" : "SUM" },
        }
        : { classlabels_int64s: { ints: [0, 1] } }),
      post_transform: { text: transform },
      base_values: { floats: [0.25] },
      [`${end}_treeids`]: { ints: leaves.map(({ tree }) => tree) },
      [`${end}_nodeids`]: { ints: leaves.map(({ node }) => node) },
      [`${end}_ids`]: { ints: leaves.map(() => 0) },
      [`${end}_weights`]: { floats: leaves.map(({ value }) => value) },
    },
  };
  return writeOnnx({
    name: "random",
    columns: COLUMNS,
    constants,
    nodes: [ensemble, ...behind],
  });
}

function nodeAttributes(places: readonly Place[]): Record<string, Attribute> {
  const ints = (of: (place: Place) => number) => ({ ints: places.map(of) });
  return {
    nodes_treeids: ints(({ tree }) => tree),
    nodes_nodeids: ints(({ node }) => node),
    nodes_featureids: ints(({ column }) => column),
    nodes_modes: { texts: places.map(({ mode }) => mode) },
    nodes_values: { floats: places.map(({ cut }) => cut) },
    nodes_hitrates: { floats: places.map(({ hits }) => hits) },
    nodes_truenodeids: ints(({ yes }) => yes),
    nodes_falsenodeids: ints(({ no }) => no),
    nodes_missing_value_tracks_true: ints(({ missing }) => missing),
  };
}

function plant(random: Random, tree: number): Place[] {
  const places: Place[] = [];
  const whole = (until: number) => Math.floor(until * random.next());
  function add(): Place {
    const place = {
      tree,
      node: places.length,
      mode: "LEAF",
      column: 0,
      cut: 0,
      missing: 0,
      yes: 0,
      no: 0,
      value: Math.fround(random.normal()),
      hits: 0,
    };
    places.push(place);
    return place;
  }
  function grow(depth: number, hits: number): number {
    const place = add();
    place.hits = hits;
    if (depth === 0 || (depth < 4 && random.next() < 0.2)) return place.node;
    place.mode = `BRANCH_${MODES[whole(MODES.length)]}`;
    place.column = whole(COLUMNS);
    place.cut = VALUES[whole(VALUES.length)] ?? 0;
    place.missing = whole(2);
    const left = whole(hits);
    place.yes = grow(depth - 1, left);
    if (place.mode === "BRANCH_EQ" && random.next() < 0.5) {
      place.no = chain(place, { depth, hits: hits - left });
    } else {
      place.no = grow(depth - 1, hits - left);
    }
    return place.node;
  }
  /** Further values of a categorical split, which lead to the same node. */
  function chain(
    from: Place,
    { depth, hits }: { depth: number; hits: number },
  ): number {
    const next = add();
    Object.assign(next, {
      mode: "BRANCH_EQ",
      column: from.column,
      cut: whole(3),
      missing: from.missing,
      yes: from.yes,
      hits,
    });
    next.no = random.next() < 0.5
      ? chain(next, { depth, hits })
      : grow(depth - 1, hits);
    return next.node;
  }
  grow(4, 200);
  return places;
}
