/**
 * What is said of a plan's outcomes, and chances to reach a target.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  arbitraryOutlook,
  assertWithin,
  DRAWS,
} from "./arbitrary_outlooks_test.ts";
import { averageTail, forecast, listOutcomes, quantile } from "./outcomes.ts";
import { planOutlook } from "./plan_outlook.ts";
import type { OutlookProblem } from "./problem.ts";
import { reachChance } from "./reach_chance.ts";

const TWO: OutlookProblem = {
  entities: [1, 2].map((at) => ({
    id: `e${at}`,
    draws: (at === 1 ? [20, 20, 20, 20] : [0, 20, 60, 80]).map((ceiling) => ({
      type: "michaelis_menten",
      ceiling,
      half: 50,
    })),
    lo: 0,
    hi: 100,
  })),
  budget: 100,
  spend: "all",
};

Deno.test("forecast() counts the draws in which a plan beats today's", () => {
  const said = forecast(TWO, [0, 100], [100, 0]);
  assert.equal(said.beatsToday, 0.5);
  assert.equal(forecast(TWO, [0, 100]).beatsToday, null);
});

Deno.test.each([
  { tail: 0.25, want: 1 },
  { tail: 0.5, want: 1.5 },
  { tail: 0.375, want: (1 + 2 / 2) / 1.5 },
  { tail: 1, want: 2.5 },
])("averageTail() of 1, 2, 3, 4 at $tail", ({ tail, want }) => {
  const found = averageTail(Float64Array.of(4, 2, 3, 1), tail);
  assert.ok(Math.abs(found - want) < 1e-12);
});

Deno.test("quantile() is linear between the draws", () => {
  const outcomes = Float64Array.of(30, 10, 20);
  assert.equal(quantile(outcomes, 0.5), 20);
  assert.equal(quantile(outcomes, 0.25), 15);
});

Deno.test("reachChance() is within its bound, and beats every plan of a grid nearly", () => {
  fc.assert(
    fc.property(
      arbitraryOutlook({ entities: 2 }),
      fc.integer({ min: 80, max: 120 }),
      (problem, percent) => {
        const target = planOutlook(problem).value * percent / 100;
        const { amounts, chance, upperBound } = reachChance(problem, target);
        assertWithin(problem, amounts);
        const share = (plan: ArrayLike<number>) =>
          listOutcomes(problem, plan)
            .filter((outcome) => outcome >= target * (1 - 1e-9)).length / DRAWS;
        assert.equal(chance, share(amounts));
        assert.ok(chance >= share(planOutlook(problem).amounts));
        assert.ok(chance <= upperBound + 1e-9, `${chance} ${upperBound}`);
        const [one] = problem.entities;
        if (!one) return;
        for (let step = 0; step <= 60; step++) {
          const first = one.lo + (one.hi - one.lo) * step / 60;
          const plan = [first, problem.budget - first];
          const { lo = 0, hi = 0 } = problem.entities[1] ?? {};
          if ((plan[1] ?? 0) < lo || (plan[1] ?? 0) > hi) continue;
          assert.ok(share(plan) <= upperBound + 1e-9);
        }
      },
    ),
    { numRuns: 40 },
  );
});
