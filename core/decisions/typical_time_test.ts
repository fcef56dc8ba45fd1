/**
 * The estimate is where half of the samples are above, and follows them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../domain/random.ts";
import { createTypicalTime } from "./typical_time.ts";

Deno.test("the typical time is near the median, and moves with it", () => {
  const random = seededRandom(5);
  const typical = createTypicalTime();
  for (const median of [3, 40, 1]) {
    for (let n = 0; n < 3000; n++) {
      typical.add(median * Math.exp(random.normal()));
    }
    const off = Math.abs(Math.log(typical.ms / median));
    assert.ok(off < 0.25, `${typical.ms} for ${median}`);
  }
});

Deno.test("however much is skipped, the estimate rises again as soon", () => {
  const typical = createTypicalTime();
  for (let n = 0; n < 100_000; n++) typical.add(0);
  for (let n = 0; n < 1000; n++) typical.add(50);
  assert.ok(typical.ms > 40, `${typical.ms}`);
});

Deno.test("what is skipped lets the estimate fall", () => {
  const typical = createTypicalTime();
  for (let n = 0; n < 1000; n++) typical.add(50);
  const before = typical.ms;
  for (let n = 0; n < 100; n++) typical.add(0);
  assert.ok(typical.ms < before / 2);
});
