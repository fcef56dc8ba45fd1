/**
 * The reasons are those of the logged decision.
 *
 * @module
 */
import assert from "node:assert/strict";
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

const capped = policyOf({
  id: "low",
  effect: "cap",
  when: true,
  to: 100_000,
  reason: "Bids stay low",
});

/** Recency 3 against a typical 6, hour 12 as is typical. */
const scorer = scorerOf(BID, {
  score: ({ values: [recency, hour] }) =>
    0.5 - 0.05 * Number(recency) + 0.01 * Number(hour),
});

Deno.test("explain() says which features moved the score, which rules spoke, and on which rung it stands", async () => {
  const world = worldOf({ scores: scoresOf(scorer), documents: [capped] });
  const features = { ["request.hour"]: 12 };
  const { id } = await decideIn(world, { ...REQUEST, features });
  const why = await createDecisions(world).explain("acme", id);
  assert.equal(why.same, true);
  assert.deepEqual(why.contributions.map(({ feature }) => feature), [
    "audience.recency",
  ]);
  assert.equal(why.attribution?.method, "replace_typical");
  const [recency] = why.contributions;
  assert.ok(Math.abs((recency?.effect ?? 0) - 0.15) < 1e-12);
  assert.equal(
    why.summary,
    "Recommended a bid of 0.10 EUR, as email_visit@1 scores it 0.47. audience.recency is 3; were it 6, as is typical, the score would be 0.32. low@1/low capped: Bids stay low.",
  );
});

Deno.test("explain() of a decision without a model says so", async () => {
  const world = worldOf({ scores: scoresOf() });
  const { id } = await decideIn(world, REQUEST);
  const why = await createDecisions(world).explain("acme", id);
  assert.deepEqual(why.contributions, []);
  assert.equal(why.attribution, null);
  assert.equal(why.rung, "no_action");
  assert.match(why.summary, /^Recommended "none", as no model is known\./);
});
