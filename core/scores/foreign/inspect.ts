/**
 * What stands in ONNX bytes that were brought, before anything of them is run: which
 * operators in which versions, and that nothing lies outside of the bytes.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 * @module
 */
import { MOST_FOREIGN_BYTES } from "../../domain/model_ports.ts";
import { type Field, readFields } from "../../trees/onnx_graph.ts";
import { foreignRefused } from "./refusal.ts";

const MOST_NODES = 20_000;

/** Versions of the operator sets, by domain. */
const OPSETS: Readonly<Record<string, readonly [number, number]>> = {
  "": [7, 24],
  "ai.onnx": [7, 24],
  "ai.onnx.ml": [1, 5],
};

/** Why an operator is not served. */
const REFUSED: Readonly<Record<string, string>> = {
  ...named("it may run without end", ["If", "Loop", "Scan"]),
  ...named("it draws random numbers", [
    ...["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike"],
    ...["RandomUniform", "RandomUniformLike", "Dropout"],
  ]),
  ...named("it tells no tensor; export with zipmap off", ["ZipMap"]),
  ...named("it reads or tells no numbers", [
    ...["SequenceConstruct", "SequenceEmpty", "SequenceInsert", "Optional"],
    ...["SplitToSequence", "SequenceMap", "StringNormalizer", "StringConcat"],
    ...["StringSplit", "TfIdfVectorizer", "RegexFullMatch", "DictVectorizer"],
    ...["CastMap", "ImageDecoder"],
  ]),
};

function named(why: string, operators: readonly string[]) {
  return Object.fromEntries(operators.map((operator) => [operator, why]));
}

/**
 * Checks bytes.
 *
 * @throws {EngineError} `model_invalid` if they are no ONNX model, or one that is not
 * served; `facts.check` says which of `size`, `onnx`, `opset`, `operator` and
 * `external_data`.
 */
export function inspectOnnx(onnx: Uint8Array): void {
  if (onnx.length > MOST_FOREIGN_BYTES) {
    throw foreignRefused(
      "size",
      `it has ${onnx.length} bytes, ${MOST_FOREIGN_BYTES} at most`,
    );
  }
  const model = readMessage(onnx);
  const graphs = messagesOf(model, [7]);
  if (graphs.length !== 1) {
    throw foreignRefused("onnx", "the file is no ONNX model");
  }
  checkOpsets(messagesOf(model, [8]));
  if (messagesOf(model, [25]).length > 0) {
    throw foreignRefused("operator", "it defines functions of its own");
  }
  const nodes = graphs.flatMap((graph) => messagesOf(graph, [1]));
  if (nodes.length > MOST_NODES) {
    throw foreignRefused("size", `it has more than ${MOST_NODES} operators`);
  }
  nodes.forEach(checkNode);
  for (const graph of graphs) {
    checkTensors([
      ...messagesOf(graph, [5]),
      ...messagesOf(graph, [15]).flatMap((sparse) =>
        messagesOf(sparse, [1, 2])
      ),
    ]);
  }
}

function checkOpsets(imports: readonly Field[][]): void {
  for (const opset of imports) {
    const domain = textOf(opset, 1);
    const version = opset.findLast(({ field }) => field === 2)?.number ?? 0;
    const range = OPSETS[domain];
    if (range === undefined) {
      throw foreignRefused("opset", `operators of "${domain}" are not served`);
    }
    const [least, most] = range;
    if (version < least || version > most) {
      throw foreignRefused(
        "opset",
        `version ${version} of "${
          domain || "ai.onnx"
        }"; export with ${least} to ${most}`,
      );
    }
  }
}

function checkNode(node: readonly Field[]): void {
  const operator = textOf(node, 4);
  const domain = textOf(node, 7);
  if (!Object.hasOwn(OPSETS, domain)) {
    throw foreignRefused(
      "operator",
      `"${operator}" of "${domain}" is not served`,
    );
  }
  const attributes = messagesOf(node, [5]);
  const why = Object.hasOwn(REFUSED, operator)
    ? REFUSED[operator]
    : attributes.some((one) => messagesOf(one, [6, 11]).length > 0)
    ? "it holds a graph of its own"
    : null;
  if (why !== null) {
    throw foreignRefused("operator", `"${operator}" is not served: ${why}`);
  }
  checkTensors(
    attributes.flatMap((one) => [
      ...messagesOf(one, [5, 10]),
      ...messagesOf(one, [22, 23]).flatMap((sparse) =>
        messagesOf(sparse, [1, 2])
      ),
    ]),
  );
}

/** Values outside of the file have a location, field 14, or a place, field 13. */
function checkTensors(tensors: readonly Field[][]): void {
  const outside = tensors.some((tensor) =>
    tensor.some(({ field, number }) =>
      field === 13 || field === 14 && number !== 0
    )
  );
  if (outside) {
    throw foreignRefused(
      "external_data",
      "its values lie in another file; save it as one file",
    );
  }
}

function readMessage(bytes: Uint8Array): Field[] {
  try {
    return readFields(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw foreignRefused(
      "onnx",
      "the file is no ONNX model, or cut off",
      cause,
    );
  }
}

function messagesOf(
  message: readonly Field[],
  wanted: readonly number[],
): Field[][] {
  return message.flatMap(({ field, bytes }) =>
    wanted.includes(field) && bytes !== null ? [readMessage(bytes)] : []
  );
}

const words = new TextDecoder();

function textOf(message: readonly Field[], wanted: number): string {
  const bytes = message.findLast(({ field }) => field === wanted)?.bytes;
  return bytes ? words.decode(bytes) : "";
}
