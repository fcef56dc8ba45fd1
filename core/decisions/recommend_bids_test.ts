/**
 * Bids in a batch: with range, cap and what limited them, and nothing reserved or logged.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { termsOf } from "./budgets/memory_book_test.ts";
import type { BudgetStanding } from "./budgets/standing.ts";
import { createDecisions } from "./decisions.ts";
import {
  BID,
  NO_BUDGETS,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  type World,
  worldOf,
} from "./memory_ports_test.ts";
import type { BidAsk, BidRangeOptions } from "./recommend_bids.ts";

const OPTIONS = { spreadPermille: 200, stepPermille: 1000 };
const scores = scoresOf(scorerOf(BID, { score: () => 0.1 }));

function askOf(given: {
  readonly todayMicros?: number;
  readonly maxBidMicros?: number;
} = {}): BidAsk {
  const { todayMicros = null, maxBidMicros = null } = given;
  const constraints = { ...REQUEST.constraints, maxBidMicros };
  return { request: { ...REQUEST, constraints }, todayMicros };
}

async function recommend(
  world: World,
  ask: BidAsk,
  options: BidRangeOptions = OPTIONS,
) {
  const [made, ...others] = await createDecisions(world).recommend("acme", {
    ...{ asks: [ask], options },
  });
  assert.ok(made && others.length === 0);
  assert.equal(world.log.rows.length, 0);
  return made;
}

function paidBy(
  multiplier: number,
  given = {},
  state: BudgetStanding["state"] = "pacing",
): World {
  const terms = termsOf({
    ...{ id: "spring", paysFor: ["channel:email"] },
    ...{ bids: { leastMicros: 0, mostMicros: 5_000_000 }, ...given },
  });
  const standing = { terms, multiplier, state } as BudgetStanding;
  return worldOf({
    scores,
    budgets: {
      ...NO_BUDGETS,
      payerOf: () => terms,
      find: () => Promise.resolve(standing),
      reserve: () => assert.fail("Nothing is reserved"),
    },
  });
}

Deno.test("a bid comes with the range that its value leaves open", async () => {
  const made = await recommend(worldOf({ scores }), askOf());
  assert.deepEqual(made, {
    ...{ lowMicros: 400_000, bidMicros: 500_000, highMicros: 600_000 },
    ...{ currency: "EUR", limitedBy: null, capMicros: null, multiplier: 4 },
    ...{ score: 0.1, modelVersion: "email_visit@1" },
    ...{ budget: null, applied: [] },
  });
});

Deno.test("a budget gives its multiplier and its bounds, as they stand in the store", async () => {
  const made = await recommend(paidBy(8), askOf());
  assert.deepEqual([made.bidMicros, made.budget], [250_000, "spring"]);
  assert.deepEqual([made.capMicros, made.multiplier], [5_000_000, 8]);
  const own = { leastMicros: 300_000, mostMicros: 400_000 };
  const bidsOf = { "channel:email": own };
  const raised = await recommend(paidBy(8, { bidsOf }), askOf());
  assert.deepEqual([raised.bidMicros, raised.limitedBy], [300_000, "floor"]);
  const cut = await recommend(paidBy(2, { bidsOf }), askOf());
  assert.deepEqual([cut.bidMicros, cut.limitedBy], [400_000, "cap"]);
  const none = await recommend(paidBy(8, { currency: "USD" }), askOf());
  assert.deepEqual([none.bidMicros, none.limitedBy], [0, "budget"]);
  assert.equal(none.applied[0]?.rule, "budget@1/currency");
});

Deno.test("the step against today limits, then policies, and each says so", async () => {
  const options = { ...OPTIONS, stepPermille: 100 };
  const ask = askOf({ todayMicros: 300_000 });
  const stepped = await recommend(worldOf({ scores }), ask, options);
  assert.deepEqual([stepped.bidMicros, stepped.limitedBy], [330_000, "step"]);
  const documents = [
    policyOf(
      {
        ...{ id: "low", effect: "cap", when: true, to: 100_000, reason: "Low" },
      } as const,
    ),
  ];
  const judged = await recommend(worldOf({ scores, documents }), ask, options);
  assert.deepEqual([judged.bidMicros, judged.limitedBy], [100_000, "policy"]);
  assert.equal(judged.highMicros, 100_000);
  assert.equal(judged.applied[0]?.rule, "low@1/low");
});

Deno.test("a model of actions recommends no bid", async () => {
  await assert.rejects(recommend(worldOf(), askOf()), {
    code: "request_invalid",
  });
});

Deno.test("any range holds its bid, within cap and step, and rises with the value", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.integer({ min: 0, max: 4_000_000 }), { nil: undefined }),
      fc.integer({ min: 0, max: 4_000_000 }),
      fc.integer({ min: 0, max: 1000 }),
      async (score, todayMicros, maxBidMicros, stepPermille) => {
        const given = {
          ...todayMicros !== undefined && { todayMicros },
          maxBidMicros,
        };
        const options = { spreadPermille: 300, stepPermille };
        const bidAt = async (at: number) => {
          const scores = scoresOf(scorerOf(BID, { score: () => at }));
          return await recommend(worldOf({ scores }), askOf(given), options);
        };
        const made = await bidAt(score);
        assert.ok(made.lowMicros <= made.bidMicros);
        assert.ok(made.bidMicros <= made.highMicros);
        assert.ok(made.highMicros <= maxBidMicros);
        const more = await bidAt(score * 1.5);
        assert.ok(more.bidMicros >= made.bidMicros);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test.each<{ state: BudgetStanding["state"]; bidMicros: number }>([
  { state: "waiting", bidMicros: 0 },
  { state: "ended", bidMicros: 0 },
  { state: "stopped", bidMicros: 0 },
  { state: "spent", bidMicros: 250_000 },
])("of a budget that is $state, $bidMicros is recommended", async (given) => {
  const made = await recommend(paidBy(8, {}, given.state), askOf());
  assert.equal(made.bidMicros, given.bidMicros);
  const { rule } = made.applied[0] ?? {};
  const refused = given.bidMicros === 0;
  assert.equal(rule, refused ? `budget@1/${given.state}` : undefined);
});
