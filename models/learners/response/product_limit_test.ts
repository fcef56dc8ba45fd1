/**
 * The product limit against the estimator by definition, value by value.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "@moe/plugin/test";
import { productLimit } from "./product_limit.ts";

/** Lynden-Bell's estimator, value by value. */
function oracle(pairs: readonly { value: number; limit: number }[]) {
  return (at: number) =>
    pairs.filter(({ value }) => value > at).reduce((share, { value }) => {
      const risk = pairs.filter((one) =>
        one.value <= value && one.limit >= value
      ).length;
      return share * (1 - 1 / risk);
    }, 1);
}

Deno.test("productLimit() is the product limit of truncated data, in steps", () => {
  const random = seededRandom(5);
  const pairs = Array.from({ length: 30_000 }, () => ({
    value: random.next() ** 2,
    limit: Math.ceil(40 * random.next()) / 40,
  })).filter(({ value, limit }) => value <= limit).slice(0, 3000);
  const shares = productLimit(
    Float64Array.from(pairs, ({ value }) => value),
    Float64Array.from(pairs, ({ limit }) => limit),
    0,
  );
  const exact = oracle(pairs);
  shares.forEach((share, step) => {
    if (step === 0) return;
    assert.ok(Math.abs(share - exact(step / 40)) < 0.01);
    assert.ok(Math.abs(share - Math.sqrt(step / 40)) < 0.05);
  });
});
