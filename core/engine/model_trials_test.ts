/**
 * What is seen of trials while the database does not answer is kept until it does.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import {
  addCounts,
  GUARDRAILS,
  NOTHING_SEEN,
  type TrialCounts,
  type TrialStage,
} from "../domain/model_trial.ts";
import { createTrialTally } from "../scores/trial/tally.ts";
import { createModelTrials, type WatchScope } from "./model_trials.ts";

const CHANGES = ["chg_1", "chg_2", "chg_3"];
const OWED = { unscored: false, denied: false, spendMicros: 1 };

/** A node that counts, and a database that can be stopped. */
function openNode() {
  const tally = createTrialTally();
  const kept = new Map<string, TrialCounts>();
  const node = {
    isDown: false,
    kept,
    decide(change: string) {
      const stage = { tenant: "acme", name: "bidder", change, cycle: 1 };
      tally.open({ ...stage, stage: "canary" }, GUARDRAILS);
      tally.decided("acme", { change, cycle: 1, arm: "challenger" }, OWED);
    },
    decisions: () =>
      CHANGES.map((change) => kept.get(change)?.challenger.decisions ?? 0),
    watch: () => trials.watch(),
  };
  const nothing = { champion: NOTHING_SEEN, challenger: NOTHING_SEEN };
  const modelTrials = {
    add: ({ change }: TrialStage, counts: TrialCounts) => {
      if (node.isDown) {
        return Promise.reject(
          new EngineError("store_unavailable", "Cannot use the database"),
        );
      }
      const { champion, challenger } = kept.get(change) ?? nothing;
      kept.set(change, {
        champion: addCounts(champion, counts.champion),
        challenger: addCounts(challenger, counts.challenger),
      });
      return Promise.resolve();
    },
    seen: ({ change }: TrialStage) =>
      Promise.resolve(kept.get(change) ?? nothing),
  };
  const trials = createModelTrials(
    // What watching takes of it where nothing goes ill.
    { tally, stores: { modelTrials } } as unknown as WatchScope,
  );
  return node;
}

Deno.test("no stage loses what was seen while the database was down", async () => {
  const node = openNode();
  for (const change of CHANGES) node.decide(change);
  node.isDown = true;
  for (let round = 0; round < 3; round++) {
    await assert.rejects(node.watch(), { code: "store_unavailable" });
    for (const change of CHANGES) node.decide(change);
  }
  assert.deepEqual(node.decisions(), [0, 0, 0]);
  node.isDown = false;
  assert.deepEqual(await node.watch(), []);
  assert.deepEqual(node.decisions(), [4, 4, 4]);
  await node.watch();
  assert.deepEqual(node.decisions(), [4, 4, 4]);
});
