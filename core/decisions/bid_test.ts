/**
 * What is bid, and the limits that no policy and no model can break.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionRequest } from "../domain/decision.ts";
import type { ModelUse } from "../domain/score.ts";
import type { PolicyDocument } from "../domain/verdict.ts";
import { createDecisions } from "./decisions.ts";
import {
  BID,
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

const bidder = worldOf({
  scores: scoresOf(scorerOf(BID, { score: () => 0.1 })),
});

Deno.test("a bid is score times value over the wanted return, rounded down", async () => {
  const decision = await decideIn(bidder, REQUEST);
  assert.deepEqual(decision.recommendation, {
    kind: "bid",
    bidMicros: 500_000,
    currency: "EUR",
  });
  assert.equal(decision.rung, "champion");
  assert.equal(decision.modelVersion, "email_visit@1");
});

Deno.test.each([
  {
    note: "the expected value over the wanted return",
    score: 10_002,
    want: 2500,
  },
  { note: "below nothing is nothing", score: -5, want: 0 },
])("a score in money is bid as it is: $note", async ({ score, want }) => {
  const use = { ...BID, valueMicros: null } as ModelUse;
  const scores = scoresOf(scorerOf(use, { score: () => score }));
  const { recommendation } = await decideIn(worldOf({ scores }), REQUEST);
  assert.equal(
    recommendation.kind === "bid" && recommendation.bidMicros,
    want,
  );
});

Deno.test("a model of what bids win decides none", async () => {
  const scores = scoresOf(scorerOf({ kind: "win", currency: "EUR" }));
  await assert.rejects(
    decideIn(worldOf({ scores }), { ...REQUEST, model: "email_visit" }),
    { code: "request_invalid", message: /it tells what bids win/ },
  );
});

Deno.test.each([
  { note: "the highest bid caps", given: { maxBidMicros: 7 }, want: 7 },
  {
    note: "a micro above the highest is cut",
    given: { maxBidMicros: 499_999 },
    want: 499_999,
  },
  { note: "the budget caps", given: { budgetRemainingMicros: 9 }, want: 9 },
  { note: "no budget, no bid", given: { budgetRemainingMicros: 0 }, want: 0 },
  {
    note: "below the lowest there is none",
    given: { minBidMicros: 500_001 },
    want: 0,
  },
  {
    note: "a lowest above the highest leaves none",
    given: { minBidMicros: 8, maxBidMicros: 7 },
    want: 0,
  },
])("constraints: $note", async ({ given, want }) => {
  const { recommendation } = await decideIn(bidder, limits(given));
  assert.equal(
    recommendation.kind === "bid" && recommendation.bidMicros,
    want,
  );
});

Deno.test("a floor of a policy never breaks the request's cap", async () => {
  const floor = policyOf({
    id: "high",
    effect: "floor",
    when: true,
    to: 9_000_000,
    reason: "High",
  });
  const world = worldOf({ scores: bidder.scores, documents: [floor] });
  const { recommendation, applied } = await decideIn(
    world,
    limits({ maxBidMicros: 1_000 }),
  );
  assert.equal(recommendation.kind === "bid" && recommendation.bidMicros, 1000);
  assert.deepEqual(applied.map(({ rule }) => rule), [
    "high@1/high",
    "request@1/max_bid",
  ]);
});

Deno.test("a limit that is no whole number is refused", async () => {
  for (const maxBidMicros of [-1, 0.5, NaN, 2 ** 53]) {
    await assert.rejects(
      decideIn(bidder, limits({ maxBidMicros })),
      { code: "request_invalid" },
    );
  }
});

const micros = fc.option(fc.integer({ min: 0, max: 2_000_000 }), { nil: null });
const anyRule = fc.record({
  effect: fc.constantFrom("cap", "floor", "adjust", "deny" as const),
  to: fc.integer({ min: 0, max: 3_000_000 }),
  byPermille: fc.integer({ min: 1, max: 5000 }),
  limit: fc.integer({ min: 0, max: 3_000_000 }),
});
const anyPolicies = fc.array(anyRule, { maxLength: 5 }).map((rules) =>
  rules.map(({ effect, to, byPermille, limit }, place): PolicyDocument =>
    policyOf({
      id: `rule_${place}`,
      effect: effect as "cap",
      when: { "<": [limit, { var: "amount.micros" }] },
      ...(effect === "cap" || effect === "floor" ? { to } : {}),
      ...(effect === "adjust" ? { byPermille } : {}),
      reason: "Any",
    }, ["bid"])
  )
);

Deno.test("no bid breaks a limit, whatever policies and model say, and each replays", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyPolicies,
      fc.record({
        maxBidMicros: micros,
        minBidMicros: micros,
        budgetRemainingMicros: micros,
      }),
      fc.double({ min: -1, max: 2, noNaN: true }),
      async (documents, given, score) => {
        const scores = scoresOf(scorerOf(BID, { score: () => score }));
        const world = worldOf({ scores, documents });
        const { id, recommendation } = await decideIn(world, limits(given));
        assert.ok(recommendation.kind === "bid");
        const bid = recommendation.bidMicros;
        assert.ok(Number.isSafeInteger(bid) && bid >= 0);
        assert.ok(bid <= (given.maxBidMicros ?? Infinity));
        assert.ok(bid <= (given.budgetRemainingMicros ?? Infinity));
        assert.ok(bid === 0 || bid >= (given.minBidMicros ?? 0));
        const replay = await createDecisions(world).replay("acme", id);
        assert.deepEqual(replay.differences, []);
      },
    ),
    { numRuns: 200 },
  );
});
