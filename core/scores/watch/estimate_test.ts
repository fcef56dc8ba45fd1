/**
 * Performance without labels, and calibration with them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { auc, logLoss } from "../../domain/measures.ts";
import { seededRandom } from "../../domain/random.ts";
import { checkCalibration } from "./calibration.ts";
import { estimatePerformance } from "./estimate.ts";

function worldOf(seed: number, rows: number, bias = 0) {
  const random = seededRandom(seed);
  const said = Float64Array.from({ length: rows }, () => random.next() ** 3);
  const happened = said.map((chance) =>
    random.next() < Math.min(1, chance * (1 + bias)) ? 1 : 0
  );
  return { said, happened };
}

Deno.test("estimatePerformance() foresees what labels will say of calibrated chances", () => {
  const { said, happened } = worldOf(1, 40_000);
  const estimated = estimatePerformance(said);
  assert.ok(Math.abs(estimated.rocAuc - auc(happened, said)) < 0.005);
  assert.ok(Math.abs(estimated.logLoss - logLoss(happened, said)) < 0.005);
});

Deno.test("checkCalibration() alarms as often as it is told to when chances are right", () => {
  let alarms = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const { said, happened } = worldOf(seed, 500);
    alarms += checkCalibration(said, happened, 0.02)?.drifted ? 1 : 0;
  }
  assert.ok(alarms <= 15, `${alarms} of 300`);
});

Deno.test("checkCalibration() sees a fifth too many outcomes, and says how many", () => {
  const { said, happened } = worldOf(7, 10_000, 0.2);
  const check = checkCalibration(said, happened, 0.001);
  assert.ok(check?.drifted);
  assert.ok(check.ratio > 1.1 && check.ratio < 1.25, String(check.ratio));
});

Deno.test("checkCalibration() says nothing of too few outcomes", () => {
  const said = new Float64Array(20).fill(0.01);
  assert.equal(checkCalibration(said, new Float64Array(20), 0.01), null);
});

Deno.test("checkCalibration() leaves a gap alone that is too small to act on", () => {
  const { said, happened } = worldOf(3, 400_000, 0.02);
  const check = checkCalibration(said, happened, 0.01);
  assert.ok((check?.tail ?? 1) < 0.01, "it is no chance");
  assert.equal(check?.drifted, false);
});
