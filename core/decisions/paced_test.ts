/**
 * Bids that a budget pays for: what is bid, what is reserved, and that each replays.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionRequest } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { ModelRecord, ModelUse } from "../domain/score.ts";
import type { BudgetDesk } from "./budgets/budgets.ts";
import { createDecisions } from "./decisions.ts";
import {
  AT,
  BID,
  decideIn,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  type World,
  worldOf,
} from "./memory_ports_test.ts";
import { deskOf, TERMS } from "./paying_desk_test.ts";

const bidder = scorerOf(BID, { score: () => 0.1 });

function worldWith(budgets: BudgetDesk, given: Partial<World> = {}): World {
  return worldOf({ scores: scoresOf(bidder), budgets, ...given });
}

function bidOf({ recommendation }: Awaited<ReturnType<typeof decideIn>>) {
  assert.ok(recommendation.kind === "bid");
  return recommendation.bidMicros;
}

async function replays(world: World, id: string): Promise<void> {
  const { differences } = await createDecisions(world).replay("acme", id);
  assert.deepEqual(differences, []);
}

Deno.test("a bid is its value over the budget's multiplier, reserved whole, named, and replayed", async () => {
  const desk = deskOf({ multiplier: 3 });
  const world = worldWith(desk);
  const decision = await decideIn(world, REQUEST);
  assert.equal(bidOf(decision), 666_666);
  assert.deepEqual(desk.reserved, [666_666]);
  assert.deepEqual(decision.pacing, {
    budget: "spring",
    unit: "micros",
    multiplier: 3,
    value: 2_000_000,
    worthMicros: 666_666,
    bounds: TERMS.bids,
    refusal: null,
    bid: "spring.node_1-0.0",
    reservedMicros: 666_666,
  });
  await replays(world, decision.id);
  const { summary, same } = await createDecisions(world).explain(
    "acme",
    decision.id,
  );
  assert.equal(same, true);
  assert.match(
    summary,
    /Budget spring wants 3 of value for each unit spent, so a value of 2\.00 EUR is worth 0\.666666 EUR\./,
  );
});

Deno.test("a bid that no budget governs is the model's, and says nothing of budgets", async () => {
  const world = worldWith(deskOf());
  const entities = { channel: "display" };
  const decision = await decideIn(world, { ...REQUEST, entities });
  assert.equal(bidOf(decision), 500_000);
  assert.equal("pacing" in decision, false);
});

Deno.test.each(
  ["waiting", "ended", "stopped", "spent", "not_leased", "throttled"] as const,
)(
  "nothing is bid where the budget is %s, whatever a policy raises",
  async (refusal) => {
    const documents = [
      policyOf(
        { id: "high", effect: "floor", when: true, to: 9_000, reason: "High" },
        ["bid"],
      ),
    ];
    const desk = deskOf({ refusal });
    const world = worldOf({
      ...{ scores: scoresOf(bidder), budgets: desk, documents },
    });
    const decision = await decideIn(world, REQUEST);
    assert.equal(bidOf(decision), 0);
    assert.deepEqual(desk.reserved, []);
    assert.equal(decision.applied.at(-1)?.rule, `budget@1/${refusal}`);
    assert.equal(decision.pacing?.refusal, refusal);
    assert.equal(decision.pacing?.reservedMicros, 0);
    await replays(world, decision.id);
    const why = await createDecisions(world).explain("acme", decision.id);
    assert.match(why.summary, new RegExp(`lets nothing go \\(${refusal}\\)`));
  },
);

Deno.test("a bid that does not fit into what is free is none, and replays as none", async () => {
  const world = worldWith(deskOf({ free: 499_999 }));
  const decision = await decideIn(world, REQUEST);
  assert.equal(bidOf(decision), 0);
  assert.equal(decision.pacing?.worthMicros, 500_000);
  assert.equal(decision.pacing?.bid, null);
  assert.deepEqual(
    decision.applied.map(({ rule, beforeMicros, afterMicros }) => [
      ...[rule, beforeMicros, afterMicros],
    ]),
    [["budget@1/spent", 500_000, 0]],
  );
  await replays(world, decision.id);
});

Deno.test("what is reserved is what policies and limits left of the bid", async () => {
  const cap = policyOf(
    {
      ...{ id: "low", effect: "cap", when: true, to: 300_000, reason: "Low" },
    } as const,
  );
  const desk = deskOf();
  const world = worldOf({
    ...{ scores: scoresOf(bidder), budgets: desk, documents: [cap] },
  });
  const limits = { ...REQUEST.constraints, maxBidMicros: 200_000 };
  const decision = await decideIn(world, { ...REQUEST, constraints: limits });
  assert.equal(bidOf(decision), 200_000);
  assert.deepEqual(desk.reserved, [200_000]);
  await replays(world, decision.id);
});

Deno.test.each([
  { note: "raised to the least", least: 600_000, most: 700_000, want: 600_000 },
  { note: "cut to the most", least: 0, most: 400_000, want: 400_000 },
])("a bid is $note of its entity", async ({ least, most, want }) => {
  const own = { leastMicros: least, mostMicros: most };
  const terms = { bidsOf: { "channel:email": own } };
  const world = worldWith(deskOf({ terms }));
  const decision = await decideIn(world, REQUEST);
  assert.equal(bidOf(decision), want);
  assert.deepEqual(decision.pacing?.bounds, own);
  await replays(world, decision.id);
});

Deno.test.each([
  { note: "in another currency", terms: { currency: "USD" }, why: "currency" },
  {
    note: "that counts outcomes under a model that tells money alone",
    terms: { objective: "outcomes" as const },
    use: { ...BID, valueMicros: null } as ModelUse,
    why: "unit",
  },
])("a budget $note pays nothing", async ({ terms, why, use = BID }) => {
  const scores = scoresOf(scorerOf(use, { score: () => 0.1 }));
  const world = worldWith(deskOf({ terms }), { scores });
  const decision = await decideIn(world, REQUEST);
  assert.equal(bidOf(decision), 0);
  assert.equal(decision.pacing?.refusal, why);
  await replays(world, decision.id);
});

Deno.test("where outcomes are counted, the chance of one is paid for", async () => {
  const terms = { objective: "outcomes" as const };
  const world = worldWith(deskOf({ terms, multiplier: 1 / 3_000_000 }));
  const decision = await decideIn(world, REQUEST);
  assert.equal(bidOf(decision), 300_000);
  const { summary } = await createDecisions(world).explain("acme", decision.id);
  assert.match(summary, /pays 3\.00 EUR for an outcome/);
});

Deno.test("value over multiplier is what is shaded", async () => {
  const WIN: ModelUse = { kind: "win", currency: "EUR" };
  const asked = scorerOf(WIN, {
    ...{ name: "display_win", version: 4 },
    score: ({ values }) => Number(values[0]) / 1e6,
  });
  const schema: ModelRecord["schema"] = {
    ...{ actions: [], crossed: false },
    inputs: [{ name: "a.bid_micros", kind: "number", fill: null, typical: 1 }],
  };
  const landscape = { ...asked, record: { ...asked.record, schema } };
  const use = { ...BID, landscape: "display_win" } as ModelUse;
  const scores = scoresOf(scorerOf(use, { score: () => 0.1 }), landscape);
  const desk = deskOf({ multiplier: 8 });
  const world = worldWith(desk, { scores });
  const decision = await decideIn(world, REQUEST);
  assert.equal(decision.shading?.worthMicros, 250_000);
  assert.ok(Math.abs(bidOf(decision) - 125_000) < 3000);
  assert.deepEqual(desk.reserved, [bidOf(decision)]);
  await replays(world, decision.id);
  const refused = worldWith(deskOf({ refusal: "spent" }), { scores });
  const none = await decideIn(refused, REQUEST);
  assert.equal("shading" in none, false);
  await replays(refused, none.id);
});

Deno.test("any paced bid keeps bounds and limits, is reserved to the micro, and replays bit for bit", async () => {
  const micros = fc.option(fc.integer({ min: 0, max: 2_000_000 }), {
    nil: null,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.record({ maxBidMicros: micros, budgetRemainingMicros: micros }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.integer({ min: 0, max: 1_000_000 }),
      async (given, score, multiplier, free) => {
        const desk = deskOf({ multiplier, free });
        const scores = scoresOf(scorerOf(BID, { score: () => score }));
        const world = worldWith(desk, { scores });
        const request: DecisionRequest = {
          ...REQUEST,
          constraints: { ...REQUEST.constraints, ...given },
        };
        const decision = await decideIn(world, request);
        const bid = bidOf(decision);
        assert.ok(bid <= Math.min(free, TERMS.bids.mostMicros));
        assert.ok(bid <= (given.maxBidMicros ?? Infinity));
        assert.ok(bid <= (given.budgetRemainingMicros ?? Infinity));
        assert.ok(bid <= score * 20_000_000 / multiplier);
        assert.equal(decision.pacing?.reservedMicros, bid);
        assert.equal(desk.reserved.length, bid > 0 ? 1 : 0);
        assert.equal(decision.at, AT);
        await replays(world, decision.id);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("while terms cannot be read no bid is made, and actions are decided on", async () => {
  const away = new EngineError("store_unavailable", "Cannot read the terms");
  const budgets = { ...deskOf(), ready: () => Promise.reject(away) };
  await assert.rejects(decideIn(worldWith(budgets), REQUEST), {
    code: "store_unavailable",
  });
  const { recommendation } = await decideIn(worldOf({ budgets }), REQUEST);
  assert.equal(recommendation.kind, "action");
});
