/**
 * Policies about several budgets together, looked at again as a plan is validated.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { PlanRequest } from "../../domain/plan_request.ts";
import type { PolicyRule } from "../../domain/verdict.ts";
import { CHANNELS, found, makePlan } from "../rooms_test.ts";

const TV: PolicyRule = {
  id: "tv_share",
  effect: "cap",
  over: { channel: "tv" },
  toPermille: 200,
  reason: "TV gets a fifth at most",
};
const ONLINE: PolicyRule = {
  id: "online",
  effect: "cap",
  over: { account: "online" },
  to: 60_000_000,
  reason: "Online gets at most 60 a day",
};

Deno.test.each(
  [
    { rules: [TV], want: "test_policy@1/tv_share" },
    { rules: [ONLINE], want: "test_policy@1/online" },
    { rules: [{ ...ONLINE, over: { channel: "radio" } }], want: null },
    {
      rules: [{ ...ONLINE, during: { weekdays: ["sun"] as const } }],
      want: null,
    },
  ] satisfies { rules: PolicyRule[]; want: string | null }[],
)(
  "validate() holds a plan against group rules: $want",
  async ({ rules, want }) => {
    const company = found();
    const { plans, rule } = company;
    const { id } = await makePlan(company, {
      bounds: {
        "channel:search": { lo: 300_000_000n },
        "channel:tv": { lo: 150_000_000n },
        "channel:social": { lo: 200_000_000n },
      },
    });
    rule(rules);
    const { state, findings } = await plans.validate("acme", id, "ann");
    assert.equal(state, want === null ? "validated" : "proposed");
    assert.deepEqual(
      findings.map(({ code, entity, rule }) => [code, entity, rule]),
      want === null ? [] : [["policy_objects", null, want]],
    );
  },
);

Deno.test("a plan made under group rules validates under them, and is bound by them", async () => {
  const plan = await makePlan(found(CHANNELS, [TV, ONLINE]), {
    spend: "up_to",
  });
  assert.equal(plan.state, "validated");
  const [search = 0n, social = 0n, tv = 0n] = plan.recommendations.map((row) =>
    row.budgetMicros
  );
  assert.ok(search + social <= 420_000_000n);
  assert.ok(tv * 1000n <= plan.totalMicros * 200n);
  assert.deepEqual(
    plan.binding.map(({ asked }) => asked?.[0]).toSorted(),
    ["rule:test_policy@1/online", "rule:test_policy@1/tv_share"],
  );
  for (const { shadowPrice, text } of plan.binding) {
    assert.ok(shadowPrice > 0);
    assert.match(text ?? "", /one more EUR would bring/);
  }
});

Deno.test("a shadow price is what one more euro of the rule would bring", async () => {
  const within = async (to: number) => {
    const rules = [{ ...ONLINE, to }];
    return await makePlan(found(CHANNELS, rules), { spend: "up_to" });
  };
  const [less, plan, more] = [
    await within(8_900_000),
    await within(9_000_000),
    await within(9_100_000),
  ];
  const [bound] = plan.binding.filter(({ asked }) =>
    asked?.[0] === "rule:test_policy@1/online"
  );
  const measured = (more.objective.outcome - less.objective.outcome) /
    1_400_000;
  const price = bound?.shadowPrice ?? 0;
  assert.ok(Math.abs(price - measured) < 0.01 * measured, `${price}`);
});

Deno.test("a share of the plan is priced as the same amount is, whoever asks for it", async () => {
  const priced = async (
    rules: PolicyRule[],
    shares?: PlanRequest["shares"],
  ) => {
    const plan = await makePlan(found(CHANNELS, rules), {
      totalMicros: 350_000_000n,
      ...shares && { shares },
    });
    const [bound] = plan.binding.filter(({ asked }) =>
      /tv_share|most_permille/.test(asked?.[0] ?? "")
    );
    return bound?.shadowPrice ?? 0;
  };
  const { toPermille: _, ...amount } = TV;
  const price = await priced([{ ...amount, to: 10_000_000 }]);
  const share = { of: ["channel:tv"], in: null, mostPermille: 200 };
  assert.ok(price > 0);
  for (const other of [await priced([TV]), await priced([], [share])]) {
    assert.ok(Math.abs(other - price) < 0.01 * price, `${other} of ${price}`);
  }
});
