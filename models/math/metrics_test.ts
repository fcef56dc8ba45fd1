/**
 * Metrics against their definitions.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  auc,
  calibrationError,
  logLoss,
  mape,
  rmse,
  rSquared,
} from "./metrics.ts";

const rows = fc.array(
  fc.record({
    label: fc.constantFrom(0, 1),
    score: fc.integer({ min: 1, max: 9 }).map((tenth) => tenth / 10),
  }),
  { minLength: 1, maxLength: 40 },
).map((pairs) => ({
  label: Float64Array.from(pairs, ({ label }) => label),
  score: Float64Array.from(pairs, ({ score }) => score),
}));

Deno.test("auc() equals the share of pairs in the right order", () => {
  fc.assert(fc.property(rows, ({ label, score }) => {
    let won = 0;
    let pairs = 0;
    label.forEach((one, i) =>
      label.forEach((zero, j) => {
        if (one !== 1 || zero !== 0) return;
        const lead = (score[i] ?? 0) - (score[j] ?? 0);
        won += lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
        pairs++;
      })
    );
    if (pairs === 0) assert.ok(Number.isNaN(auc(label, score)));
    else assert.ok(Math.abs(auc(label, score) - won / pairs) < 1e-12);
  }));
});

Deno.test("logLoss() is least for the observed share among constant chances", () => {
  const label = Float64Array.of(1, 0, 0, 1, 0);
  const loss = (chance: number) =>
    logLoss(label, new Float64Array(5).fill(chance));
  assert.ok(loss(0.4) < loss(0.39) && loss(0.4) < loss(0.41));
  const entropy = -0.4 * Math.log(0.4) - 0.6 * Math.log(0.6);
  assert.ok(Math.abs(loss(0.4) - entropy) < 1e-12);
  assert.ok(Number.isFinite(loss(0)) && Number.isFinite(loss(1)));
});

Deno.test("rmse(), rSquared() and mape() follow their formulas", () => {
  const actual = Float64Array.of(1, 2, 3, 0);
  const predicted = Float64Array.of(1, 3, 1, 5);
  assert.ok(Math.abs(rmse(actual, predicted) - Math.sqrt(30 / 4)) < 1e-12);
  assert.ok(Math.abs(rSquared(actual, predicted) - (1 - 30 / 5)) < 1e-12);
  assert.ok(Math.abs(mape(actual, predicted) - (0.5 + 2 / 3) / 3) < 1e-12);
  assert.ok(Number.isNaN(rSquared(Float64Array.of(1, 1), predicted)));
});

Deno.test("calibrationError() is zero for chances that come true, and the gap otherwise", () => {
  const label = Float64Array.from({ length: 100 }, (_, row) => row % 4 ? 0 : 1);
  const said = (chance: number) => new Float64Array(100).fill(chance);
  assert.ok(calibrationError(label, said(0.25), 1) < 1e-12);
  assert.ok(Math.abs(calibrationError(label, said(0.45), 1) - 0.2) < 1e-12);
});
