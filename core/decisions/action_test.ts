/**
 * Which action is chosen, and what forbids one.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionRequest } from "../domain/decision.ts";
import { createDecisions } from "./decisions.ts";
import {
  ACTION,
  decideIn,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "./memory_ports_test.ts";

function limits(given: Partial<DecisionRequest["constraints"]>) {
  return { ...REQUEST, constraints: { ...REQUEST.constraints, ...given } };
}

const worths: Record<string, number> = { mens: 0.3, womens: 0.2, none: 0.1 };
const mailer = scoresOf(
  scorerOf(ACTION, { score: ({ action }) => worths[action ?? ""] ?? 0 }),
);
const noMens = policyOf({
  id: "no_mens",
  effect: "deny",
  when: { "==": [{ var: "context.action" }, "mens"] },
  reason: "No",
});

Deno.test("the best action that is allowed is recommended", async () => {
  const world = worldOf({ scores: mailer, documents: [noMens] });
  const decision = await decideIn(world, REQUEST);
  assert.deepEqual(decision.recommendation, {
    kind: "action",
    action: "womens",
  });
  assert.deepEqual(decision.actions, [
    { action: "mens", score: 0.3, worthMicros: 290_000, allowed: false },
    { action: "womens", score: 0.2, worthMicros: 190_000, allowed: true },
    { action: "none", score: 0.1, worthMicros: 100_000, allowed: true },
  ]);
});

Deno.test("where nothing asked for is allowed, nothing is done", async () => {
  const world = worldOf({ scores: mailer, documents: [noMens] });
  const decision = await decideIn(world, { ...REQUEST, actions: ["mens"] });
  assert.deepEqual(decision.recommendation, { kind: "action", action: "none" });
  assert.equal(decision.score, 0.1);
});

Deno.test("equal worth goes to doing nothing", async () => {
  const free = { ...ACTION, costMicros: {} };
  const world = worldOf({ scores: scoresOf(scorerOf(free)) });
  const { recommendation } = await decideIn(world, REQUEST);
  assert.deepEqual(recommendation, { kind: "action", action: "none" });
});

Deno.test("an action that costs more than is left is not taken", async () => {
  const world = worldOf({ scores: mailer });
  const { recommendation, applied } = await decideIn(
    world,
    limits({ budgetRemainingMicros: 9_999 }),
  );
  assert.deepEqual(recommendation, { kind: "action", action: "none" });
  assert.deepEqual(applied.map(({ rule }) => rule), [
    "request@1/budget_remaining",
  ]);
});

Deno.test("an action that the model does not weigh is the caller's mistake", async () => {
  const asked = { ...REQUEST, actions: ["kids"] };
  await assert.rejects(
    decideIn(worldOf({ scores: mailer }), asked),
    { code: "request_invalid" },
  );
});

const micros = fc.option(fc.integer({ min: 0, max: 2_000_000 }), { nil: null });

Deno.test("no action is recommended that a policy denies or the budget does not bear", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.subarray([...ACTION.kind === "action" ? ACTION.actions : []]),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: 3,
        maxLength: 3,
      }),
      micros,
      async (denied, chances, budgetRemainingMicros) => {
        const order = ["mens", "womens", "none"];
        const scores = scoresOf(scorerOf(ACTION, {
          score: ({ action }) => chances[order.indexOf(action ?? "")] ?? 0,
        }));
        const document = policyOf({
          id: "denied",
          effect: "deny",
          when: { in: [{ var: "context.action" }, ["", ...denied]] },
          reason: "Denied",
        }, ["action"]);
        const world = worldOf({ scores, documents: [document] });
        const request = limits({ budgetRemainingMicros });
        const { id, recommendation } = await decideIn(world, request);
        assert.ok(recommendation.kind === "action");
        const { action } = recommendation;
        if (action !== "none") {
          assert.ok(!denied.includes(action));
          assert.ok((budgetRemainingMicros ?? Infinity) >= 10_000);
        }
        const replay = await createDecisions(world).replay("acme", id);
        assert.deepEqual(replay.differences, []);
      },
    ),
    { numRuns: 200 },
  );
});
