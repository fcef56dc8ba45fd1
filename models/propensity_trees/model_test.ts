/**
 * The conformance kit, and labels that are no chances.
 *
 * @module
 */
import assert from "node:assert/strict";
import { calibrationError, seededRandom, testModel } from "@moe/plugin/test";
import { assertClose, runOnnx } from "../learners/run_onnx_test.ts";
import family from "./model.ts";

testModel(family);

Deno.test("propensity_trees refuses labels that are no chances", () => {
  assert.ok(family.grain === "rows");
  const { fit, params } = family;
  const dataset = {
    rows: 2,
    names: ["age_days"],
    columns: [Float64Array.of(1, 2)],
    label: Float64Array.of(0, 5e6),
  };
  assert.throws(
    () =>
      fit({
        dataset,
        validation: null,
        params: params.parse({}),
        random: seededRandom(1),
        report: () => {},
      }),
    { code: "dataset_invalid" },
  );
});

Deno.test("propensity_trees calibrates with enough validation rows, and serves it", async () => {
  assert.ok(family.grain === "rows");
  const { fit, params } = family;
  const validation = rowsOf(2);
  const learn = (calibrationRows: number) =>
    fit({
      dataset: rowsOf(1),
      validation,
      params: params.parse({ ...WILD, calibrationRows }),
      random: seededRandom(1),
      report: () => {},
    });
  const { label, columns } = rowsOf(3);
  const [calibrated, plain] = [await learn(1000), await learn(5000)];
  const errors = [calibrated, plain].map(({ predict }) =>
    calibrationError(label, predict(columns))
  );
  assert.ok((errors[0] ?? 1) < 0.7 * (errors[1] ?? 0), `${errors}`);
  const served = await runOnnx(calibrated.onnx, columns);
  assertClose(calibrated.predict(columns), served, 1e-5);
});

/** Trees that are too sure of what they saw. */
const WILD = {
  trees: 3,
  leaves: 63,
  learningRate: 1,
  l2: 0,
  minChildWeight: 0.5,
};

function rowsOf(seed: number) {
  const random = seededRandom(seed);
  const columns = [0, 1].map(() =>
    Float64Array.from({ length: 1500 }, () => random.normal())
  );
  const label = Float64Array.from({ length: 1500 }, (_, row) => {
    const chance = (columns[0]?.[row] ?? 0) > 0 ? 0.7 : 0.2;
    return random.next() < chance ? 1 : 0;
  });
  return { rows: 1500, names: ["age_days", "orders"], columns, label };
}

Deno.test("propensity_trees rises with a column that it is bound to by name", async () => {
  assert.ok(family.grain === "rows");
  const { fit, params } = family;
  const learn = (monotone: Record<string, number>) =>
    fit({
      dataset: rowsOf(1),
      validation: null,
      params: params.parse({ ...WILD, monotone }),
      random: seededRandom(1),
      report: () => {},
    });
  const path = Float64Array.from({ length: 401 }, (_, step) => step / 100 - 2);
  const falls = async (monotone: Record<string, number>) => {
    const { predict } = await learn(monotone);
    const said = predict([new Float64Array(401), path]);
    return said.some((chance, step) => chance < (said[step - 1] ?? 0));
  };
  assert.ok(await falls({}));
  assert.ok(!await falls({ orders: 1 }));
  assert.throws(() => learn({ order: 1 }), {
    code: "dataset_invalid",
    message: /column "order" to rise or fall/,
  });
});

Deno.test("propensity_trees learns from codes of words, and from weights", async () => {
  assert.ok(family.grain === "rows");
  assert.equal(family.categories, "codes");
  const { fit, params } = family;
  const random = seededRandom(4);
  const word = Float64Array.from(
    { length: 3000 },
    () => Math.floor(40 * random.next()),
  );
  const label = word.map((code) => Number(random.next() < (code % 3) / 3));
  const dataset = {
    rows: 3000,
    names: ["audience.zip"],
    columns: [word],
    coded: [0],
    label,
    weight: label.map((y) => y === 1 ? 3 : 1),
  };
  const { predict, onnx } = await fit({
    dataset,
    validation: null,
    params: params.parse({}),
    random,
    report: () => {},
  });
  const codes = Float64Array.of(0, 1, 2, 39, 40, NaN);
  const [none = 0, one = 0, two = 0, , unknown, missing] = predict([codes]);
  assert.ok(none < 0.1, `${none}`);
  assert.ok(Math.abs(one - 0.6) < 0.15, `${one}`);
  assert.ok(two > 0.75, `${two}`);
  assert.equal(unknown, missing);
  assertClose(predict([codes]), await runOnnx(onnx, [codes]), 1e-6);
});
