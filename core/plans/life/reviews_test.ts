/**
 * Plans whose budgets need a person who agrees.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { PolicyRule } from "../../domain/verdict.ts";
import { CHANNELS, found, makePlan } from "../rooms_test.ts";

const LARGE: PolicyRule = {
  id: "large_budget",
  when: { ">": [{ var: "amount.micros" }, 20_000_000] },
  effect: "review",
  reason: "Budgets above 20 a day are looked at",
};
const ON_TV: PolicyRule = {
  id: "tv",
  when: { "==": [{ var: "context.channel" }, "tv"] },
  effect: "review",
  reason: "TV is looked at",
};
const RULE = "test_policy@1/large_budget";

Deno.test("a plan that needs a person validates, and says who and why", async () => {
  const plan = await makePlan(found(CHANNELS, [LARGE]));
  assert.equal(plan.state, "validated");
  const large = plan.recommendations.filter(({ budgetMicros }) =>
    budgetMicros / 7n > 20_000_000n
  );
  assert.ok(large.length > 0);
  assert.deepEqual(
    plan.findings.map(({ code, entity, rule }) => [code, entity, rule]),
    large.map(({ entity }) => ["policy_review", entity, RULE]),
  );
  assert.match(plan.findings[0]?.message ?? "", /Budgets above 20 a day/);
});

Deno.test("whoever approves names every rule that asks for a person", async () => {
  const company = found(CHANNELS, [LARGE, ON_TV]);
  const { plans } = company;
  const { id } = await makePlan(company);
  const approve = (reason?: string) =>
    plans.approve("acme", id, reason ? { by: "bob", reason } : "bob");
  for (
    const [reason, named] of [
      [undefined, "large_budget, tv"],
      ["fine", "large_budget, tv"],
      ["very_large_budget and tvs", "large_budget, tv"],
      ["large_budget: agreed", "tv"],
    ] as const
  ) {
    await assert.rejects(approve(reason), {
      code: "approval_invalid",
      message: new RegExp(`a reason that names ${named}$`),
    });
  }
  assert.equal((await plans.find("acme", id))?.state, "validated");
  const approved = await approve(`${RULE} agreed with finance, and tv too`);
  assert.equal(approved.state, "approved");
  const again = await plans.validate("acme", id, "bob");
  assert.equal(again.state, "approved");
  const applied = await plans.apply("acme", id, "cy");
  assert.deepEqual([applied.state, applied.findings], ["applied", []]);
});

Deno.test("a rule that nobody agreed to sends an approved plan back", async () => {
  for (const step of ["validate", "apply"] as const) {
    const company = found(CHANNELS, [LARGE]);
    const { plans, rule, writes } = company;
    const { id } = await makePlan(company);
    await plans.approve("acme", id, { by: "bob", reason: "large_budget" });
    rule([LARGE, ON_TV]);
    if (step === "apply") {
      await assert.rejects(plans.apply("acme", id, "cy"), {
        code: "plan_state_invalid",
      });
    } else await plans.validate("acme", id, "cy");
    const plan = await plans.find("acme", id);
    assert.deepEqual([plan?.state, plan?.approvedBy], ["proposed", null]);
    assert.ok(plan?.findings.some(({ rule }) => rule === "test_policy@1/tv"));
    assert.deepEqual(writes, []);
    assert.equal((await plans.validate("acme", id, "ann")).state, "validated");
    await plans.approve("acme", id, { by: "bob", reason: "large_budget, tv" });
    assert.equal((await plans.apply("acme", id, "cy")).state, "applied");
  }
});

Deno.test("what was agreed to holds while a plan stands half-way, and nothing else", async () => {
  const company = found(CHANNELS, [LARGE]);
  const { plans, rule, faults } = company;
  const { id } = await makePlan(company);
  await plans.approve("acme", id, { by: "bob", reason: "large_budget" });
  faults.refuses = new Set(["channel:tv"]);
  const go = () => plans.apply("acme", id, "cy");
  await assert.rejects(go(), { code: "connector_failed" });
  await assert.rejects(go(), { code: "connector_failed" });
  faults.refuses = new Set();
  rule([LARGE, ON_TV]);
  for (let time = 0; time < 2; time++) {
    await assert.rejects(go(), {
      code: "plan_state_invalid",
      message: /TV is/,
    });
  }
  rule([LARGE]);
  assert.equal((await go()).state, "applied");
});

Deno.test("a budget that is denied is no matter of agreement", async () => {
  const company = found(CHANNELS, [LARGE]);
  const { plans, rule } = company;
  const { id } = await makePlan(company);
  rule([LARGE, { ...ON_TV, effect: "deny" }]);
  const { state, findings } = await plans.validate("acme", id, "ann");
  assert.equal(state, "proposed");
  assert.ok(
    findings.some(({ code, entity }) =>
      code === "policy_objects" && entity === "channel:tv"
    ),
  );
  assert.ok(
    findings.every(({ code, entity }) =>
      code === "policy_objects" || entity !== "channel:tv"
    ),
  );
});
