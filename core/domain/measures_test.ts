/**
 * Measures against their definitions.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  auc,
  calibrationError,
  finiteOnly,
  logLoss,
  mape,
  rmse,
  rSquared,
  wape,
} from "./measures.ts";

const scored = fc.array(
  fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: -4, max: 4 })),
  { minLength: 2, maxLength: 60 },
);

Deno.test("auc() is the share of pairs in the right order, ties half", () => {
  fc.assert(fc.property(scored, (rows) => {
    const label = Float64Array.from(rows, ([truth]) => truth);
    const score = Float64Array.from(rows, ([, said]) => said);
    let right = 0;
    let pairs = 0;
    for (const [one, said] of rows) {
      for (const [other, against] of rows) {
        if (one !== 1 || other !== 0) continue;
        pairs++;
        right += said > against ? 1 : said === against ? 0.5 : 0;
      }
    }
    const got = auc(label, score);
    if (pairs === 0) assert.ok(Number.isNaN(got));
    else assert.ok(Math.abs(got - right / pairs) < 1e-12);
  }));
});

Deno.test("auc() ranks minus infinity below all", () => {
  const label = Float64Array.of(0, 1, 0, 1);
  const score = Float64Array.of(-Infinity, 1, -Infinity, 2);
  assert.equal(auc(label, score), 1);
});

Deno.test("logLoss() is least at the base rate among constants", () => {
  const label = Float64Array.from(
    { length: 100 },
    (_, row) => row < 20 ? 1 : 0,
  );
  const loss = (chance: number) => logLoss(label, label.map(() => chance));
  assert.ok(loss(0.2) < loss(0.19) && loss(0.2) < loss(0.21));
  assert.ok(Math.abs(loss(0.2) - 0.5004024235381879) < 1e-12);
  assert.ok(Number.isFinite(loss(0)));
});

Deno.test("calibrationError() is the gap between chance and share", () => {
  const label = Float64Array.from({ length: 100 }, (_, row) => row % 2);
  const said = label.map((_, row) => row < 50 ? 0.4 : 0.6);
  assert.ok(Math.abs(calibrationError(label, said) - 0.1) < 1e-12);
});

Deno.test("forecast measures: exact is perfect, the mean explains nothing", () => {
  const actual = Float64Array.of(1, 2, 3, 0);
  assert.equal(rSquared(actual, actual), 1);
  assert.equal(rSquared(actual, actual.map(() => 1.5)), 0);
  assert.equal(mape(actual, Float64Array.of(2, 2, 3, 5)), 1 / 3);
  assert.equal(wape(actual, Float64Array.of(2, 2, 3, 5)), 1);
  assert.equal(rmse(actual, Float64Array.of(1, 3, 1, 5)), Math.sqrt(7.5));
  assert.equal(rSquared(actual, Float64Array.of(1, 3, 1, 5)), -5);
  const flat = Float64Array.of(2, 2);
  assert.deepEqual(finiteOnly({ r2: rSquared(flat, flat), one: 1 }), {
    one: 1,
  });
});
