/**
 * Plans that need a person who agrees, as callers meet them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CHANNELS, found, makePlan } from "../../core/plans/rooms_test.ts";
import { openCaller } from "./caller.ts";

Deno.test("a plan that needs a person is approved by naming the rule", async () => {
  const company = found(CHANNELS, [{
    id: "large_budget",
    when: { ">": [{ var: "amount.micros" }, 20_000_000] },
    effect: "review",
    reason: "Budgets above 20 a day are looked at",
  }]);
  const { id } = await makePlan(company);
  const { ask } = openCaller(10_000, { plans: company.plans });
  const path = `/optimization/plans/${id}`;
  const { body } = await ask(`GET ${path}`);
  assert.equal(body.state, "validated");
  const [finding] = body.findings;
  assert.equal(finding.code, "policy_review");
  assert.equal(finding.rule, "test_policy@1/large_budget");
  const refused = await ask(`POST ${path}/approve`);
  assert.deepEqual(
    [refused.status, refused.body.code],
    [409, "approval_invalid"],
  );
  assert.match(refused.body.detail, /a reason that names large_budget/);
  const reason = "large_budget: agreed with finance";
  const approved = await ask(`POST ${path}/approve`, { body: { reason } });
  assert.deepEqual([approved.status, approved.body.state], [200, "approved"]);
  const { body: { events } } = await ask(`GET ${path}/history`);
  assert.equal(events.at(-1).reason, reason);
});
