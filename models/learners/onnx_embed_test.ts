/**
 * A model in a larger graph says there what it says alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import { type OnnxNode, writeOnnx } from "./onnx.ts";
import { embedOnnx } from "./onnx_embed.ts";

/** `score` = `factor` times the first column. */
function scaleFirst(columns: number, factor: number): Uint8Array {
  return writeOnnx({
    name: "scale",
    columns,
    constants: [
      { name: "factor", shape: [1, 1], floats: [factor] },
      { name: "first", shape: [1], places: [0] },
    ],
    nodes: [
      {
        ...step("Gather", ["features", "first"], "picked"),
        attributes: { axis: { int: 1 } },
      },
      step("Mul", ["picked", "factor"], "score"),
    ],
  });
}

function step(
  operator: string,
  inputs: readonly string[],
  output: string,
): OnnxNode {
  return { operator, domain: "", inputs, outputs: [output], attributes: {} };
}

async function run(model: Uint8Array, features: number[], columns: number) {
  const session = await ort.InferenceSession.create(model);
  const rows = features.length / columns;
  const tensor = new ort.Tensor(
    "float32",
    Float32Array.from(features),
    [rows, columns],
  );
  const { score } = await session.run({ features: tensor });
  await session.release();
  return [...score?.data as Float32Array];
}

Deno.test("embedOnnx() ties two models of the same names into one graph", async () => {
  const both = writeOnnx({
    name: "sum",
    columns: 2,
    constants: [],
    nodes: [
      embedOnnx(scaleFirst(2, 10), {
        prefix: "a_",
        input: "features",
        output: "tens",
      }),
      embedOnnx(scaleFirst(1, 2), {
        prefix: "b_",
        input: "tens",
        output: "doubled",
      }),
      step("Add", ["tens", "doubled"], "score"),
    ],
  });
  assert.deepEqual(await run(both, [1, 7, -3, 7], 2), [30, -90]);
});

Deno.test("embedOnnx() can be embedded again", async () => {
  const tie = (model: Uint8Array, prefix: string) =>
    writeOnnx({
      name: "again",
      columns: 1,
      constants: [],
      nodes: [
        embedOnnx(model, { prefix, input: "features", output: "score" }),
      ],
    });
  const twice = tie(tie(scaleFirst(1, 5), "in_"), "out_");
  assert.deepEqual(await run(twice, [2], 1), [10]);
});

Deno.test("embedOnnx() refuses what is no ONNX", () => {
  assert.throws(
    () =>
      embedOnnx(Uint8Array.of(0x0f, 1, 2), {
        prefix: "a_",
        input: "features",
        output: "score",
      }),
    RangeError,
  );
});
