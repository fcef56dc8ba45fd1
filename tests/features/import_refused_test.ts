/**
 * Models that were trained elsewhere and do not hold what is said of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EngineError } from "../../core/domain/error.ts";
import {
  bring,
  DECLARED,
  type Given,
  INPUTS,
  OUTPUT,
  PLAIN,
  SAMPLE,
} from "./foreign_models.ts";
import { wholeAttribute } from "./onnx_attributes.ts";
import { type BytesModel, onnxBytes } from "./onnx_bytes.ts";

/** Centres columns over the batch: a row's score depends on its company. */
const BATCHED: BytesModel = {
  ...PLAIN,
  nodes: [
    {
      ...{ operator: "ReduceMax", inputs: ["X"], outputs: ["most"] },
      more: [wholeAttribute("keepdims", 1)],
    },
    { operator: "Sub", inputs: ["X", "most"], outputs: ["centred"] },
    { operator: "MatMul", inputs: ["centred", "w"], outputs: ["odds"] },
    { operator: "Sigmoid", inputs: ["odds"], outputs: ["chance"] },
  ],
};

const NO_NODES = { ...PLAIN, nodes: [] };
const tooOld = [["", 6]] as const;

Deno.test.each<Given & { note: string; check: string; says: RegExp }>([
  {
    note: "is no ONNX",
    onnx: new TextEncoder().encode("<html>"),
    check: "onnx",
    says: /no ONNX model/,
  },
  {
    note: "is cut off",
    onnx: onnxBytes(PLAIN).slice(0, 60),
    check: "onnx",
    says: /no ONNX model|cut off/,
  },
  {
    note: "is too old",
    model: { ...PLAIN, opsets: tooOld },
    check: "opset",
    says: /version 6 .* export with 7/,
  },
  {
    note: "needs operators of a vendor",
    model: { ...PLAIN, opsets: [["com.vendor", 1]] },
    check: "opset",
    says: /com\.vendor/,
  },
  {
    note: "draws random numbers",
    model: {
      ...PLAIN,
      nodes: [{
        ...{ operator: "RandomNormalLike", inputs: ["X"], outputs: ["chance"] },
      }],
    },
    check: "operator",
    says: /RandomNormalLike.*random/,
  },
  {
    note: "loops",
    model: {
      ...NO_NODES,
      nodes: [{ operator: "Loop", inputs: [], outputs: ["chance"] }],
    },
    check: "operator",
    says: /without end/,
  },
  {
    note: "maps its chances",
    model: {
      ...NO_NODES,
      nodes: [{
        ...{ operator: "ZipMap", inputs: ["X"], outputs: ["chance"] },
        domain: "ai.onnx.ml",
      }],
    },
    check: "operator",
    says: /zipmap off/,
  },
  {
    note: "keeps values in another file",
    model: {
      ...PLAIN,
      constants: [{ name: "w", shape: [3, 1], floats: [], more: [[14, 1]] }],
    },
    check: "external_data",
    says: /another file/,
  },
  {
    note: "has no such input",
    declaration: { ...DECLARED, ports: { input: "Y" } },
    check: "ports",
    says: /no input "Y"/,
  },
  {
    note: "has no such output",
    declaration: { ...DECLARED, output: { ...OUTPUT, name: "label" } },
    check: "ports",
    says: /no output "label"/,
  },
  {
    note: "has no such number in its output",
    declaration: { ...DECLARED, output: { ...OUTPUT, column: 1 } },
    check: "runs",
    says: /no number 1/,
  },
  {
    note: "takes other columns",
    declaration: { ...DECLARED, inputs: INPUTS.slice(0, 1) },
    sample: [{ ["audience.age"]: 1 }, { ["audience.age"]: 2 }],
    check: "runs",
    says: /ports' names and types/,
  },
  {
    note: "tells chances above one",
    model: {
      ...PLAIN,
      nodes: [{ operator: "MatMul", inputs: ["X", "w"], outputs: ["chance"] }],
    },
    check: "range",
    says: /outside 0 to 1/,
  },
  {
    note: "tells no number",
    sample: [
      ...SAMPLE,
      { ["audience.age"]: 1, ["audience.zip"]: "city" },
    ],
    model: {
      ...PLAIN,
      nodes: [
        { operator: "MatMul", inputs: ["X", "w"], outputs: ["odds"] },
        { operator: "Sqrt", inputs: ["odds"], outputs: ["chance"] },
      ],
    },
    check: "finite",
    says: /row 1 scores NaN/,
  },
  {
    note: "looks at other rows",
    model: BATCHED,
    sample: SAMPLE.map(({ expected: _, ...row }) => row),
    check: "batch",
    says: /alone and among others/,
  },
  {
    note: "does not take what is missing",
    declaration: {
      ...DECLARED,
      inputs: [{ ...INPUTS[0], fill: null }, INPUTS[1]],
    },
    check: "missing",
    says: /audience\.age.*fill/,
  },
  {
    note: "scores otherwise than expected",
    sample: SAMPLE.map((row) => ({ ...row, expected: 0.5 })),
    check: "expected",
    says: /0\.5 was expected/,
  },
  {
    note: "is declared without an output",
    declaration: { inputs: INPUTS, ports: { input: "X" } },
    check: "schema",
    says: /output/,
  },
  {
    note: "reads a feature that no view has",
    declaration: {
      ...DECLARED,
      inputs: [{ ...INPUTS[0], name: "audience.income" }, INPUTS[1]],
    },
    check: "features",
    says: /audience\.income/,
  },
  {
    note: "comes with a sample of other columns",
    sample: SAMPLE.map((row) => ({ ...row, income: 1 })),
    check: "sample",
    says: /row 1 has "income"/,
  },
  {
    note: "comes with words for numbers",
    sample: SAMPLE.map((row) => ({ ...row, ["audience.age"]: "old" })),
    check: "sample",
    says: /row 1, audience\.age: "old"/,
  },
  {
    note: "weighs no actions where the use does",
    use: {
      ...{ kind: "action", valueMicros: 1n, currency: "EUR" },
      ...{ actions: ["mail", "none"], costMicros: {}, control: "none" },
    },
    check: "schema",
    says: /mail, none/,
  },
])("a model that $note is refused", async ({ check, says, ...given }) => {
  await assert.rejects(bring(given), (error: EngineError) => {
    assert.equal(error.code, "model_invalid");
    assert.equal(error.facts.check, check, error.message);
    assert.match(error.message, says);
    return true;
  });
});
