/**
 * What an alert on features stands on: counts and a bound of each view, and what is
 * gone once it is mended.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import type { Trusted } from "../metrics.ts";
import { registerTrust } from "./trust.ts";

async function linesOf(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split("\n")
    .filter((line) => line.startsWith("moe_"));
}

Deno.test("served views, views held back and sources are told of while they are so", async () => {
  const registry = new Registry();
  const renew = registerTrust(registry);
  let wrong = true;
  let isAway = false;
  const trusted: Trusted = {
    everyConsistency: () =>
      isAway ? Promise.reject(new Error("away")) : Promise.resolve([{
        ...{ tenant: "acme", name: "orders", version: 2, checked: 3000 },
        ...{ mismatched: 0, lower: 0, upper: 0.001 },
      }]),
    heldBack: () => wrong ? [{ tenant: "acme", view: "visits@1" }] : [],
    findings: () =>
      wrong
        ? ["unit", "unit", "silent"].map((what) => ({
          ...{ tenant: "acme", source: "ads", connector: "ga4", what },
        }))
        : [],
  };
  await renew(trusted);
  const view = '{tenant="acme",view="orders@2"}';
  const served = [
    `moe_feature_checks${view} 3000`,
    `moe_feature_mismatches${view} 0`,
    `moe_feature_mismatch_lower_ratio${view} 0`,
    `moe_feature_mismatch_upper_ratio${view} 0.001`,
  ];
  const source = 'tenant="acme",source="ads",connector="ga4"';
  assert.deepEqual(await linesOf(registry), [
    ...served,
    'moe_feature_view_held_back{tenant="acme",view="visits@1"} 1',
    `moe_source_findings{${source},what="unit"} 2`,
    `moe_source_findings{${source},what="silent"} 1`,
  ]);
  wrong = false;
  await renew(trusted);
  assert.deepEqual(await linesOf(registry), served);
  isAway = true;
  await renew(trusted);
  assert.deepEqual(await linesOf(registry), []);
});
