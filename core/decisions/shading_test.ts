/**
 * Bids shaded by the landscape that the model's use names, or not, and replayed.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ModelRecord, ModelUse } from "../domain/score.ts";
import type { Scorer } from "../scores/scorer.ts";
import { createDecisions } from "./decisions.ts";
import {
  BID,
  decideIn,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  type World,
  worldOf,
} from "./memory_ports_test.ts";

const WIN: ModelUse = { kind: "win", currency: "EUR" };
const SHADED = { ...BID, landscape: "display_win" } as ModelUse;
/** Worth half a unit, as it is without shading. */
const WORTH = 500_000;
const bidder = scorerOf(SHADED, { score: () => 0.1 });

/** A landscape of which the chance is a straight line up to one unit. */
function landscapeOf(
  use: ModelUse,
  inputs: readonly string[],
  score?: Scorer["score"],
): Scorer {
  const named = { name: "display_win", version: 4 };
  const { record, artifact } = scorerOf(use, named);
  const schema: ModelRecord["schema"] = {
    actions: [],
    crossed: false,
    inputs: inputs.map((name) => ({
      name,
      kind: "number",
      fill: null,
      typical: 1,
    })),
  };
  const place = inputs.indexOf("auction.bid_micros");
  return {
    record: { ...record, schema },
    artifact,
    score: score ?? ((rows) =>
      Promise.resolve(
        Float64Array.from(rows, ({ values }) => Number(values[place]) / 1e6),
      )),
  };
}

const INPUTS = ["audience.recency", "auction.bid_micros"];
const sound = landscapeOf(WIN, INPUTS);

function worldWith(...landscapes: Scorer[]): World {
  return worldOf({ scores: scoresOf(bidder, ...landscapes) });
}

Deno.test("a bid is shaded by the landscape, says so, and replays", async () => {
  const world = worldWith(sound);
  const { id, recommendation, shading, features, modelVersion } =
    await decideIn(world, REQUEST);
  assert.ok(recommendation.kind === "bid" && shading);
  assert.ok(Math.abs(recommendation.bidMicros - WORTH / 2) < 5000);
  assert.equal(recommendation.bidMicros, shading.bidMicros);
  assert.equal(shading.landscape, "display_win@4");
  assert.equal(shading.worthMicros, WORTH);
  assert.equal(shading.outcome, "shaded");
  assert.ok(Math.abs((shading.winChance ?? 0) - 0.25) < 0.005);
  assert.equal(modelVersion, "email_visit@1");
  assert.ok("auction.bid_micros" in features);
  const decisions = createDecisions(world);
  assert.deepEqual((await decisions.replay("acme", id)).differences, []);
  const { summary } = await decisions.explain("acme", id);
  assert.match(
    summary,
    /worth 0\.50, and display_win@4 gives a bid of 0\.24\d* a chance/,
  );
});

Deno.test("a landscape whose parameters name the bid is asked by that name", async () => {
  const asked = landscapeOf(WIN, ["auction.offer"], (rows) =>
    Promise.resolve(
      Float64Array.from(rows, ({ values: [bid] }) => Number(bid) / 1e6),
    ));
  const { lineage } = asked.record;
  const spec = JSON.stringify({ params: { bid: "offer" } });
  const record = { ...asked.record, lineage: { ...lineage, spec } };
  const world = worldWith({ ...asked, record });
  const { recommendation, shading } = await decideIn(world, REQUEST);
  assert.equal(shading?.outcome, "shaded");
  assert.ok(recommendation.kind === "bid");
  assert.ok(Math.abs(recommendation.bidMicros - WORTH / 2) < 5000);
});

Deno.test("the features of the request reach the landscape", async () => {
  const seen = new Set<unknown>();
  const watching = landscapeOf(WIN, INPUTS, (rows) => {
    for (const { values: [recency] } of rows) seen.add(recency);
    return sound.score(rows);
  });
  await decideIn(worldWith(watching), {
    ...REQUEST,
    features: { "audience.recency": 8 },
  });
  assert.deepEqual([...seen], [8]);
});

const failing = () => Promise.reject(new TypeError("Cannot run"));

Deno.test.each([
  { note: "is absent", landscapes: [], outcome: "model_unavailable" },
  {
    note: "is for another use",
    landscapes: [landscapeOf(BID, INPUTS)],
    outcome: "no_landscape",
  },
  {
    note: "is in another currency",
    landscapes: [landscapeOf({ kind: "win", currency: "USD" }, INPUTS)],
    outcome: "no_landscape",
  },
  {
    note: "knows no bid",
    landscapes: [landscapeOf(WIN, ["audience.recency"])],
    outcome: "no_bid_input",
  },
  {
    note: "cannot be run",
    landscapes: [landscapeOf(WIN, INPUTS, failing)],
    outcome: "internal_error",
  },
])("the worth is bid where the landscape $note", async (given) => {
  const world = worldWith(...given.landscapes);
  const { id, recommendation, shading } = await decideIn(world, REQUEST);
  assert.ok(recommendation.kind === "bid");
  assert.equal(recommendation.bidMicros, WORTH);
  assert.equal(shading?.outcome, given.outcome);
  assert.equal(shading?.landscape, "display_win");
  const replay = await createDecisions(world).replay("acme", id);
  assert.deepEqual(replay.differences, []);
});

Deno.test("a landscape that does not tell bids apart leaves the worth", async () => {
  const flat = landscapeOf(
    WIN,
    INPUTS,
    (rows) => Promise.resolve(new Float64Array(rows.length).fill(0.4)),
  );
  const { recommendation, shading } = await decideIn(worldWith(flat), REQUEST);
  assert.ok(recommendation.kind === "bid");
  assert.equal(recommendation.bidMicros, WORTH);
  assert.equal(shading?.outcome, "flat");
});

Deno.test("policies judge the shaded bid", async () => {
  const cap = policyOf({
    id: "low",
    effect: "cap",
    when: true,
    to: 100_000,
    reason: "Low",
  });
  const scores = scoresOf(bidder, sound);
  const world = worldOf({ scores, documents: [cap] });
  const { recommendation, applied } = await decideIn(world, REQUEST);
  assert.ok(recommendation.kind === "bid");
  assert.equal(recommendation.bidMicros, 100_000);
  const [rule] = applied;
  assert.ok(Math.abs((rule?.beforeMicros ?? 0) - WORTH / 2) < 5000);
});

Deno.test("a model without a landscape says nothing of shading", async () => {
  const plain = scorerOf(BID, { score: () => 0.1 });
  const world = worldOf({ scores: scoresOf(plain, sound) });
  const decision = await decideIn(world, REQUEST);
  assert.equal("shading" in decision, false);
});
