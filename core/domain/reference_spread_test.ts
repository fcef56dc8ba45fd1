/**
 * Values are counted in the bins that they were learnt in, each once.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  binAmong,
  countValues,
  equalMassEdges,
  learnNumbers,
  learnWords,
} from "./reference_spread.ts";

const values = fc.array(
  fc.oneof(fc.constant(null), fc.integer({ min: -20, max: 20 })),
  { maxLength: 80 },
);

Deno.test("learnNumbers() counts every value once, in bins that a naive count agrees with", () => {
  fc.assert(fc.property(values, values, (learnt, later) => {
    const column = learnNumbers("x", learnt);
    assert.ok(column.kind === "number");
    const { edges, counts } = column;
    assert.equal(counts.length, edges.length + 2);
    assert.deepEqual([...edges], [...new Set(edges)].sort((a, b) => a - b));
    const naive = (values: typeof later) => [
      ...[-Infinity, ...edges].map((from, bin) =>
        values.filter((value) =>
          value !== null && value >= from &&
          value < (edges[bin] ?? Infinity)
        ).length
      ),
      values.filter((value) => value === null).length,
    ];
    assert.deepEqual(counts, naive(learnt));
    assert.deepEqual(countValues(column, later), naive(later));
  }));
});

Deno.test("learnNumbers() makes bins of about equal mass", () => {
  const numbers = Array.from({ length: 1000 }, (_, row) => row ** 2);
  const { counts } = learnNumbers("x", numbers);
  assert.deepEqual(counts, [...new Array<number>(10).fill(100), 0]);
});

Deno.test("learnWords() counts known words, all others together, and the missing", () => {
  const column = learnWords("x", ["a", "b"], ["a", "c", null, "b", "a", "d"]);
  assert.deepEqual(column.counts, [2, 1, 2, 1]);
  assert.deepEqual(countValues(column, [null, "e", 1]), [0, 0, 2, 1]);
});

Deno.test("binAmong() counts the edges that are at most the value", () => {
  const edges = equalMassEdges(Float64Array.of(1, 1, 1, 2, 3, 4), 3);
  assert.deepEqual(edges, [3]);
  assert.deepEqual([0, 3, 4].map((value) => binAmong([1, 3, 5], value)), [
    0,
    2,
    2,
  ]);
});
