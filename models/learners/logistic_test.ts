/**
 * The regression recovers what made the data, and its ONNX says the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { seededRandom } from "@moe/plugin/test";
import { fitLogistic, predictLogistic, sigmoid } from "./logistic.ts";
import { logisticOnnx } from "./logistic_onnx.ts";

function planted(seed: number, rows: number) {
  const random = seededRandom(seed);
  const columns = [
    Float64Array.from({ length: rows }, () => random.normal()),
    Float64Array.from({ length: rows }, () => 1e9 + 2e8 * random.normal()),
    Float64Array.from({ length: rows }, () => random.next() < 0.3 ? 1 : 0),
  ];
  const label = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0] = columns.map((column) => column[row] ?? 0);
    const odds = -1 + 0.8 * a - 1.5 * (b - 1e9) / 2e8 + 0.5 * c;
    return random.next() < sigmoid(odds) ? 1 : 0;
  });
  return { columns, label };
}

Deno.test("fitLogistic() recovers planted coefficients, whatever the scale", () => {
  const rows = planted(5, 40_000);
  const { weights, scales } = fitLogistic(rows, { l2: 1, steps: 200 });
  [0.8, -1.5 / 2e8, 0.5].forEach((want, at) => {
    const got = (weights[at] ?? 0) * (scales[at] ?? 0);
    assert.ok(Math.abs(got / want - 1) < 0.08, `${got} is not ${want}`);
  });
});

Deno.test("fitLogistic() is at the minimum: errors balance the penalty", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      (seed, l2) => {
        const rows = planted(seed, 300);
        const model = fitLogistic(rows, { l2, steps: 500 });
        const said = predictLogistic(model, rows.columns);
        rows.columns.forEach((column, at) => {
          const centre = model.centres[at] ?? 0;
          const scale = model.scales[at] ?? 0;
          const pull = said.reduce((sum, chance, row) => {
            const x = (Math.fround(column[row] ?? 0) - centre) * scale;
            return sum + (chance - (rows.label[row] ?? 0)) * x;
          }, 0);
          const slack = pull + l2 * (model.weights[at] ?? 0);
          assert.ok(Math.abs(slack) < 1e-4, `column ${at} is off by ${slack}`);
        });
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("fitLogistic() stays finite when a column separates the labels or never varies", () => {
  const columns = [Float64Array.of(0, 0, 1, 1), new Float64Array(4).fill(3e9)];
  const label = Float64Array.of(0, 0, 1, 1);
  const model = fitLogistic({ columns, label }, { l2: 1, steps: 100 });
  assert.equal(model.weights[1], 0);
  const said = predictLogistic(model, columns);
  assert.ok((said[0] ?? 1) < 0.35 && (said[3] ?? 0) > 0.65);
});

Deno.test("fitLogistic() learns one class only, without certainty", () => {
  const columns = [Float64Array.of(1, 2, 3)];
  const label = Float64Array.of(1, 1, 1);
  const model = fitLogistic({ columns, label }, { l2: 1, steps: 100 });
  const said = predictLogistic(model, columns);
  assert.ok(said.every((chance) => chance > 0.5 && chance < 1));
});

Deno.test.each([
  { note: "a missing value", column: [1, NaN], label: [0, 1], want: /row 1/ },
  {
    note: "a value beyond float32",
    column: [1e300, 1],
    label: [0, 1],
    want: /float32/,
  },
  {
    note: "a label that is no chance",
    column: [1, 2],
    label: [0, 7],
    want: /"7"/,
  },
  { note: "no rows", column: [], label: [], want: /without rows/ },
])("fitLogistic() refuses $note", ({ column, label, want }) => {
  const rows = {
    columns: [Float64Array.from(column)],
    label: Float64Array.from(label),
  };
  assert.throws(() => fitLogistic(rows, { l2: 1, steps: 10 }), want);
});

Deno.test("logisticOnnx() says in onnxruntime what predictLogistic() says", async () => {
  const rows = planted(9, 2_000);
  const far = (rows.columns[0] ?? new Float64Array()).map((x) => 3e9 + 1e5 * x);
  rows.columns.push(far);
  const model = fitLogistic(rows, { l2: 1, steps: 200 });
  const said = predictLogistic(model, rows.columns);
  const session = await ort.InferenceSession.create(logisticOnnx(model));
  const width = rows.columns.length;
  const features = new Float32Array(said.length * width);
  rows.columns.forEach((column, at) =>
    column.forEach((value, row) => features[row * width + at] = value)
  );
  const tensor = new ort.Tensor("float32", features, [said.length, width]);
  const { score } = await session.run({ features: tensor });
  assert.deepEqual(score?.dims, [said.length, 1]);
  const got = score?.data as Float32Array;
  const worst = said.reduce(
    (most, chance, row) => Math.max(most, Math.abs(chance - (got[row] ?? 0))),
    0,
  );
  assert.ok(worst < 1e-6, `off by ${worst}`);
  await session.release();
});
