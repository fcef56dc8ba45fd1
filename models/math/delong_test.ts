/**
 * The area under a ROC curve is the count of pairs in order, and its interval covers
 * the truth as often as it says.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { auc, seededRandom } from "@moe/plugin/test";
import { estimateAuc } from "./delong.ts";

const anyRows = fc.array(
  fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: -3, max: 3 })),
  { minLength: 4, maxLength: 40 },
).filter((rows) =>
  [0, 1].every((one) => rows.filter(([is]) => is === one).length > 1)
);

Deno.test("estimateAuc() is the share of pairs in order, ties counted half", () => {
  fc.assert(fc.property(anyRows, (rows) => {
    const positive = Uint8Array.from(rows, ([one]) => one);
    const score = Float64Array.from(rows, ([, score]) => score);
    const said = estimateAuc(positive, score, 1.96);
    const want = auc(Float64Array.from(positive), score);
    assert.ok(Math.abs(said.auc - want) < 1e-12);
    assert.ok(said.interval[0] <= said.auc && said.auc <= said.interval[1]);
  }));
});

Deno.test("estimateAuc() covers the truth in 90 of 100 intervals of 90 %", () => {
  const TRUTH = 0.760250; // of two normals one deviation apart
  const random = seededRandom(3);
  let covered = 0;
  for (let trial = 0; trial < 200; trial++) {
    const positive = new Uint8Array(300).map(() => random.next() < 0.3 ? 1 : 0);
    const score = Float64Array.from(positive, (one) => one + random.normal());
    const [low, high] = estimateAuc(positive, score, 1.645).interval;
    if (low <= TRUTH && TRUTH <= high) covered++;
  }
  assert.ok(covered > 165 && covered < 195, `${covered} of 200`);
});
