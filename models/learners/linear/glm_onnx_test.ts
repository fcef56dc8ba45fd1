/**
 * onnxruntime says of a regression what the regression says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertClose, runOnnx } from "../run_onnx_test.ts";
import { fitGlm, predictGlm } from "./glm.ts";
import { glmOnnx } from "./glm_onnx.ts";
import { FAMILIES, planted, STEPS } from "./planted_test.ts";

Deno.test("glmOnnx() says in onnxruntime what predictGlm() says", async () => {
  for (const family of FAMILIES) {
    for (const l1 of [0, 3]) {
      const rows = planted(family, 9, 1_000);
      const [first = new Float64Array()] = rows.columns;
      rows.columns.push(first.map((x) => 3e9 + 1e5 * x + 1e5));
      rows.columns.push(first.map((x) => 1e-20 * x * x));
      const model = fitGlm(rows, { family, l1, l2: 1, steps: STEPS });
      const said = predictGlm(model, rows.columns);
      const served = await runOnnx(glmOnnx(model), rows.columns);
      assertClose(said, served, family === "poisson" ? 1e-5 : 2e-6);
    }
  }
});

Deno.test("glmOnnx() keeps the precision of numbers in micros", async () => {
  const rows = planted("linear", 10, 500);
  const label = rows.label.map((y) => 5e9 + 1e6 * y);
  const model = fitGlm(
    { ...rows, label },
    { family: "linear", l1: 0, l2: 0, steps: STEPS },
  );
  const said = predictGlm(model, rows.columns);
  const rest = said.map((y, row) => (y - (label[row] ?? 0)) / 1e6);
  const spread = Math.sqrt(rest.reduce((sum, e) => sum + e * e, 0) / 500);
  assert.ok(spread > 0.9 && spread < 1.1, `${spread}`);
  assertClose(said, await runOnnx(glmOnnx(model), rows.columns), 1e-6);
});

Deno.test("glmOnnx() leaves out a column whose deviation float32 cannot hold", async () => {
  const { columns: [x = new Float64Array()], label } = planted("linear", 1, 50);
  const columns = [x, x.map((value) => 1e-40 * value)];
  const options = { family: "linear" as const, l1: 0, l2: 0.1, steps: 100 };
  const model = fitGlm({ columns, label }, options);
  assert.equal(model.weights[1], 0);
  const served = await runOnnx(glmOnnx(model), columns);
  assertClose(predictGlm(model, columns), served, 1e-6);
});
