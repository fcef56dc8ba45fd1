/**
 * The right calibration is chosen, makes chances come true, and is served as said.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { auc, calibrationError, seededRandom } from "@moe/plugin/test";
import { sigmoid } from "../linear/links.ts";
import { writeOnnx } from "../onnx.ts";
import { assertClose, runOnnx } from "../run_onnx_test.ts";
import { calibrationNodes } from "./calibration_onnx.ts";
import { calibrate, type Calibration, chooseCalibration } from "./choose.ts";
import { fitPlatt } from "./platt.ts";

/** Scores and labels whose true chance is a function of the score. */
function rowsOf(chance: (score: number) => number, seed: number, rows = 4000) {
  const random = seededRandom(seed);
  const scores = Float64Array.from({ length: rows }, () => 2 * random.normal());
  const label = scores.map((score) => random.next() < chance(score) ? 1 : 0);
  return { scores, label };
}

const TRUTHS = [
  { kind: "none", note: "chances that are true", chance: sigmoid },
  {
    kind: "platt",
    note: "overconfident chances",
    chance: (score: number) => sigmoid(0.4 * score - 0.5),
  },
  {
    kind: "isotonic",
    note: "chances with a floor and a ceiling",
    chance: (score: number) => 0.1 + 0.5 * sigmoid(3 * score - 2),
  },
] as const;

Deno.test.each(TRUTHS)(
  "chooseCalibration() chooses $kind for $note",
  ({ kind, chance }) => {
    const { calibration, losses } = chooseCalibration(
      rowsOf(chance, 1),
      seededRandom(2),
    );
    assert.equal(calibration.kind, kind, JSON.stringify(losses));
    const { scores, label } = rowsOf(chance, 3);
    const said = calibrate(calibration, scores);
    assert.ok(calibrationError(label, said) < 0.025);
    assert.ok(auc(label, said) > auc(label, scores) - 2e-3);
  },
);

Deno.test("chooseCalibration() seldom takes noise for a reason", () => {
  const seeds = Array.from({ length: 20 }, (_, at) => at + 1);
  const kept = seeds.filter((seed) => {
    const held = rowsOf(sigmoid, seed, 600);
    const { calibration } = chooseCalibration(held, seededRandom(seed));
    return calibration.kind === "none";
  });
  assert.ok(kept.length >= 17, `kept ${kept.length} of 20`);
});

Deno.test("fitPlatt() gives no certainty to few rows that the score separates", () => {
  const line = fitPlatt({
    scores: Float64Array.of(-2, -1, 1, 2),
    label: Float64Array.of(0, 0, 1, 1),
  });
  const highest = sigmoid((line?.intercept ?? 0) + 2 * (line?.slope ?? 9));
  assert.ok(highest > 0.5 && highest < 0.85, `${highest}`);
});

Deno.test("chooseCalibration() recovers the line that bent the odds", () => {
  const rows = rowsOf((score) => sigmoid(0.4 * score - 0.5), 5, 20_000);
  const { calibration } = chooseCalibration(rows, seededRandom(1));
  assert.ok(calibration.kind === "platt");
  assert.ok(Math.abs(calibration.line.slope - 0.4) < 0.03);
  assert.ok(Math.abs(calibration.line.intercept + 0.5) < 0.06);
});

Deno.test("chooseCalibration() keeps chances when scores say the opposite, agree, or are few", () => {
  const { scores, label } = rowsOf(sigmoid, 6, 500);
  const opposite = { scores, label: label.map((value) => 1 - value) };
  const { calibration } = chooseCalibration(opposite, seededRandom(1));
  assert.notEqual(calibration.kind, "platt");
  for (const rows of [0, 1, 3]) {
    const few = {
      scores: new Float64Array(rows).fill(1),
      label: new Float64Array(rows).fill(1),
    };
    const none = chooseCalibration(few, seededRandom(1)).calibration;
    assert.equal(none.kind, "none");
  }
});

Deno.test("chooseCalibration() gives the same choice for the same seed, and heeds weights", () => {
  const rows = rowsOf((score) => sigmoid(0.4 * score), 7, 1000);
  const weight = rows.label.map((value) => value === 1 ? 3 : 1);
  const weighted = { ...rows, weight };
  const once = chooseCalibration(weighted, seededRandom(4));
  assert.deepEqual(once, chooseCalibration(weighted, seededRandom(4)));
  const said = calibrate(once.calibration, rows.scores);
  const total = weight.reduce((sum, value) => sum + value, 0);
  const ones = rows.label.reduce(
    (sum, y, row) => sum + y * (weight[row] ?? 0),
    0,
  );
  const mean = said.reduce((sum, p, row) => sum + p * (weight[row] ?? 0), 0);
  assert.ok(Math.abs(ones / total - mean / total) < 0.01);
});

const calibrations: fc.Arbitrary<Calibration> = fc.oneof(
  fc.constant({ kind: "none" as const }),
  fc.record({
    kind: fc.constant("platt" as const),
    line: fc.record({
      slope: fc.double({ min: 0.05, max: 3, noNaN: true }),
      intercept: fc.double({ min: -3, max: 3, noNaN: true }),
    }),
  }),
  fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer()).map(
    ([rows, seed]) =>
      chooseCalibration(
        rowsOf((score) => score < 0.5 ? 0.05 : 0.9, seed, 20 * rows),
        seededRandom(seed),
      ).calibration,
  ),
);

Deno.test("calibrationNodes() says in onnxruntime what calibrate() says", async () => {
  await fc.assert(
    fc.asyncProperty(calibrations, fc.integer(), async (calibration, seed) => {
      const knots = calibration.kind === "isotonic"
        ? [...calibration.curve.scores]
        : [];
      const random = seededRandom(seed);
      const odds = Float64Array.from([
        ...knots,
        ...knots.map((knot) => Math.fround(knot * (1 - 2 ** -23))),
        ...Array.from({ length: 200 }, () => Math.fround(3 * random.normal())),
        -40,
        40,
      ]);
      const onnx = writeOnnx({
        name: "calibration",
        columns: 1,
        ...calibrationNodes(calibration, { from: "features", to: "score" }),
      });
      assertClose(
        calibrate(calibration, odds),
        await runOnnx(onnx, [odds]),
        2e-6,
      );
    }),
    { numRuns: 40 },
  );
});
