/**
 * Versions beside the champion, as Prometheus reads them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { registerComparisons } from "./beside.ts";

Deno.test("each version beside a champion has its numbers, while it is compared", async () => {
  const registry = new Registry();
  const pair = {
    ...{ tenant: "acme", champion: "bidder@1", beside: "bidder@2" },
    ...{ alias: "shadow", rows: 7, unscored: 0 },
    ...{ meanDifference: -0.25, meanDistance: 0.5, rankAgreement: NaN },
  };
  let pairs = [pair];
  registerComparisons(registry, { compared: () => pairs });
  const labels =
    '{tenant="acme",champion="bidder@1",beside="bidder@2",alias="shadow"}';
  const text = await registry.metrics();
  assert.match(text, new RegExp(`^moe_beside_rows${labels} 7$`, "m"));
  assert.match(
    text,
    new RegExp(`^moe_beside_mean_difference${labels} -0.25$`, "m"),
  );
  assert.doesNotMatch(text, /^moe_beside_rank_agreement\{/m);
  pairs = [];
  assert.doesNotMatch(await registry.metrics(), /acme/);
});
