/**
 * The rules that terms come to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { termsOf } from "./memory_book_test.ts";
import { paceTerms } from "./pace_terms.ts";

const rulesOf = (given = {}) => paceTerms(termsOf(given)).rules;

Deno.test("a multiplier to begin with is begun with, in whatever unit value is counted", () => {
  for (const startMultiplier of [1e-7, 0.01, 3]) {
    for (const objective of ["value", "outcomes"] as const) {
      const rules = rulesOf({ objective, startMultiplier });
      assert.equal(rules.startMultiplier, startMultiplier);
      assert.ok(rules.floorMultiplier < startMultiplier);
      assert.ok(rules.ceilingMultiplier >= 1000 * startMultiplier);
    }
  }
});

Deno.test("where nothing says what an outcome is worth, a sure one is bid the most at first", () => {
  const { startMultiplier, floorMultiplier } = rulesOf({
    ...{ objective: "outcomes", startMultiplier: null },
    bids: { leastMicros: 0, mostMicros: 5_000_000 },
  });
  assert.equal(1 / startMultiplier, 5_000_000);
  assert.ok(floorMultiplier < startMultiplier / 999);
});

Deno.test("profit is never bid for at a loss", () => {
  const given = { objective: "profit", startMultiplier: 0.5 };
  const { startMultiplier, floorMultiplier } = rulesOf(given);
  assert.deepEqual([startMultiplier, floorMultiplier], [1, 1]);
});

Deno.test("a bid is lost by silence once a notice had time to come through another node, and forgotten after its life", () => {
  const silenceOf = (lostAfterSeconds: number | null) =>
    paceTerms(termsOf({ notices: { lostAfterSeconds, lifeSeconds: 600 } }))
      .silence;
  assert.deepEqual(silenceOf(1), {
    ...{ lostAfterMs: 16_000, forgottenAfterMs: 600_000 },
  });
  assert.equal(silenceOf(3600)?.forgottenAfterMs, 2 * 3_615_000);
  assert.equal(silenceOf(null), null);
});
