/**
 * Reads the graph out of ONNX bytes: operations with their attributes, constants,
 * and what goes in and out. Bytes may come from anywhere: what is no ONNX, or is
 * cut off, is null, and reading takes time and memory in proportion to the bytes.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 * @see https://protobuf.dev/programming-guides/encoding/
 * @module
 */

/** Values of an attribute; those that it does not have are empty. */
export interface GraphAttribute {
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
}

/** One operation. */
export interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, GraphAttribute>;
}

/** A graph of operations. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Values of float and whole-number tensors, by name, flattened. */
  readonly constants: ReadonlyMap<string, Float64Array>;
  /** Names of what goes in, constants left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Reads a graph.
 *
 * @param onnx Bytes.
 * @returns The graph, or null if the bytes hold none.
 */
export function readGraph(onnx: Uint8Array): Graph | null {
  try {
    const graph = readFields(onnx).find(({ field }) => field === 7);
    return graph?.bytes ? toGraph(readFields(graph.bytes)) : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A field of a message: a number, or bytes. */
export interface Field {
  readonly field: number;
  readonly number: number;
  readonly bytes: Uint8Array | null;
}

const words = new TextDecoder();

/**
 * Reads the fields of a protobuf message.
 *
 * @param message Its bytes.
 * @returns The fields in order.
 * @throws {RangeError} If the bytes are no message.
 */
export function readFields(message: Uint8Array): Field[] {
  const view = new DataView(
    message.buffer,
    message.byteOffset,
    message.byteLength,
  );
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    const [number, next] = readVarint(message, at);
    at = next;
    return number;
  };
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    let number = 0;
    let bytes: Uint8Array | null = null;
    if (tag % 8 === 0) number = varint();
    else if (tag % 8 === 1) number = view.getFloat64(at, true);
    else if (tag % 8 === 5) number = view.getFloat32(at, true);
    else if (tag % 8 !== 2) throw new RangeError("no such wire type");
    if (tag % 8 === 1) at += 8;
    if (tag % 8 === 5) at += 4;
    if (tag % 8 === 2) {
      const length = varint();
      if (length > message.length - at) throw new RangeError("cut off");
      bytes = message.subarray(at, at + length);
      at += length;
    }
    fields.push({ field, number, bytes });
  }
  return fields;
}

/** A varint as a signed whole number, and where it ends. */
function readVarint(message: Uint8Array, from: number): [number, number] {
  let value = 0;
  let factor = 1;
  for (let at = from; at < from + 10; at++) {
    const byte = message[at];
    if (byte === undefined) throw new RangeError("cut off");
    value += (byte % 128) * factor;
    factor *= 128;
    if (byte >= 128) continue;
    const isLong = at - from === 9;
    return [isLong ? readLong(message.subarray(from, at + 1)) : value, at + 1];
  }
  throw new RangeError("a number is too long");
}

/** A varint of ten bytes, as negative numbers have them. */
function readLong(bytes: Uint8Array): number {
  const value = bytes.reduce(
    (sum, byte, place) => sum + (BigInt(byte % 128) << BigInt(7 * place)),
    0n,
  );
  return Number(BigInt.asIntN(64, value));
}

function toGraph(fields: readonly Field[]): Graph {
  const messages = (wanted: number) =>
    fields.flatMap(({ field, bytes }) =>
      field === wanted && bytes ? [readFields(bytes)] : []
    );
  const constants = new Map(
    messages(5).map((tensor) => [textOf(tensor, 8), tensorValues(tensor)]),
  );
  return {
    nodes: messages(1).map(toNode),
    constants,
    inputs: messages(11).map((port) => textOf(port, 1))
      .filter((name) => !constants.has(name)),
    outputs: messages(12).map((port) => textOf(port, 1)),
  };
}

function toNode(fields: readonly Field[]): GraphNode {
  return {
    operator: textOf(fields, 4),
    inputs: textsOf(fields, 1),
    outputs: textsOf(fields, 2),
    attributes: new Map(
      fields.flatMap(({ field, bytes }) => {
        if (field !== 5 || !bytes) return [];
        const attribute = readFields(bytes);
        return [[textOf(attribute, 1), toAttribute(attribute)]];
      }),
    ),
  };
}

/** Floats are fields 2 and 7, whole numbers 3 and 8, texts 4 and 9, a tensor 5. */
function toAttribute(fields: readonly Field[]): GraphAttribute {
  const tensor = fields.find(({ field }) => field === 5)?.bytes;
  const floats = numbersOf(fields, [2, 7], readFloats);
  return {
    numbers: tensor
      ? tensorValues(readFields(tensor))
      : floats.length > 0
      ? floats
      : numbersOf(fields, [3, 8], readWhole),
    texts: [...textsOf(fields, 4), ...textsOf(fields, 9)],
  };
}

/** Numbers of repeated fields, packed or one by one. */
function numbersOf(
  fields: readonly Field[],
  wanted: readonly number[],
  unpack: (bytes: Uint8Array) => Iterable<number>,
): Float64Array {
  const numbers: number[] = [];
  for (const { field, bytes, number } of fields) {
    if (!wanted.includes(field)) continue;
    if (bytes === null) numbers.push(number);
    else for (const one of unpack(bytes)) numbers.push(one);
  }
  return Float64Array.from(numbers);
}

const FLOAT = 1;
const INT64 = 7;
const DOUBLE = 11;

/** Values of a tensor of floats, doubles or 64-bit whole numbers; else none. */
function tensorValues(fields: readonly Field[]): Float64Array {
  const kind = fields.find(({ field }) => field === 2)?.number;
  const raw = fields.find(({ field }) => field === 9)?.bytes;
  switch (kind) {
    case FLOAT:
      return raw ? readFloats(raw) : numbersOf(fields, [4], readFloats);
    case DOUBLE:
      return raw ? readDoubles(raw) : numbersOf(fields, [10], readDoubles);
    case INT64:
      return raw ? readLongs(raw) : numbersOf(fields, [7], readWhole);
    default:
      return new Float64Array();
  }
}

function readFloats(bytes: Uint8Array): Float64Array {
  return unpack(bytes, 4, (view, at) => view.getFloat32(at, true));
}

function readDoubles(bytes: Uint8Array): Float64Array {
  return unpack(bytes, 8, (view, at) => view.getFloat64(at, true));
}

function readLongs(bytes: Uint8Array): Float64Array {
  return unpack(bytes, 8, (view, at) => Number(view.getBigInt64(at, true)));
}

function unpack(
  bytes: Uint8Array,
  size: number,
  read: (view: DataView, at: number) => number,
): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from(
    { length: Math.floor(bytes.length / size) },
    (_, place) => read(view, place * size),
  );
}

function* readWhole(bytes: Uint8Array): Iterable<number> {
  for (let at = 0; at < bytes.length;) {
    const [number, next] = readVarint(bytes, at);
    yield number;
    at = next;
  }
}

function textOf(fields: readonly Field[], wanted: number): string {
  return textsOf(fields, wanted)[0] ?? "";
}

function textsOf(fields: readonly Field[], wanted: number): string[] {
  return fields.flatMap(({ field, bytes }) =>
    field === wanted && bytes ? [words.decode(bytes)] : []
  );
}
