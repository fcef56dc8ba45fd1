/**
 * Bins keep order, and a cut decides as its bin does.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { findCuts, MOST_BINS, putInBins, roundDown } from "./bins.ts";

const values = fc.oneof(
  fc.float(),
  fc.double(),
  fc.constantFrom(0, -0, 1, 1 + 2 ** -23, Infinity, -Infinity, 1e-45),
);
const columnsOf = fc.array(values, { minLength: 1, maxLength: 600 })
  .map((column) => Float64Array.from(column));

Deno.test("roundDown() is the greatest float32 that is not above", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e38, max: 1e38 }), (x) => {
      const down = roundDown(x);
      assert.equal(Math.fround(down), down);
      assert.ok(down <= x);
      assert.ok(Math.fround(x) <= x ? down === Math.fround(x) : true);
      const gap = Math.max(Math.abs(x) * 2 ** -23, 1.5e-45);
      assert.ok(x - down <= gap);
    }),
  );
});

Deno.test("putInBins() puts a value up to a cut exactly into the bins up to it", () => {
  fc.assert(fc.property(columnsOf, (column) => {
    const cuts = findCuts([column]);
    const [bins = new Uint8Array()] = putInBins([column], cuts).columns;
    const edges = cuts[0] ?? new Float32Array();
    assert.ok(edges.length <= MOST_BINS);
    column.forEach((value, row) => {
      const single = Math.fround(value);
      const bin = bins[row] ?? 0;
      if (Number.isNaN(single)) return assert.equal(bin, 0);
      edges.forEach((cut, at) => assert.equal(single <= cut, bin <= at + 1));
    });
  }));
});

Deno.test("findCuts() keeps few values apart and never parts equal ones", () => {
  fc.assert(fc.property(columnsOf, (column) => {
    const [bins = new Uint8Array()] =
      putInBins([column], findCuts([column])).columns;
    const singles = Float32Array.from(column);
    const distinct = new Set(singles).size;
    if (distinct > MOST_BINS) return;
    singles.forEach((left, i) => {
      const right = singles[(i * 7 + 1) % singles.length] as number;
      const other = bins[(i * 7 + 1) % singles.length];
      if (Number.isNaN(left) || Number.isNaN(right)) return;
      assert.equal(bins[i] === other, left === right);
    });
  }));
});

Deno.test("findCuts() fills bins of a wide column about evenly", () => {
  const column = Float64Array.from({ length: 50_000 }, (_, row) => row ** 2);
  const [bins = new Uint8Array()] =
    putInBins([column], findCuts([column])).columns;
  const counts = new Map<number, number>();
  for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  assert.ok(counts.size > 200);
  assert.ok(Math.max(...counts.values()) < 2 * 50_000 / counts.size);
});
