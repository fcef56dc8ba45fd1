/**
 * A model that fails costs a rung, never the answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineError } from "../domain/error.ts";
import type { FeatureQuery } from "../features/read.ts";
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

function failing(version: number) {
  return {
    ...scorerOf(BID, { version }),
    score: () => Promise.reject(new EngineError("model_unavailable", "Cannot")),
  };
}

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
    rebuilding: () => false,
  };
  const world = worldOf({ features });
  const fallen = await decideIn(world, REQUEST);
  assert.equal(fallen.rung, "static_rule");
  assert.equal(fallen.falls[0]?.cause, "features: store_unavailable");
  const given = { ["audience.recency"]: 1, ["request.hour"]: 9 };
  const { rung } = await decideIn(world, { ...REQUEST, features: given });
  assert.equal(rung, "champion");
});

Deno.test("a previous champion that knows fewer actions costs a rung, not the answer", async () => {
  const older = { ...ACTION, actions: ["mens", "none"] };
  const champion = {
    ...scorerOf(ACTION, { version: 2 }),
    score: () => Promise.reject(new TypeError("broken")),
  };
  const world = worldOf({ scores: scoresOf(champion, scorerOf(older)) });
  const asked = { ...REQUEST, actions: ["womens"] };
  const { rung, recommendation, falls } = await decideIn(world, asked);
  assert.equal(rung, "static_rule");
  assert.deepEqual(recommendation, { kind: "action", action: "none" });
  assert.deepEqual(falls.map(({ cause }) => cause), [
    "internal_error",
    "request_invalid",
  ]);
});

Deno.test("without a name the only model is asked, and of two kinds the caller must choose", async () => {
  const unnamed = { ...REQUEST, model: null };
  const bidder = scorerOf(BID, { name: "bidder" });
  const one = await decideIn(worldOf({ scores: scoresOf(bidder) }), unnamed);
  assert.equal(one.modelVersion, "bidder@1");
  const both = worldOf({ scores: scoresOf(bidder, scorerOf(ACTION)) });
  await assert.rejects(decideIn(both, unnamed), { code: "request_invalid" });
  const mails = await decideIn(both, { ...unnamed, actions: ["mens"] });
  assert.equal(mails.modelVersion, "email_visit@1");
});

Deno.test("a model for plans takes no single decisions", async () => {
  const plans = scorerOf({ kind: "plan", currency: "EUR" });
  await assert.rejects(
    decideIn(worldOf({ scores: scoresOf(plans) }), REQUEST),
    { code: "request_invalid" },
  );
});

Deno.test("features that were lost cost the model's rungs while any is missing", async () => {
  const rebuilding = (status: "fresh" | "missing") =>
    worldOf({
      features: {
        read: (_tenant, { ids }) =>
          Promise.resolve(
            Object.fromEntries(ids.map((id, place) => [
              id,
              status === "fresh" || place > 0
                ? { value: 3, status: "fresh", at: "2026-01-31T00:00:00.000Z" }
                : { value: null, status: "missing", at: null },
            ])),
          ),
        rebuilding: () => true,
      },
    });
  const fallen = await decideIn(rebuilding("missing"), REQUEST);
  assert.equal(fallen.rung, "static_rule");
  assert.equal(fallen.falls[0]?.cause, "features: rebuilding");
  const { rung } = await decideIn(rebuilding("fresh"), REQUEST);
  assert.equal(rung, "champion");
});

Deno.test("each model reads the versions of views that it was trained on", async () => {
  const asked: (readonly string[] | undefined)[] = [];
  const trainedOn = (version: number, views: string[], fails = false) => {
    const scorer = scorerOf(BID, { version });
    const { record } = scorer;
    const lineage = { ...record.lineage, views };
    return {
      ...scorer,
      ...fails && { score: failing(version).score },
      record: { ...record, lineage },
    };
  };
  const features = {
    read: (_tenant: string, { ids, pins }: FeatureQuery) => {
      asked.push(pins);
      const value = pins?.[0] === "audience@1" ? 1 : 2;
      return Promise.resolve(readingsOf(ids, value));
    },
    rebuilding: () => false,
  };
  const scores = scoresOf(
    trainedOn(2, ["audience@2"], true),
    trainedOn(1, ["audience@1"]),
  );
  const decision = await decideIn(worldOf({ features, scores }), REQUEST);
  assert.equal(decision.rung, "previous");
  assert.equal(decision.features["audience.recency"]?.value, 1);
  assert.deepEqual(asked, [["audience@2"], ["audience@1"]]);
});

Deno.test("what the request says of itself and how old features may be reaches the read", async () => {
  const asked: FeatureQuery[] = [];
  const features = {
    read: (_tenant: string, query: FeatureQuery) => {
      asked.push(query);
      return Promise.resolve(readingsOf(query.ids));
    },
    rebuilding: () => false,
  };
  await decideIn(worldOf({ features }), {
    ...REQUEST,
    features: { ["request.hour"]: 9, ["audience.other"]: 1 },
    maxFeatureAgeSeconds: 60,
  });
  const [{ given, purpose, maxAgeSeconds, at } = assert.fail()] = asked;
  assert.deepEqual(
    { given, purpose, maxAgeSeconds, at },
    { given: { hour: 9 }, purpose: "optimization", maxAgeSeconds: 60, at: AT },
  );
});
