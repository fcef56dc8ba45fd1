/**
 * Who is drawn for a trial is drawn for good, apart from what policies draw; and a decision
 * on trial says so and replays.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { GUARDRAILS, NOTHING_SEEN } from "../../domain/model_trial.ts";
import type { OpenedTrial } from "../../scores/trial/on_trial.ts";
import { createTrialTally } from "../../scores/trial/tally.ts";
import type { Scorer } from "../../scores/scorer.ts";
import { drawPermille } from "../../verdicts/in_force/draw.ts";
import { createDecisions } from "../decisions.ts";
import {
  ACTION,
  decideIn,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "../memory_ports_test.ts";
import { drawArm, drawnKey } from "./arm.ts";

const KEYS = Array.from({ length: 40_000 }, (_, n) => `u-${n}`);

Deno.test("whoever is drawn for a share stays so when it grows", () => {
  fc.assert(fc.property(
    ...[fc.string(), fc.string(), fc.nat(1000), fc.nat(1000)] as const,
    (change, key, one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      const at = (permille: number) => drawArm({ change, permille }, key);
      assert.equal(at(less), at(less));
      if (at(less) === "challenger") assert.equal(at(more), "challenger");
      assert.equal(at(0), "champion");
      assert.equal(at(1000), "challenger");
    },
  ));
});

Deno.test("the share is met, and independent of what canaries of policies draw", () => {
  const trial = { change: "chg_1", permille: 100 };
  const counts = { model: 0, policy: 0, both: 0 };
  for (const key of KEYS) {
    const isDrawn = drawArm(trial, key) === "challenger";
    const isPolicy = drawPermille(`chg_1\n${key}`) < 200;
    counts.model += Number(isDrawn);
    counts.policy += Number(isPolicy);
    counts.both += Number(isDrawn && isPolicy);
  }
  isNear(counts.model, 0.1);
  isNear(counts.policy, 0.2);
  isNear(counts.both, 0.02);
});

/** Within four standard errors. */
function isNear(count: number, share: number): void {
  const of = KEYS.length;
  const error = 4 * Math.sqrt(of * share * (1 - share));
  assert.ok(Math.abs(count - share * of) < error, `${count} for ${share}`);
}

Deno.test("people are drawn by who they are, or else by the campaign", () => {
  assert.equal(drawnKey({ subject: "u-1", campaign: "c-1" }), "u-1");
  assert.equal(drawnKey({ campaign: "c-1", account: "a-1" }), "c-1");
  assert.equal(drawnKey({ channel: "email" }), "");
});

Deno.test("the version on trial decides for its share, which the log tells and replays", async () => {
  const { world, tally } = onTrial(1000);
  const decision = await decideIn(world, REQUEST);
  assert.deepEqual([decision.rung, decision.modelVersion, decision.trial], [
    "challenger",
    "email_visit@2",
    { change: "chg_1", cycle: 1, arm: "challenger" },
  ]);
  const { same, differences } = await createDecisions(world)
    .replay("acme", decision.id);
  assert.ok(same, differences.join());
  const [seen] = tally.take();
  assert.equal(seen?.counts.challenger.decisions, 1);
  assert.deepEqual(seen?.counts.champion, NOTHING_SEEN);
});

Deno.test.each([
  {
    note: "in shadow",
    permille: 1000,
    stage: "shadow" as const,
    request: REQUEST,
  },
  {
    note: "about nobody",
    ...{ permille: 1000, stage: "canary" as const },
    request: { ...REQUEST, entities: { channel: "email" } },
  },
])("a decision $note is on no side", async ({ permille, stage, request }) => {
  const { world } = onTrial(permille, { stage });
  const decision = await decideIn(world, request);
  assert.deepEqual([decision.rung, decision.trial, decision.falls], [
    ...["champion", undefined, []],
  ]);
});

Deno.test("a version that fails costs its rung, is counted, and is stopped here at once", async () => {
  const { world, trial } = onTrial(1000, {
    fail: () => {
      throw new Error("broken");
    },
  });
  const first = await decideIn(world, REQUEST);
  assert.deepEqual([first.rung, first.modelVersion], [
    ...["champion", "email_visit@1"],
  ]);
  assert.deepEqual(first.falls.map(({ from }) => from), ["challenger"]);
  assert.equal(first.trial?.arm, "challenger");
  for (let more = 0; more < 60; more++) await decideIn(world, REQUEST);
  assert.match(trial.tally.stopped ?? "", /owes 100\.0 % of its answers/);
  const after = await decideIn(world, REQUEST);
  assert.deepEqual(after.falls, [{ from: "challenger", cause: "guardrail" }]);
  assert.equal(after.trial, undefined);
});

/** A world whose champion is tried against another version. */
function onTrial(
  permille: number,
  { stage = "canary", fail }: {
    readonly stage?: "shadow" | "canary";
    readonly fail?: () => number;
  } = {},
) {
  const champion = scorerOf(ACTION);
  const next = scorerOf(ACTION, {
    version: 2,
    score: fail ?? (() => 0.7),
  });
  const tally = createTrialTally();
  const of = { tenant: "acme", name: "email_visit", change: "chg_1", cycle: 1 };
  const counted = tally.open({ ...of, stage }, GUARDRAILS);
  const score: Scorer["score"] = async (rows) => await next.score(rows);
  const trial: OpenedTrial = {
    ...{ ...of, stage, permille, tally: counted },
    challenger: {
      ...{ ...next, score: counted.count("challenger", score) },
      scoreAside: score,
    },
    warm: () => Promise.resolve(),
  };
  const scores = scoresOf(champion, next);
  const world = worldOf({
    scores: {
      ...scores,
      champion: () => Promise.resolve({ champion, previous: null, trial }),
    },
    trials: tally,
  });
  return { world, tally, trial };
}
