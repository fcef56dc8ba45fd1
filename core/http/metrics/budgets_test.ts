/**
 * Budgets that a node bids on are told, and what they refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { registerBudgets } from "./budgets.ts";

Deno.test("metrics tell of each budget that is held, and forget those that are not", async () => {
  const registry = new Registry();
  const standing = { spentMicros: 250, lentMicros: 750, multiplier: 3.25 };
  let held = [{
    tenant: "acme",
    standing: { ...standing, terms: { id: "b" } },
  }];
  const metrics = registerBudgets(registry, () => held);
  metrics.refused("spent");
  metrics.noticed({ taken: 2, routed: 1, unknown: 0 });
  const text = await registry.metrics();
  const labels = '{tenant="acme",budget="b"}';
  for (
    const line of [
      `moe_budget_spent_micros${labels} 250`,
      `moe_budget_lent_micros${labels} 750`,
      `moe_budget_multiplier${labels} 3.25`,
      'moe_bids_refused_total{reason="spent"} 1',
      'moe_bid_notices_total{outcome="taken"} 2',
      'moe_bid_notices_total{outcome="routed"} 1',
    ]
  ) assert.ok(text.includes(line), line);
  held = [];
  assert.doesNotMatch(await registry.metrics(), /moe_budget_multiplier\{/);
});
