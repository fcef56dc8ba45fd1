/**
 * What is seen of a trial is taken once, and given back where it could not be kept.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GUARDRAILS, type TrialStage } from "../../domain/model_trial.ts";
import { createTrialTally } from "./tally.ts";

const STAGE: TrialStage = {
  ...{ tenant: "acme", name: "bidder", change: "chg_1", cycle: 1 },
  stage: "canary",
};
const ROW = { values: [], action: null };

Deno.test("scores are counted by side, with their range, and what is no number left out of it", async () => {
  const tally = createTrialTally();
  const stage = tally.open(STAGE, GUARDRAILS);
  const score = stage.count(
    "challenger",
    () => Promise.resolve(Float64Array.of(0.4, NaN, 0.2)),
  );
  assert.deepEqual([...await score([ROW, ROW, ROW])], [0.4, NaN, 0.2]);
  const [seen] = tally.take();
  const { rows, low, high, timed } = seen?.counts.challenger ?? {};
  assert.deepEqual([rows, low, high, timed], [2, 0.2, 0.4, 1]);
  assert.deepEqual(tally.take(), []);
  if (seen) tally.giveBack(seen);
  assert.deepEqual(tally.take(), [seen]);
  assert.equal(tally.all()[0]?.counts.challenger.rows, 2);
});

Deno.test("aside each row is asked, owed where it fails, and decides nothing", async () => {
  const tally = createTrialTally();
  const stage = tally.open({ ...STAGE, stage: "shadow" }, GUARDRAILS);
  const fails = stage.countAside(() => Promise.reject(new Error("broken")));
  await assert.rejects(async () => await fails([ROW, ROW]));
  const scores = stage.countAside(() =>
    Promise.resolve(Float64Array.of(1, Infinity))
  );
  await scores([ROW, ROW]);
  const [seen] = tally.take();
  const { asked, unscored, decisions } = seen?.counts.challenger ?? {};
  assert.deepEqual([asked, unscored, decisions], [4, 3, 0]);
});

Deno.test("a stage that went ill stays stopped here and is told until it is closed", () => {
  const tally = createTrialTally();
  const stage = tally.open(STAGE, GUARDRAILS);
  const trial = { change: "chg_1", cycle: 1, arm: "challenger" as const };
  const owed = { unscored: true, denied: false, spendMicros: 1 };
  for (let n = 0; n < 80; n++) tally.decided("acme", trial, owed);
  assert.ok(stage.stopped);
  assert.equal(tally.open(STAGE, GUARDRAILS).stopped, stage.stopped);
  assert.equal(tally.take().length, 1);
  assert.equal(tally.take()[0]?.stopped, stage.stopped);
  tally.close(STAGE);
  assert.deepEqual(tally.take(), []);
  tally.decided("acme", trial, owed);
  assert.deepEqual(tally.all(), []);
});
