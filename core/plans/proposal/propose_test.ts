/**
 * Making plans: the total to the micro, within bounds and policies, or why not.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PolicyRule } from "../../domain/verdict.ts";
import { CHANNELS, found, makePlan } from "../rooms_test.ts";

const STEP: PolicyRule = {
  id: "step_too_large",
  when: { ">": [{ var: "amount.stepPermille" }, 200] },
  effect: "deny",
  reason: "Budget would move by more than a fifth",
};

const CAP: PolicyRule = {
  id: "tv_cap",
  when: { "==": [{ var: "context.channel" }, "tv"] },
  effect: "cap",
  to: 35_000_000,
  reason: "Television is limited",
};

Deno.test("make() divides today's spend and improves the outcome, with proof", async () => {
  const plan = await makePlan(found());
  const current = plan.recommendations.reduce(
    (sum, row) => sum + row.currentMicros,
    0n,
  );
  assert.equal(current, 700_000_007n);
  assert.equal(plan.totalMicros, current);
  const { outcome, currentOutcome, upperBound, gap, unit } = plan.objective;
  assert.ok(outcome > currentOutcome && outcome <= upperBound);
  assert.ok(gap >= 0 && gap <= 1e-9);
  assert.equal(unit, "orders");
  assert.equal(plan.modelVersion, "mix@3");
  assert.equal(plan.validity.until, "2026-03-16T00:00:00.000Z");
  assert.ok(plan.binding.some(({ constraint }) => constraint === "budget"));
});

Deno.test("make() spends the total to the micro, within bounds of entities and parents", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 200_000_000n, max: 900_000_000n }),
      fc.integer({ min: 1, max: 40 }),
      async (totalMicros, days) => {
        const until = new Date(Date.UTC(2026, 2, 9 + days)).toISOString();
        const period = { from: "2026-03-09", until: until.slice(0, 10) };
        const total = totalMicros * BigInt(days) / 7n;
        const most = total / 2n;
        const plan = await makePlan(found(), {
          totalMicros: total,
          period,
          bounds: {
            "account:online": { hi: most },
            "channel:social": { lo: total / 10n, hi: total },
            "channel:tv": { lo: total / 7n, hi: total },
          },
        });
        const budgets = new Map(
          plan.recommendations.map((row) => [row.entity, row.budgetMicros]),
        );
        const of = (entity: "search" | "social" | "tv") =>
          budgets.get(`channel:${entity}`) ?? -1n;
        assert.equal(of("search") + of("social") + of("tv"), total);
        assert.ok(of("search") + of("social") <= most);
        assert.ok(of("social") >= total / 10n);
        plan.changeSet.operations.forEach(({ target, set }) => {
          assert.equal(
            BigInt(set ?? -1),
            (budgets.get(target) ?? -1n) / BigInt(days),
          );
        });
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("make() spends a total beyond the precision of floats exactly", async () => {
  const totalMicros = 20_000_000_000_000_001n;
  const plan = await makePlan(found(), {
    totalMicros,
    bounds: {
      "channel:search": { hi: totalMicros },
      "channel:social": { hi: totalMicros },
      "channel:tv": { hi: totalMicros },
    },
  });
  assert.equal(plan.totalMicros, totalMicros);
});

Deno.test("make() leaves unspent what brings nothing, when it may", async () => {
  const plan = await makePlan(found(), {
    totalMicros: 100_000_000_000n,
    spend: "up_to",
  });
  plan.recommendations.forEach((row) => {
    assert.equal(row.budgetMicros, row.currentMicros * 3n);
  });
  assert.ok(
    plan.recommendations.every(({ warnings }) => warnings.length === 0),
  );
});

Deno.test("make() warns where it extrapolates", async () => {
  const [search] = CHANNELS;
  assert.ok(search);
  const company = found([{ ...search, seenMicros: 41_000_000 }]);
  const plan = await makePlan(company, { totalMicros: 800_000_000n });
  assert.match(plan.recommendations[0]?.warnings[0] ?? "", /more than twice/);
});

Deno.test("make() keeps a cap of the policies, and says which rule", async () => {
  const plan = await makePlan(found(CHANNELS, [CAP]));
  const tv = plan.recommendations.find(({ entity }) => entity === "channel:tv");
  assert.equal(tv?.boundsMicros[1], 245_000_000n);
  assert.ok((tv?.budgetMicros ?? 0n) <= 245_000_000n);
  assert.deepEqual(
    tv?.applied.map(({ rule, afterMicros }) => [rule, afterMicros]),
    [["test_policy@1/tv_cap", Number(tv?.budgetMicros) / 7]],
  );
});

Deno.test("make() moves no further than a denial allows, and spends the rest elsewhere", async () => {
  const free = await makePlan(found());
  const plan = await makePlan(found(CHANNELS, [STEP]));
  assert.equal(plan.totalMicros, 700_000_007n);
  assert.ok(free.recommendations.some((row) => moved(row) > 0.3));
  assert.ok(plan.recommendations.every((row) => moved(row) <= 0.2 + 1e-9));
  assert.ok(plan.recommendations.some((row) => moved(row) > 0.15));
  assert.ok(plan.objective.outcome > plan.objective.currentOutcome);
});

Deno.test("make() takes an amount that a rule adjusted as that entity's budget", async () => {
  const rule: PolicyRule = {
    id: "lower",
    when: { "==": [{ var: "context.channel" }, "search"] },
    effect: "adjust",
    byPermille: 500,
    reason: "Search is being wound down",
  };
  const free = await makePlan(found());
  const plan = await makePlan(found(CHANNELS, [rule]));
  const share = Number(plan.recommendations[0]?.budgetMicros) /
    Number(free.recommendations[0]?.budgetMicros);
  assert.ok(Math.abs(share - 0.5) < 1e-6, `${share}`);
  assert.equal(plan.totalMicros, 700_000_007n);
});

Deno.test("make() names the rule that allows no budget at all", async () => {
  const rule: PolicyRule = {
    id: "consent",
    when: { "!": [{ var: "compliance.brand_safe" }] },
    effect: "deny",
    reason: "Brand safety is not confirmed",
  };
  await assert.rejects(makePlan(found(CHANNELS, [rule])), (error: unknown) => {
    assert.match(String(error), /test_policy@1\/consent/);
    return (error as { code: string }).code === "plan_infeasible";
  });
});

Deno.test("make() names caps of the policies that leave too little room", async () => {
  const request = { totalMicros: 900_000_000n };
  await assert.rejects(
    makePlan(found(CHANNELS, [STEP]), request),
    (error: unknown) => {
      assert.match(String(error), /at most 336.00 EUR for "channel:search"/);
      assert.match(String(error), /works: total 840.000007 EUR/);
      assert.match(String(error), /step_too_large/);
      return (error as { code: string }).code === "plan_infeasible";
    },
  );
});

Deno.test.each([
  {
    note: "an entity that the model does not know",
    change: { entities: ["channel:radio" as const] },
    want: /entities names "channel:radio"/,
  },
  {
    note: "bounds of nobody",
    change: { bounds: { "channel:radio": { hi: 1n } } },
    want: /bounds names "channel:radio"/,
  },
  {
    note: "another currency",
    change: { currency: "USD" },
    want: /trained in EUR/,
  },
  {
    note: "a period that is over",
    change: { period: { from: "2026-02-01", until: "2026-02-08" } },
    want: /has passed/,
  },
])("make() refuses $note", async ({ change, want }) => {
  await assert.rejects(makePlan(found(), change), {
    code: "request_invalid",
    message: want,
  });
});

Deno.test("make() plans only the entities asked for", async () => {
  const plan = await makePlan(found(), { entities: ["channel:tv"] });
  assert.deepEqual(
    plan.recommendations.map(({ entity }) => entity),
    ["channel:tv"],
  );
  assert.equal(plan.totalMicros, 210_000_007n);
});

function moved(
  { budgetMicros, currentMicros }: {
    budgetMicros: bigint;
    currentMicros: bigint;
  },
): number {
  return Math.abs(Number(budgetMicros - currentMicros)) / Number(currentMicros);
}
