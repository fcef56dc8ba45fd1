/**
 * Writes ONNX models: the few protobuf messages that a served model needs, without
 * any dependency. The same graph always gives the same bytes.
 *
 * Every graph reads `features`, float[N, columns], and writes `score`, float[N, 1].
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 * @module
 */

/** Value of a node's attribute. */
export type Attribute =
  | { readonly int: number }
  | { readonly text: string }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly texts: readonly string[] };

/** One operation of a graph. */
export interface OnnxNode {
  readonly operator: string;
  /** Empty for the standard operators. */
  readonly domain: "" | "ai.onnx.ml";
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant tensor: floats, or whole numbers such as places. */
export type OnnxConstant =
  & { readonly name: string; readonly shape: readonly number[] }
  & (
    | { readonly floats: ArrayLike<number> }
    | { readonly places: readonly number[] }
  );

/** Nodes and constants of another graph, as they are written; made by `embedOnnx`. */
export interface EncodedGraph {
  readonly nodes: readonly Uint8Array[];
  readonly constants: readonly Uint8Array[];
}

/** A graph from `features` to `score`. */
export interface OnnxGraph {
  readonly name: string;
  /** Columns of `features`. */
  readonly columns: number;
  /** In an order in which each reads what those before it wrote. */
  readonly nodes: readonly (OnnxNode | EncodedGraph)[];
  readonly constants: readonly OnnxConstant[];
}

type Bytes = readonly Uint8Array[];

const FLOAT = 1;
const INT64 = 7;
const text = new TextEncoder();

/**
 * Writes a model.
 *
 * @param graph The graph.
 * @returns ONNX bytes: IR 8, opset 17, ai.onnx.ml 3.
 */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  return join([
    ...whole(1, 8),
    ...words(2, "marketing-optimization-engine"),
    ...message(7, [
      ...graph.nodes.flatMap((node) =>
        "nodes" in node
          ? node.nodes.flatMap((one) => bytes(1, one))
          : message(1, writeNode(node))
      ),
      ...words(2, graph.name),
      ...graph.constants.flatMap((tensor) => message(5, writeTensor(tensor))),
      ...graph.nodes.flatMap((node) =>
        "nodes" in node ? node.constants.flatMap((one) => bytes(5, one)) : []
      ),
      ...message(11, writePort("features", graph.columns)),
      ...message(12, writePort("score", 1)),
    ]),
    ...message(8, [...words(1, ""), ...whole(2, 17)]),
    ...message(8, [...words(1, "ai.onnx.ml"), ...whole(2, 3)]),
  ]);
}

function writeNode(node: OnnxNode): Bytes {
  return [
    ...node.inputs.flatMap((name) => words(1, name)),
    ...node.outputs.flatMap((name) => words(2, name)),
    ...words(4, node.operator),
    ...Object.entries(node.attributes).flatMap(([name, value]) =>
      message(5, [...words(1, name), ...writeAttribute(value)])
    ),
    ...words(7, node.domain),
  ];
}

function writeAttribute(value: Attribute): Bytes {
  if ("int" in value) return [...whole(3, value.int), ...whole(20, 2)];
  if ("text" in value) return [...words(4, value.text), ...whole(20, 3)];
  if ("floats" in value) {
    return [...bytes(7, floatBytes(value.floats)), ...whole(20, 6)];
  }
  if ("ints" in value) {
    const packed = join(Array.from(value.ints, varint));
    return [...bytes(8, packed), ...whole(20, 7)];
  }
  return [...value.texts.flatMap((word) => words(9, word)), ...whole(20, 8)];
}

function writeTensor(tensor: OnnxConstant): Bytes {
  const areFloats = "floats" in tensor;
  return [
    ...bytes(1, join(tensor.shape.map(varint))),
    ...whole(2, areFloats ? FLOAT : INT64),
    ...words(8, tensor.name),
    ...bytes(
      9,
      areFloats ? floatBytes(tensor.floats) : placeBytes(tensor.places),
    ),
  ];
}

/** A float input or output of shape [N, width]. */
function writePort(name: string, width: number): Bytes {
  const shape = [
    ...message(1, words(2, "N")),
    ...message(1, whole(1, width)),
  ];
  const tensor = [...whole(1, FLOAT), ...message(2, shape)];
  return [...words(1, name), ...message(2, message(1, tensor))];
}

function floatBytes(floats: ArrayLike<number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * floats.length));
  for (let i = 0; i < floats.length; i++) {
    view.setFloat32(4 * i, floats[i] as number, true);
  }
  return new Uint8Array(view.buffer);
}

function placeBytes(places: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * places.length));
  places.forEach((place, i) => view.setBigInt64(8 * i, BigInt(place), true));
  return new Uint8Array(view.buffer);
}

function whole(field: number, value: number): Bytes {
  return [varint(field << 3), varint(value)];
}

/**
 * Writes a text field.
 *
 * @param field Its number.
 * @param value The text.
 * @returns Its bytes.
 */
export function words(field: number, value: string): Bytes {
  return bytes(field, text.encode(value));
}

function message(field: number, parts: Bytes): Bytes {
  return bytes(field, join(parts));
}

function bytes(field: number, content: Uint8Array): Bytes {
  return [varint(field << 3 | 2), varint(content.length), content];
}

/** Base-128 varint of a whole number from 0 to 2^53 - 1. */
function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 128) {
    out.push(rest % 128 + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Uint8Array.from(out);
}

/**
 * Joins bytes.
 *
 * @param parts In order.
 * @returns One array.
 */
export function join(parts: Bytes): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
