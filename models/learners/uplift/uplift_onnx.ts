/**
 * An uplift model as ONNX: expected outcome of a row under the action that its
 * indicators name. It is that under control plus what the action adds; no indicator
 * set is control.
 *
 * @module
 */
import {
  type EncodedGraph,
  type OnnxConstant,
  type OnnxNode,
  writeOnnx,
} from "../onnx.ts";
import { embedOnnx } from "../onnx_embed.ts";
import type { EffectModel, Term } from "./effect_model.ts";
import type { Regressor } from "./regressor.ts";

/** Where the served row holds what. */
export interface UpliftLayout {
  /** Columns of the served row. */
  readonly columns: number;
  /** Places of the columns that the model was fitted to, in their order. */
  readonly places: readonly number[];
  /** Place of each arm's indicator, shape [arms]. */
  readonly indicators: readonly number[];
}

/**
 * Writes the model.
 *
 * @param model The model.
 * @param layout Where the served row holds what.
 * @returns ONNX bytes, `features` to `score`.
 */
export function upliftOnnx(
  model: EffectModel,
  layout: UpliftLayout,
): Uint8Array {
  const graph = createGraph();
  graph.places("places", layout.places);
  graph.step("Gather", ["features", "places"], "columns");
  const views = viewArms(graph, model);
  const sum = createSums(graph, views);
  let score = sum(model.control, "control");
  model.effects.forEach((terms, before) => {
    const [place, taken, added, next] = ["place", "taken", "added", "with"]
      .map((word) => `${word}_${before + 1}`) as [
        string,
        string,
        string,
        string,
      ];
    const effect = sum(terms, `effect_${before + 1}`);
    graph.places(place, [layout.indicators[before] as number]);
    graph.step("Gather", ["features", place], taken);
    graph.step("Mul", [effect, taken], added);
    graph.step("Add", [score, added], next);
    score = next;
  });
  if (model.kind === "chance") {
    graph.floats("lowest", [], [0]);
    graph.floats("highest", [], [1]);
    graph.step("Clip", [score, "lowest", "highest"], "score");
  } else graph.step("Identity", [score], "score");
  return writeOnnx({
    name: "uplift",
    columns: layout.columns,
    nodes: graph.nodes,
    constants: graph.constants,
  });
}

/** Operators that work along axis 1, the columns. */
const COLUMNWISE = new Set(["Gather", "Concat"]);

type Graph = ReturnType<typeof createGraph>;

function createGraph() {
  const nodes: (OnnxNode | EncodedGraph)[] = [];
  const constants: OnnxConstant[] = [];
  return {
    nodes,
    constants,
    step(
      operator: string,
      inputs: readonly string[],
      output: string,
    ) {
      const attributes = COLUMNWISE.has(operator) ? { axis: { int: 1 } } : {};
      const outputs = [output];
      nodes.push({ operator, domain: "", inputs, outputs, attributes });
    },
    floats(name: string, shape: readonly number[], floats: readonly number[]) {
      constants.push({ name, shape, floats });
    },
    places(name: string, places: readonly number[]) {
      constants.push({ name, shape: [places.length], places });
    },
  };
}

/** Names of the rows as each arm; made for models of all arms at once, and only then. */
function viewArms(graph: Graph, model: EffectModel): (arm: number) => string {
  const made = new Set<string>();
  const arms = model.effects.length;
  return (arm) => {
    const name = `as_arm_${arm}`;
    if (made.has(name)) return name;
    made.add(name);
    const parts = ["columns"];
    for (let other = 1; other <= arms; other++) {
      const isIn = other === arm;
      parts.push(
        constantColumns(graph, `${name}_is_${other}`, {
          width: 1,
          value: isIn ? 1 : 0,
        }),
        isIn ? "columns" : constantColumns(graph, `${name}_not_${other}`, {
          width: model.columns,
          value: 0,
        }),
      );
    }
    graph.step("Concat", parts, name);
    return name;
  };
}

/** Columns of one value, as many rows as `columns` has: none of it, padded. */
function constantColumns(
  graph: Graph,
  name: string,
  { width, value }: { width: number; value: number },
): string {
  const [none, empty, pads, filler] = ["none", "empty", "pads", "filler"]
    .map((word) => `${name}_${word}`) as [string, string, string, string];
  graph.places(none, []);
  graph.step("Gather", ["columns", none], empty);
  graph.places(pads, [0, 0, 0, width]);
  graph.floats(filler, [], [value]);
  graph.step("Pad", [empty, pads, filler], name);
  return name;
}

/** Adds terms up, each regressor standing in the graph once for each view. */
function createSums(graph: Graph, viewAs: (arm: number) => string) {
  const known = new Map<Regressor, Map<number | null, string>>();
  let made = 0;
  function say({ regressor, seenAs }: Term): string {
    const views = known.get(regressor) ?? new Map<number | null, string>();
    known.set(regressor, views);
    const before = views.get(seenAs);
    if (before !== undefined) return before;
    const output = `said_${made}`;
    const input = seenAs === null ? "columns" : viewAs(seenAs);
    const tie = { prefix: `part_${made++}_`, input, output };
    graph.nodes.push(embedOnnx(regressor.onnx(), tie));
    views.set(seenAs, output);
    return output;
  }
  return (terms: readonly Term[], name: string): string => {
    const parts = terms.map((term, at) => {
      const [factor, part] = [`${name}_factor_${at}`, `${name}_part_${at}`];
      const said = say(term);
      graph.floats(factor, [], [term.factor]);
      graph.step("Mul", [said, factor], part);
      return part;
    });
    graph.step("Sum", parts, name);
    return name;
  };
}
