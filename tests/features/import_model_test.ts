/**
 * Models that were trained elsewhere: taken as they are, and fed as is said of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { importModel } from "../../core/scores/foreign/import_model.ts";
import { createScores } from "../../core/scores/scores.ts";
import { migrate } from "../../core/store/migrate.ts";
import { createModelRegistry } from "../../core/store/model_registry.ts";
import { openPglite } from "../../core/store/pglite.ts";
import {
  AT,
  bring,
  chance,
  DECLARED,
  PLAIN,
  SAMPLE,
  USE,
  VIEWS,
} from "./foreign_models.ts";
import { wholeAttribute } from "./onnx_attributes.ts";
import { type BytesModel, onnxBytes } from "./onnx_bytes.ts";

Deno.test("a foreign model is registered pending, and scores as its trainer says once approved", async () => {
  const sql = await openPglite({ folder: null });
  try {
    await migrate(sql);
    const models = createModelRegistry(sql);
    const onnx = onnxBytes(PLAIN);
    const record = await importModel({ models, views: VIEWS, code: "1" }, {
      ...{ tenant: "acme", name: "lookalike", by: "ann", at: AT },
      ...{ onnx, declaration: DECLARED, sample: SAMPLE, use: USE },
    });
    assert.equal(record.status, "pending");
    assert.equal(record.family, "imported");
    assert.deepEqual(record.lineage.views, ["audience@4"]);
    assert.deepEqual(await models.artifact("acme", record), onnx);
    const judged = { at: AT, approve: true };
    await assert.rejects(
      models.review("acme", record, { ...judged, by: "ann" }),
      { code: "approval_invalid" },
    );
    await models.review("acme", record, { ...judged, by: "bob" });
    const scores = createScores({ models, clock: { now: () => AT } });
    const { champion } = await scores.champion("acme", "lookalike");
    const rows = Array.from({ length: 40 }, (_, age) => ({
      values: [age, age % 2 === 0 ? "city" : null],
      action: null,
    }));
    const said = await champion.score(rows);
    rows.forEach(({ values: [age, zip] }, place) => {
      const far = (said[place] ?? NaN) - chance(Number(age), String(zip));
      assert.ok(Math.abs(far) < 1e-6);
    });
    await scores.close();
  } finally {
    await sql.close();
  }
});

const ONE_EACH: BytesModel = {
  inputs: [
    { name: "age", type: "int64", width: 1 },
    { name: "zip", type: "float64", width: 1 },
  ],
  outputs: [{ name: "both", type: "float32", width: 2 }],
  nodes: [
    ...["age", "zip"].map((name) => ({
      operator: "Cast",
      ...{ inputs: [name], outputs: [`${name}_f`] },
      more: [wholeAttribute("to", 1)],
    })),
    {
      operator: "Concat",
      ...{ inputs: ["age_f", "zip_f"], outputs: ["both"] },
      more: [wholeAttribute("axis", 1)],
    },
  ],
};

const CODED = [
  { name: "request.age", kind: "number", fill: 7 },
  { name: "request.zip", kind: "category", vocabulary: ["city", "land"] },
];

Deno.test.each([
  { note: "the second number", column: 1, of: (_: number, zip: number) => zip },
  { note: "the first number", column: 0, of: (age: number) => age },
])("one input for each column, and $note as the score", async (given) => {
  const record = await bring({
    model: ONE_EACH,
    declaration: {
      inputs: [
        CODED[0],
        { ...CODED[0], name: "request.zip", fill: 0.5 },
      ],
      ports: {
        inputs: [
          { name: "age", type: "int64" },
          { name: "zip", type: "float64" },
        ],
      },
      output: { name: "both", column: given.column, unit: "points" },
    },
    sample: [[1, 0.25], [2, 8], [3, 1]].map(([age = 0, zip = 0]) => ({
      ...{ ["request.age"]: age, ["request.zip"]: String(zip) },
      expected: given.of(age, zip),
    })),
  });
  assert.equal(record.metrics.sample_worst_gap, 0);
  assert.deepEqual(record.lineage.views, []);
});

Deno.test("a whole-number label and a flat input are read", async () => {
  const record = await bring({
    model: {
      inputs: [{ name: "age", type: "float32", width: null }],
      outputs: [{ name: "label", type: "int64", width: null }],
      nodes: [{
        ...{ operator: "Cast", inputs: ["age"], outputs: ["label"] },
        more: [wholeAttribute("to", 7)],
      }],
    },
    declaration: {
      inputs: [CODED[0]],
      ports: { input: "age" },
      output: { name: "label", unit: "class" },
    },
    sample: [
      { ["request.age"]: 2, expected: 2 },
      { ["request.age"]: 5, expected: 5 },
    ],
  });
  assert.equal(record.metrics.sample_compared, 2);
});
