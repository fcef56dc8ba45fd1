/**
 * What is seen of a change on trial: judged on all that it reads, and moving no decision.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { PolicyTrial } from "../verdicts/in_force/policy_book.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import {
  BID,
  decideIn,
  policyOf,
  readingsOf,
  REQUEST,
  scorerOf,
  scoresOf,
  type World,
  worldOf,
} from "./memory_ports_test.ts";
import { createRollouts } from "./rollouts.ts";

const NONE = compilePolicySet([]);
const LOYAL = compilePolicySet([
  policyOf({
    ...{ id: "loyal", effect: "deny", reason: "Too many", onMissing: "deny" },
    when: { ">": [{ var: "features.audience.orders" }, 4] },
  }),
]);

Deno.test("a trial is judged on what only it reads", async () => {
  const { world, seen } = onTrial("shadow");
  const decision = await decideIn(world, REQUEST);
  assert.equal(decision.policySet, NONE.hash);
  assert.deepEqual(seen(), { decisions: 1, flips: 0, tighter: 0, looser: 0 });
});

Deno.test("what a trial cannot read is its own affair", async () => {
  const quiet = await decideIn(onTrial("none").world, REQUEST);
  const { world, seen } = onTrial("shadow", (ids) => {
    if (!ids.includes("audience.orders")) return readingsOf(ids);
    throw new EngineError("store_unavailable", "Away");
  });
  const decision = await decideIn(world, REQUEST);
  assert.deepEqual(decision, quiet);
  assert.deepEqual(seen(), { decisions: 1, flips: 1, tighter: 1, looser: 0 });
});

Deno.test("what could not be kept is taken again, with what was seen since", async () => {
  const { world, rollouts } = onTrial("shadow");
  await decideIn(world, REQUEST);
  const taken = rollouts.take();
  assert.deepEqual(rollouts.take(), []);
  await decideIn(world, REQUEST);
  rollouts.giveBack(taken);
  const [seen, ...more] = rollouts.take();
  assert.deepEqual(more, []);
  assert.deepEqual(seen, {
    ...taken[0],
    counts: { decisions: 2, flips: 0, tighter: 0, looser: 0 },
  });
});

/** A world in which nothing is in force, and a denial of loyal customers is on trial. */
function onTrial(
  stage: PolicyTrial["stage"] | "none",
  read: (ids: readonly string[]) => ReturnType<typeof readingsOf> = readingsOf,
) {
  const rollouts = createRollouts();
  const trial: PolicyTrial | null = stage === "none" ? null : {
    ...{ scope: null, change: "chg_1", cycle: 1, stage },
    ...{ beside: LOYAL, decides: false },
  };
  const world: World = {
    ...worldOf({
      scores: scoresOf(scorerOf(BID)),
      features: {
        read: (_, { ids }) => Promise.resolve().then(() => read(ids)),
        rebuilding: () => false,
      },
    }),
    choosePolicies: () => ({ policies: NONE, trial }),
    rollouts,
  };
  return { world, rollouts, seen: () => rollouts.take()[0]?.counts };
}
