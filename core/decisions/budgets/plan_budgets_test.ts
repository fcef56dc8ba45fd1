/**
 * What a plan gives is what its budgets may cost, from the plan's own price on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { checkTerms } from "../../domain/budget_terms.ts";
import type { Plan } from "../../domain/plan.ts";
import { planBudgets } from "./plan_budgets.ts";

const NOTHING = { parent: null, currentMicros: 0n, expectedOutcome: 0 };
const BOUNDS = { boundsMicros: [0n, 9n], applied: [], warnings: [] } as const;
const PLAN = {
  id: "plan_1",
  state: "applied",
  period: { from: "2026-03-28", until: "2026-04-01" },
  currency: "EUR",
  objective: { unit: "revenue_micros" },
  binding: [{ constraint: "budget", shadowPrice: 2.5 }],
  recommendations: [
    { budgetMicros: 401n, marginalOutcome: 3, entity: "campaign:a" },
    { budgetMicros: 0n, marginalOutcome: 0, entity: "campaign:b" },
    { budgetMicros: 100n, marginalOutcome: 0, entity: "campaign:c" },
  ].map((one) => ({ ...NOTHING, ...BOUNDS, ...one })),
} as unknown as Plan;
const OPTIONS = { mostMicros: 50, zone: "Europe/Berlin" };

Deno.test("each entity's budget has the plan's amount, days and price", () => {
  const made = planBudgets(PLAN, OPTIONS);
  made.forEach(checkTerms);
  assert.deepEqual(
    made.map((terms) => [
      ...[terms.id, terms.paysFor, terms.capMicros, terms.dayCapMicros],
      ...[terms.startMultiplier, terms.plan],
    ]),
    [
      ["plan_1-1", ["campaign:a"], 401, 101, 3, "plan_1"],
      ["plan_1-3", ["campaign:c"], 100, 25, 2.5, "plan_1"],
    ],
  );
  const [first] = made;
  assert.equal(first?.from, "2026-03-27T23:00:00.000Z");
  assert.equal(first?.until, "2026-03-31T22:00:00.000Z");
});

Deno.test("a plan of conversions makes budgets that count outcomes", () => {
  const objective = { ...PLAN.objective, unit: "conversions" };
  const [first] = planBudgets({ ...PLAN, objective }, OPTIONS);
  assert.equal(first?.objective, "outcomes");
});

Deno.test("a plan that is not applied makes none", () => {
  assert.throws(() => planBudgets({ ...PLAN, state: "approved" }, OPTIONS), {
    code: "plan_state_invalid",
  });
});
