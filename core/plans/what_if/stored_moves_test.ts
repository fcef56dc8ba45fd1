/**
 * Moves of stored plans are told in currency units, with what moved units bring.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EVIDENCE, PLAN } from "../plots/fixtures/plan.ts";
import { explainPlan } from "./stored_moves.ts";

const { curves } = EVIDENCE;

/** Revenue over three days of a budget for them, EUR. */
function bring(budget: number): number {
  return 3 * 150 * (budget / 3) / (60 + budget / 3);
}

Deno.test("explainPlan() tells moves from today", () => {
  const [search, tv] = explainPlan(PLAN, { curves, against: null });
  const each = (bring(180) - bring(240)) / -60;
  assert.equal(search?.cause, "spent");
  assert.ok(
    search?.sentence.startsWith(
      '"campaign:search" gets 60 less (−25.0 %), 180 in place of 240: ' +
        `a unit of that brought ${
          Number(each.toPrecision(4))
        } on average, more than`,
    ),
    search?.sentence,
  );
  assert.equal(tv?.cause, "pays");
  assert.match(
    tv?.sentence ?? "",
    /gets 60 more \(\+100\.0 %\), 120 in place of 60/,
  );
  assert.match(tv?.sentence ?? "", /more than the 0\.5 that a unit must bring/);
  assert.match(tv?.sentence ?? "", /120 is its most/);
});

Deno.test("explainPlan() tells moves between plans, by days where periods differ", () => {
  const before = {
    ...PLAN,
    period: { from: "2026-01-01", until: "2026-01-07" },
    recommendations: PLAN.recommendations.slice(0, 1),
  };
  const [search, tv] = explainPlan(PLAN, { curves, against: before });
  assert.deepEqual([search?.before, search?.after], [90, 180]);
  assert.deepEqual([tv?.before, tv?.after], [0, 120]);
});

Deno.test("explainPlan() does without curves, and names rules", () => {
  const [first] = PLAN.recommendations;
  assert.ok(first);
  const rule = {
    ...{ rule: "steps@1/cap", effect: "cap" as const, missing: false },
    ...{ beforeMicros: 1, afterMicros: 1, reason: "Steps stay small" },
  };
  const plan = { ...PLAN, recommendations: [{ ...first, applied: [rule] }] };
  const [search] = explainPlan(plan, { curves: null, against: null });
  assert.equal(
    search?.sentence,
    '"campaign:search" gets 60 less (−25.0 %), 180 in place of 240: its next unit brings 0.5, as much as the 0.5 that a unit must bring; held by rule:steps@1/cap.',
  );
});
