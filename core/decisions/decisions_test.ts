import assert from "node:assert/strict";
import fc from "fast-check";
import type { DecisionRequest } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";
import type { PolicyDocument } from "../domain/verdict.ts";
import { createDecisions } from "./decisions.ts";
import {
  ACTION,
  AT,
  BID,
  decideIn,
  policyOf,
  readingsOf,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "./memory_ports_test.ts";

function limits(given: Partial<DecisionRequest["constraints"]>) {
  return { ...REQUEST, constraints: { ...REQUEST.constraints, ...given } };
}

function failing(version: number) {
  return {
    ...scorerOf(BID, { version }),
    score: () => Promise.reject(new EngineError("model_unavailable", "Cannot")),
  };
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

Deno.test("a floor creates no spending without a model", async () => {
  const floor = policyOf({
    id: "high",
    effect: "floor",
    when: true,
    to: 9_000_000,
    reason: "High",
  });
  const world = worldOf({ scores: scoresOf(failing(1)), documents: [floor] });
  const decision = await decideIn(world, REQUEST);
  assert.deepEqual(decision.recommendation, {
    kind: "bid",
    bidMicros: 0,
    currency: "EUR",
  });
  assert.equal(decision.rung, "static_rule");
  assert.deepEqual(decision.falls, [
    { from: "champion", cause: "model_unavailable" },
  ]);
});

Deno.test("the previous champion stands in, and the answer says why", async () => {
  const world = worldOf({ scores: scoresOf(failing(2), scorerOf(BID)) });
  const { rung, modelVersion, falls } = await decideIn(world, REQUEST);
  assert.equal(rung, "previous");
  assert.equal(modelVersion, "email_visit@1");
  assert.deepEqual(falls, [{ from: "champion", cause: "model_unavailable" }]);
});

Deno.test("a damaged champion that was replaced on opening counts as a fall", async () => {
  const [old, damaged] = [scorerOf(BID), scorerOf(BID, { version: 2 })];
  const scores = {
    ...scoresOf(damaged, old),
    champion: () => Promise.resolve({ champion: old, previous: null }),
  };
  const { rung, falls } = await decideIn(worldOf({ scores }), REQUEST);
  assert.equal(rung, "previous");
  assert.deepEqual(falls, [{ from: "champion", cause: "artifact_corrupt" }]);
});

Deno.test("an unknown model leaves nothing to be done", async () => {
  const world = worldOf({ scores: scoresOf() });
  const decision = await decideIn(world, REQUEST);
  assert.equal(decision.rung, "no_action");
  assert.deepEqual(decision.recommendation, { kind: "action", action: "none" });
  assert.equal(decision.modelVersion, null);
});

Deno.test("a score that is no number costs the rung", async () => {
  const scores = scoresOf(scorerOf(BID, { score: () => NaN }));
  const { rung, score } = await decideIn(worldOf({ scores }), REQUEST);
  assert.equal(rung, "static_rule");
  assert.equal(score, null);
});

Deno.test("features that cannot be read cost the model's rungs, unless all are given", async () => {
  const features = {
    read: () => Promise.reject(new EngineError("store_unavailable", "Cannot")),
  };
  const world = worldOf({ features });
  const fallen = await decideIn(world, REQUEST);
  assert.equal(fallen.rung, "static_rule");
  assert.equal(fallen.falls[0]?.cause, "features: store_unavailable");
  const given = { ["audience.recency"]: 1, ["request.hour"]: 9 };
  const { rung } = await decideIn(world, { ...REQUEST, features: given });
  assert.equal(rung, "champion");
});

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

Deno.test("a limit that is no whole number is refused", async () => {
  for (const maxBidMicros of [-1, 0.5, NaN, 2 ** 53]) {
    await assert.rejects(
      decideIn(bidder, limits({ maxBidMicros })),
      { code: "request_invalid" },
    );
  }
});

Deno.test("the caller's features override the store's and reach model and policies", async () => {
  const read: unknown[] = [];
  const asked: string[] = [];
  const scorer = scorerOf(BID, {
    score: ({ values }) => (read.push(...values), 0.1),
  });
  const world = worldOf({
    scores: scoresOf(scorer),
    features: {
      read: (_tenant, { ids }) => {
        asked.push(...ids);
        return Promise.resolve(readingsOf(ids));
      },
    },
    documents: [
      policyOf({
        id: "odd",
        effect: "deny",
        when: { "==": [{ var: "features.request.shape" }, "odd"] },
        reason: "Odd",
      }),
      policyOf({
        id: "seen",
        effect: "deny",
        when: { "==": [{ var: "features.audience.zip" }, 99] },
        reason: "X",
      }),
    ],
  });
  const features = { ["request.hour"]: 9, ["request.shape"]: "odd" };
  const decision = await decideIn(world, { ...REQUEST, features });
  assert.deepEqual(asked.sort(), ["audience.recency", "audience.zip"]);
  assert.deepEqual(read, [3, 9]);
  assert.equal(decision.features["request.hour"]?.status, "given");
  assert.deepEqual(decision.applied.map(({ rule }) => rule), ["odd@1/odd"]);
});

Deno.test("a decision ends before a minute in which the policies would refuse it", async () => {
  const quiet = policyOf({
    id: "quiet",
    effect: "deny",
    when: { ">=": [{ var: "time.localMinute" }, 541] },
    reason: "Quiet",
  });
  const world = worldOf({ scores: bidder.scores, documents: [quiet] });
  const { validUntil } = await decideIn(world, REQUEST);
  assert.equal(validUntil, "2026-01-31T09:01:00.000Z");
  const free = await decideIn(bidder, REQUEST);
  assert.equal(free.validUntil, "2026-01-31T09:01:30.000Z");
});

Deno.test.each([
  { zone: null, minute: 540, weekday: 6, dayOfMonth: 31 },
  { zone: "UTC", minute: 540, weekday: 6, dayOfMonth: 31 },
  { zone: "Asia/Kolkata", minute: 870, weekday: 6, dayOfMonth: 31 },
  { zone: "Pacific/Kiritimati", minute: 1380, weekday: 6, dayOfMonth: 31 },
  { zone: "Pacific/Auckland", minute: 1320, weekday: 6, dayOfMonth: 31 },
])("policies see the wall clock of $zone", async ({ zone, ...want }) => {
  const { minute, weekday, dayOfMonth } = want;
  const local = policyOf({
    id: "local",
    effect: "deny",
    when: {
      and: [
        { "==": [{ var: "time.localMinute" }, minute] },
        { "==": [{ var: "time.weekday" }, weekday] },
        { "==": [{ var: "time.dayOfMonth" }, dayOfMonth] },
      ],
    },
    reason: "Local",
  });
  const world = worldOf({ scores: bidder.scores, documents: [local] });
  for (let twice = 0; twice < 2; twice++) {
    const { applied } = await decideIn(world, { ...REQUEST, zone });
    assert.deepEqual(applied.map(({ rule }) => rule), ["local@1/local"]);
  }
});

Deno.test("stale features shorten a decision's life", async () => {
  const world = worldOf({
    features: {
      read: (_tenant, { ids }) => Promise.resolve(readingsOf(ids, 3, "stale")),
    },
  });
  const { validUntil } = await decideIn(world, REQUEST);
  assert.equal(validUntil, "2026-01-31T09:00:45.000Z");
});

Deno.test("the policies in force are archived before the first decision that cites them", async () => {
  const world = worldOf({ documents: [noMens] });
  const { save } = world.archive;
  world.archive.save = async (...set) => {
    await new Promise((wake) => setTimeout(wake));
    await save(...set);
  };
  const append = world.log.append;
  let archived = -1;
  world.log.append = (entries) => {
    archived = world.archived.size;
    return append(entries);
  };
  const { policySet } = await decideIn(world, REQUEST);
  assert.equal(archived, 1);
  assert.deepEqual([...world.archived.keys()], [policySet]);
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

Deno.test("find() reads the record back exactly", async () => {
  const world = worldOf({ scores: mailer });
  const decision = await decideIn(world, REQUEST);
  const found = await createDecisions(world).find("acme", decision.id);
  assert.deepEqual(found?.record.decision, decision);
  assert.deepEqual(found?.record.request, REQUEST);
  assert.equal(await createDecisions(world).find("acme", "dec_9"), null);
  assert.equal(found?.record.decision.at, AT);
});
