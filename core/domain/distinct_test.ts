/**
 * Counts of distinct values: exact while few, close when many.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DISTINCT_KEPT, distinctEstimate, distinctHash } from "./distinct.ts";
import { DISTINCT_EXACT } from "./feature.ts";

function hashesOf(prefix: string, count: number): number[] {
  const hashes = Array.from(
    { length: count },
    (_, place) => distinctHash(`${prefix}${place}`),
  );
  return [...new Set(hashes)].sort((a, b) => a - b);
}

Deno.test("distinctHash() is the head of the MD5 of the UTF-8", () => {
  assert.equal(distinctHash(""), 0xd41d8cd98f00b);
  assert.equal(distinctHash("abc"), 0x900150983cd24);
  assert.equal(distinctHash("ä"), 0x8419b71c87a22);
});

Deno.test("distinctEstimate() is exact up to the limit", () => {
  for (const count of [0, 1, 511, DISTINCT_EXACT]) {
    assert.equal(distinctEstimate(hashesOf("v", count)), count);
  }
});

Deno.test("distinctEstimate() beyond is from the hash that closes the limit", () => {
  const even = Array.from({ length: DISTINCT_KEPT }, (_, place) => place * 2);
  assert.equal(distinctEstimate(even), 511 / (1022 / 2 ** 52));
});

Deno.test.each([600, 5000, 20_000])(
  "distinctEstimate() of %d values is within its error, all hashes or those kept",
  (count) => {
    const squares = Array.from({ length: 8 }, (_, place) => {
      const hashes = hashesOf(`${place}-`, count);
      const estimate = distinctEstimate(hashes);
      assert.equal(distinctEstimate(hashes.slice(0, DISTINCT_KEPT)), estimate);
      return (estimate / count - 1) ** 2;
    });
    const error = Math.sqrt(squares.reduce((sum, one) => sum + one) / 8);
    assert.ok(error > 0.005 && error < 0.09, `${error}`);
  },
);
