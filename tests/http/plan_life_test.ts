/**
 * What follows a plan, as callers meet it: its steps, history, drawings and lists.
 *
 * @module
 */
import assert from "node:assert/strict";
import { digest } from "../../core/domain/canonical.ts";
import { openCaller } from "./caller.ts";

Deno.test("plans move on from validated to rolled back", async () => {
  const { ask } = openCaller();
  const steps = ["validate", "approve", "apply", "verify", "rollback"];
  const states = [];
  for (const step of steps) {
    const told = await ask(`POST /optimization/plans/plan_1/${step}`);
    assert.equal(told.status, 200);
    states.push(told.body.state);
  }
  assert.deepEqual(states, [
    ...["validated", "approved", "applied", "applied", "rolled_back"],
  ]);
  const { text } = await ask("GET /metrics");
  const counted = ["approved", "applied", "verified", "rolled_back"];
  for (const step of ["validated_again", ...counted]) {
    assert.ok(text.includes(`moe_plans_total{step="${step}"} 1`), step);
  }
});

Deno.test("who approves, applies and rolls back may say why, in so many words", async () => {
  const { ask, stub } = openCaller();
  const plan = "POST /optimization/plans/plan_1";
  for (const step of ["approve", "apply", "rollback"]) {
    for (
      const { body, field } of [
        { body: { reason: " " }, field: "reason" },
        { body: { reason: "x".repeat(501) }, field: "reason" },
        { body: { why: "too dear" }, field: "why" },
      ]
    ) {
      const told = await ask(`${plan}/${step}`, { body });
      const { status, body: { errors } } = told;
      assert.deepEqual([status, errors[0].path], [422, field]);
      assert.match(errors[0].message, /say why|500|reason/);
    }
    const reason = `to ${step}`;
    const told = await ask(`${plan}/${step}`, { body: { reason } });
    assert.equal(told.status, 200);
  }
  assert.deepEqual(stub.said, ["to approve", "to apply", "to rollback"]);
});

Deno.test("plans do not apply before they are approved", async () => {
  const { ask } = openCaller();
  const told = await ask("POST /optimization/plans/plan_1/apply");
  assert.equal(told.status, 409);
  assert.equal(told.body.code, "plan_state_invalid");
});

Deno.test("plans are listed without their entities, and read with them", async () => {
  const { ask } = openCaller();
  const { body: { plans } } = await ask("GET /optimization/plans?limit=5");
  assert.equal(plans.length, 1);
  assert.equal(plans[0].plan_id, "plan_1");
  assert.equal(plans[0].recommendations, undefined);
  const { body } = await ask("GET /optimization/plans/plan_1");
  assert.equal(body.recommendations.length, 1);
});

Deno.test("plans hand out their change set and its inverse", async () => {
  const { ask } = openCaller();
  const { body } = await ask("GET /optimization/plans/plan_1/artifact");
  const [operation] = body.change_set.operations;
  const [inverse] = body.change_set.inverse;
  assert.equal(body.v, 1);
  assert.equal(operation.expect, inverse.set);
  assert.equal(operation.set, inverse.expect);
  const { state, content_hash: hash, ...content } = body;
  assert.equal(state, "validated");
  assert.equal(hash, digest(content));
  assert.notEqual(hash, digest({ ...content, total: null }));
});

Deno.test("plans tell their history, progress and guardrails, and are drawn", async () => {
  const { ask } = openCaller();
  const plan = "GET /optimization/plans/plan_1";
  assert.deepEqual((await ask(`${plan}/history`)).body.events, [{
    ...{ seq: 0, from: null, to: "proposed", by: "planner" },
    ...{ at: "2026-01-31T09:00:00.000Z", reason: null },
  }]);
  const { body: told } = await ask(`${plan}/progress`);
  assert.equal(told.operations, 1);
  assert.equal(told.progress[0].operation, "op_1");
  assert.equal(told.progress[0].state, "held");
  const { body: { guardrails: [look] } } = await ask(`${plan}/guardrails`);
  assert.equal(look.verdict, "undecided");
  assert.equal(look.guardrail["baseline_days"], 28);
  assert.deepEqual(look.interval, { lo: 0.8, hi: null });
  const drawn = await ask(`${plan}/plots/frontier`);
  assert.equal(drawn.headers.get("content-type"), "image/svg+xml");
  assert.match(drawn.text, /^<svg /);
  assert.equal((await ask(`${plan}/plots/pie`)).status, 422);
  for (const about of ["history", "progress", "guardrails", "plots/curves"]) {
    const told = await ask(`GET /optimization/plans/plan_9/${about}`);
    assert.equal(told.body.code, "not_found");
  }
});
