/**
 * A written model as a part of a larger graph: its names get a prefix, its input
 * and output are tied to tensors of the graph around it. So each learner writes its
 * own ONNX, and a model made of several needs to know nothing of how.
 *
 * @module
 */
import { type EncodedGraph, join, words } from "./onnx.ts";

/** How a model is tied in. */
export interface Tie {
  /** Put before all its own names; different for each part of a graph. */
  readonly prefix: string;
  /** Tensor that it reads in place of `features`. */
  readonly input: string;
  /** Tensor that it writes in place of `score`. */
  readonly output: string;
}

const GRAPH = 7;
const NODE = 1;
const CONSTANT = 5;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const CONSTANT_NAME = 8;

/**
 * Ties a model into a graph.
 *
 * @param model ONNX bytes as `writeOnnx` wrote them.
 * @param tie Names.
 * @returns What stands in the graph's nodes.
 */
export function embedOnnx(model: Uint8Array, tie: Tie): EncodedGraph {
  const graph = readFields(model).find(({ field }) => field === GRAPH);
  const fields = readFields(graph?.content ?? new Uint8Array());
  const renamed = (kind: number, names: readonly number[]) =>
    fields.filter(({ field }) => field === kind)
      .map(({ content }) => rename(content, names, tie));
  return {
    nodes: renamed(NODE, [NODE_INPUT, NODE_OUTPUT]),
    constants: renamed(CONSTANT, [CONSTANT_NAME]),
  };
}

function rename(
  message: Uint8Array,
  names: readonly number[],
  { prefix, input, output }: Tie,
): Uint8Array {
  const text = new TextDecoder();
  const name = (old: string) => {
    if (old === "features") return input;
    if (old === "score") return output;
    return old === "" ? "" : prefix + old;
  };
  return join(
    readFields(message).flatMap(({ field, content, whole }) =>
      names.includes(field) ? words(field, name(text.decode(content))) : [whole]
    ),
  );
}

interface Field {
  readonly field: number;
  /** What it holds, without its tag and length. */
  readonly content: Uint8Array;
  /** The field as written. */
  readonly whole: Uint8Array;
}

/** Fields of a protobuf message. */
function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let from = 0; from < message.length;) {
    const tag = readVarint(message, from);
    const { at, length } = lengthOf(message, tag.value % 8, tag.until);
    const until = at + length;
    fields.push({
      field: Math.floor(tag.value / 8),
      content: message.subarray(at, until),
      whole: message.subarray(from, until),
    });
    from = until;
  }
  return fields;
}

/** Where a value begins and how long it is, by its wire type. */
function lengthOf(
  message: Uint8Array,
  wire: number,
  at: number,
): { at: number; length: number } {
  switch (wire) {
    case 0:
      return { at, length: readVarint(message, at).until - at };
    case 1:
      return { at, length: 8 };
    case 2: {
      const { value, until } = readVarint(message, at);
      return { at: until, length: value };
    }
    case 5:
      return { at, length: 4 };
    default:
      throw new RangeError(`Cannot read field at byte "${at}": no ONNX field`);
  }
}

function readVarint(
  message: Uint8Array,
  from: number,
): { value: number; until: number } {
  let value = 0;
  let factor = 1;
  for (let at = from;; at++) {
    const byte = message[at] ?? 0;
    value += (byte % 128) * factor;
    factor *= 128;
    if (byte < 128) return { value, until: at + 1 };
  }
}
