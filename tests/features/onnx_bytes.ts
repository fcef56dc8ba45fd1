/**
 * ONNX as others write it: any names, types and versions, sound or not.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 * @module
 */
/** A field of a message: its number and what it holds. */
export type Field = readonly [
  number,
  number | string | Uint8Array | readonly Field[],
];

/** Types of elements. */
export const TYPES = { float32: 1, int32: 6, int64: 7, float64: 11 } as const;

/** A port: name, type, and its width, or null for shape [N]. */
export interface BytesPort {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  readonly width: number | null;
}

/** An operator. */
export interface BytesNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  /** More fields of the node, such as attributes. */
  readonly more?: readonly Field[];
}

/** A model. */
export interface BytesModel {
  readonly inputs: readonly BytesPort[];
  readonly outputs: readonly BytesPort[];
  readonly nodes: readonly BytesNode[];
  /** Constants: float32 tensors. */
  readonly constants?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly floats: readonly number[];
    readonly more?: readonly Field[];
  }[];
  readonly opsets?: readonly (readonly [domain: string, version: number])[];
}

/** Writes a model. */
export function onnxBytes(model: BytesModel): Uint8Array<ArrayBuffer> {
  const { opsets = [["", 17], ["ai.onnx.ml", 3]] } = model;
  return encode([
    [1, 8],
    [7, [
      ...model.nodes.map((node): Field => [1, nodeFields(node)]),
      [2, "graph"],
      ...(model.constants ?? []).map(({ name, shape, floats, more = [] }) =>
        [5, [
          ...shape.map((length): Field => [1, length]),
          [2, TYPES.float32],
          [8, name],
          [9, new Uint8Array(Float32Array.from(floats).buffer)],
          ...more,
        ]] as const
      ),
      ...model.inputs.map((port): Field => [11, portFields(port)]),
      ...model.outputs.map((port): Field => [12, portFields(port)]),
    ]],
    ...opsets.map((
      [domain, version],
    ): Field => [8, [[1, domain], [2, version]]]),
  ]);
}

/** Whole numbers one behind the other, as a field of bytes has them. */
export function wholes(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [...varint(value)]));
}

function nodeFields(node: BytesNode): readonly Field[] {
  return [
    ...node.inputs.map((name): Field => [1, name]),
    ...node.outputs.map((name): Field => [2, name]),
    [4, node.operator],
    ...node.more ?? [],
    [7, node.domain ?? ""],
  ];
}

function portFields({ name, type, width }: BytesPort): readonly Field[] {
  const dimensions: Field[] = [[1, [[2, "N"]]]];
  if (width !== null) dimensions.push([1, [[1, width]]]);
  return [[1, name], [2, [[1, [[1, TYPES[type]], [2, dimensions]]]]]];
}

function encode(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const parts = fields.flatMap(([field, value]): Uint8Array[] => {
    if (typeof value === "number") {
      return [varint(field * 8), varint(value)];
    }
    const content = typeof value === "string"
      ? new TextEncoder().encode(value)
      : value instanceof Uint8Array
      ? value
      : encode(value);
    return [varint(field * 8 + 2), varint(content.length), content];
  });
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return all;
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push(rest % 128 + 128);
  return Uint8Array.from([...out, rest]);
}
