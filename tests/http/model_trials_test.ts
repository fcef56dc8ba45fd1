/**
 * A model's trial over HTTP, in the interface's words, and in its metrics.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";

Deno.test("a trial tells both sides, what came of them, and what happens next", async () => {
  const { ask } = openCaller();
  const { status, body } = await ask("GET /models/email_visit/trial");
  assert.equal(status, 200);
  assert.deepEqual(
    [body.state, body.champion, body.challenger, body["canary_permille"]],
    ["canary", "email_visit@1", "email_visit@2", 100],
  );
  assert.equal(body.measure["window_hours"], 24);
  assert.equal(body.guardrails["slow_ms"], 20);
  assert.equal(body.canary.challenger["highest_score"], 0.9);
  assert.deepEqual(body.outcomes.challenger, { people: 10, total: 2 });
  assert.deepEqual(body.outcomes.points[0], {
    ...{ at: "2026-01-30T09:00:00.000Z", people: 100 },
    ...{ difference: 0.02, low: -0.01, high: 0.05 },
  });
  assert.deepEqual(body.lift, { difference: 0.02, low: -0.01, high: 0.05 });
  assert.equal((await ask("GET /models/nobody/trial")).status, 404);
});

Deno.test("metrics tell what was seen of a trial, and the difference that it makes", async () => {
  const { ask } = openCaller();
  const { text } = await ask("GET /metrics");
  const labels = 'tenant="acme",model="email_visit"';
  for (
    const line of [
      `moe_model_trial_decisions_total{${labels},stage="canary",arm="challenger"} 9`,
      `moe_model_trial_value_difference{${labels}} 0.02`,
      `moe_model_trial_value_difference_low{${labels}} -0.01`,
      `moe_model_trial_stopped_timestamp_seconds{${labels}} 1769763600`,
    ]
  ) assert.ok(text.includes(line), line);
});

Deno.test("a change tells what its canary is measured by; what is left out of its guardrails is as shipped", async () => {
  const { ask } = openCaller();
  const measure = {
    ...{ outcome: "conversion", unit: "count", window_hours: 24, most: 1 },
    ...{ alpha_permille: 50, promote: false },
  };
  const proposed = await ask("POST /changes", {
    body: {
      ...{ kind: "model", subject: "model:bidder/champion", title: "Better" },
      ...{ reason: "It loses less", content: { version: 2 } },
      rollout: {
        ...{ canary_permille: 100, canary_hours: 48, measure },
        guardrails: { slow_ms: 5 },
      },
    },
  });
  assert.equal(proposed.status, 201, JSON.stringify(proposed.body));
  assert.deepEqual(proposed.body.rollout.measure, measure);
  assert.deepEqual(proposed.body.rollout.guardrails, {
    ...{ unscored_permille: 20, slow_ms: 5, slow_permille: 50 },
    ...{ denied_permille: 100, spend_permille: 250 },
  });
});
