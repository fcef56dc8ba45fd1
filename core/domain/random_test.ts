/**
 * Streams repeat by seed and have the moments they claim.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "./random.ts";

function draws(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

Deno.test("seededRandom() repeats by seed and differs between seeds", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (seed) => {
    assert.deepEqual(draws(seed, 5), draws(seed, 5));
    const other = seed === Number.MAX_SAFE_INTEGER ? seed - 1 : seed + 1;
    assert.notDeepEqual(draws(seed, 5), draws(other, 5));
  }));
});

Deno.test("seededRandom() keeps its stream from release to release", () => {
  assert.deepEqual(draws(7, 3), GOLDEN);
});

const GOLDEN = [0.049009592574554284, 0.9298532154569821, 0.3972365680289133];

Deno.test("next() is uniform in [0, 1)", () => {
  const values = draws(42, 100_000);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const tenths = new Array<number>(10).fill(0);
  for (const value of values) {
    const tenth = Math.floor(value * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  const chiSquare = tenths.reduce((sum, n) => sum + (n - 1e4) ** 2 / 1e4, 0);
  assert.ok(chiSquare < 27.9, `chi-square ${chiSquare} of 9 degrees`);
});

Deno.test("normal() has the moments of a standard normal", () => {
  const random = seededRandom(1);
  const values = Array.from({ length: 200_000 }, () => random.normal());
  const moment = (power: number) =>
    values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  assert.ok(Math.abs(moment(1)) < 0.01);
  assert.ok(Math.abs(moment(2) - 1) < 0.015);
  assert.ok(Math.abs(moment(4) - 3) < 0.1);
});

Deno.test("seededRandom() refuses a seed that is no safe integer", () => {
  for (const seed of [NaN, 0.5, 2 ** 60]) {
    assert.throws(() => seededRandom(seed), RangeError);
  }
});
