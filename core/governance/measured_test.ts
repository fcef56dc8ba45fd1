/**
 * A canary that is measured: found better it goes on as was agreed, otherwise it ends.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ENGINE, type Rollout } from "../domain/change.ts";
import { GUARDRAILS, type TrialMeasure } from "../domain/model_trial.ts";
import {
  ANN,
  approved,
  BOT,
  CANARY,
  openChanges,
  proposalOf,
  refOf,
} from "./scene_test.ts";

const MEASURE: TrialMeasure = {
  ...{ outcome: "conversion", unit: "count", windowHours: 2, most: 1 },
  ...{ alphaPermille: 50, promote: true },
};
const MEASURED: Rollout = { ...CANARY, measure: MEASURE };

/** A canary of six hours that is measured. */
async function openCanary(measure: Partial<TrialMeasure> = {}) {
  const scene = openChanges();
  scene.adapter.measured = true;
  const { changes } = scene;
  const change = await approved(changes, "a", {
    ...CANARY,
    measure: { ...MEASURE, ...measure },
  });
  const ref = refOf(change);
  await changes.act(ref, { act: "activate", by: ANN });
  const judge = (found: "better" | "undecided", by = ENGINE) =>
    changes.act(ref, {
      ...{ act: "judge", found, by, findings: { people: 9 }, reason: "seen" },
    });
  return { ...scene, ref, judge };
}

Deno.test("found better it goes on when its hours are over, and not before", async () => {
  const { changes, ref, judge, pass } = await openCanary();
  const better = await judge("better");
  assert.deepEqual([better.state, better.betterInCycle], ["canary", 1]);
  await assert.rejects(judge("better"), { message: /found better already/ });
  assert.deepEqual((await changes.tick()).moved, []);
  pass(6);
  const { moved } = await changes.tick();
  assert.deepEqual(moved.map(({ state }) => state), ["active"]);
  const events = await changes.history(ref);
  assert.deepEqual(events.at(-2)?.findings, { people: 9 });
});

Deno.test("time alone does not carry it on, nor does a person", async () => {
  const { changes, ref, judge, pass } = await openCanary();
  pass(6);
  assert.deepEqual(await changes.tick(), { moved: [], waiting: [] });
  await assert.rejects(changes.act(ref, { act: "activate", by: ANN }), {
    message: /it was not found better than what is active/,
  });
  const ended = await judge("undecided");
  assert.equal(ended.state, "suspended");
  assert.equal((await changes.active(null, "policies")).trial, null);
});

Deno.test("without a word on it, a person takes on what was found better", async () => {
  const { changes, ref, judge, pass } = await openCanary({ promote: false });
  await judge("better");
  pass(6);
  assert.deepEqual((await changes.tick()).moved, []);
  const active = await changes.act(ref, { act: "activate", by: ANN });
  assert.equal(active.state, "active");
});

Deno.test("nobody but the engine judges, and only what is measured", async () => {
  const { judge } = await openCanary();
  await assert.rejects(judge("better", ANN), { message: /only the engine/ });
  await assert.rejects(judge("better", { ...BOT, name: "engine" }));
  const { changes } = openChanges();
  const ref = refOf(await approved(changes, "a", CANARY));
  await changes.act(ref, { act: "activate", by: ANN });
  const judged = changes.act(ref, {
    ...{ act: "judge", found: "better", by: ENGINE, findings: null },
    reason: "seen",
  });
  await assert.rejects(judged, { message: /it is not measured/ });
});

Deno.test("what nobody measures is not proposed to be measured", async () => {
  const { changes } = openChanges();
  await assert.rejects(changes.propose(null, proposalOf("a", MEASURED)), {
    message: /only what decides is measured/,
  });
  const draft = await changes.propose(null, proposalOf("a", CANARY));
  const edit = changes.edit(refOf(draft), { by: ANN, rollout: MEASURED });
  await assert.rejects(edit, { message: /only what decides is measured/ });
});

Deno.test.each<{ note: string; rollout: Partial<Rollout>; reason: RegExp }>([
  {
    note: "a window as long as the canary",
    rollout: { measure: { ...MEASURE, windowHours: 6 } },
    reason: /longer than the window/,
  },
  {
    note: "nobody left to compare with",
    rollout: { canaryPermille: 1000 },
    reason: /leaves somebody/,
  },
  {
    note: "a wrong name",
    rollout: { measure: { ...MEASURE, outcome: "Bought it" } },
    reason: /snake_case/,
  },
  {
    note: "people who count for nothing",
    rollout: { measure: { ...MEASURE, most: 0 } },
    reason: /above 0/,
  },
  {
    note: "no chance of being wrong",
    rollout: { measure: { ...MEASURE, alphaPermille: 0 } },
    reason: /thousandths/,
  },
  {
    note: "a guardrail that is no number",
    rollout: { guardrails: { ...GUARDRAILS, slowMs: NaN } },
    reason: /guardrails are numbers/,
  },
])("a canary is refused with $note", async ({ rollout, reason }) => {
  const scene = openChanges();
  scene.adapter.measured = true;
  const proposed = scene.changes.propose(
    null,
    proposalOf("a", { ...MEASURED, ...rollout }),
  );
  await assert.rejects(proposed, { message: reason });
});
