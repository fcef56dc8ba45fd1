/**
 * Reads a linear model out of ONNX bytes, as the learners here write it: Sub, Mul,
 * MatMul, Add, and Sigmoid or Exp.
 *
 * @module
 */
import { type Graph, type GraphNode, readGraph } from "./onnx_graph.ts";

/** score = link(intercept + Σ weight · (x - centre)). */
export interface FlatLinear {
  readonly intercept: number;
  /** Per unit of the column, shape [columns]. */
  readonly weights: Float64Array;
  /** Mean of each column in training, shape [columns]. */
  readonly centres: Float64Array;
  readonly link: { readonly kind: "identity" | "sigmoid" | "exp" };
}

/** A linear model step by step, as the graph takes them: all in float32. */
export interface LinearSteps
  extends Pick<FlatLinear, "intercept" | "centres" | "link"> {
  /** What a centred column is multiplied by first, shape [columns]. */
  readonly scales: Float64Array;
  /** Per scaled unit, shape [columns]. */
  readonly weights: Float64Array;
}

const LINKS: ReadonlyMap<string, FlatLinear["link"]["kind"]> = new Map([
  ["Sigmoid", "sigmoid"],
  ["Exp", "exp"],
]);

/**
 * Reads a linear model.
 *
 * @param onnx Bytes of a model, from anywhere.
 * @returns The model, or null if the graph is something else.
 */
export function readLinear(onnx: Uint8Array): FlatLinear | null {
  const steps = readLinearSteps(onnx);
  if (steps === null) return null;
  const { scales, ...flat } = steps;
  const weights = flat.weights.map((weight, at) =>
    weight * (scales[at] as number)
  );
  return { ...flat, weights };
}

/**
 * Reads a linear model's steps.
 *
 * @param onnx Bytes of a model, from anywhere.
 * @returns The steps, or null if the graph is something else.
 */
export function readLinearSteps(onnx: Uint8Array): LinearSteps | null {
  const graph = readGraph(onnx);
  return graph && graphSteps(graph);
}

function graphSteps(graph: Graph): LinearSteps | null {
  const writer = (name: string | undefined) =>
    graph.nodes.find(({ outputs }) => outputs[0] === name);
  const constant = (node: GraphNode | undefined) =>
    graph.constants.get(node?.inputs[1] ?? "");
  const last = writer("score");
  const kind = LINKS.get(last?.operator ?? "") ?? "identity";
  const add = kind === "identity" ? last : writer(last?.inputs[0]);
  const multiply = writer(add?.inputs[0]);
  const scale = writer(multiply?.inputs[0]);
  const centre = writer(scale?.inputs[0]);
  const chain = [centre, scale, multiply, add];
  const isLinear = chain.map((node) => node?.operator).join() ===
      "Sub,Mul,MatMul,Add" && centre?.inputs[0] === graph.inputs[0];
  const [centres, scales, weights, intercept] = chain.map(constant);
  if (!isLinear || !centres || !scales || !weights || !intercept) return null;
  const width = weights.length;
  const isWhole = centres.length === width && scales.length === width &&
    intercept.length === 1;
  return isWhole
    ? {
      intercept: intercept[0] as number,
      ...{ scales, weights, centres },
      link: { kind },
    }
    : null;
}
