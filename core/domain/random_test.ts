/**
 * Random numbers that a seed repeats.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "./random.ts";

const DRAWS = 20_000;

Deno.test("seededRandom() repeats for a seed and differs for its neighbour", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (seed) => {
    const [one, other] = [seededRandom(seed), seededRandom(seed)];
    const drawn = Array.from({ length: 8 }, () => one.next());
    assert.deepEqual(drawn, Array.from({ length: 8 }, () => other.next()));
    const neighbour = seededRandom(seed < 0 ? seed + 1 : seed - 1);
    assert.notEqual(drawn[0], neighbour.next());
  }));
});

Deno.test("seededRandom() is uniform and normal", () => {
  const random = seededRandom(7);
  const uniform = Array.from({ length: DRAWS }, () => random.next());
  const normal = Array.from({ length: DRAWS }, () => random.normal());
  const mean = (values: number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(uniform.every((value) => value >= 0 && value < 1));
  assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01);
  assert.ok(Math.abs(mean(normal)) < 0.03);
  assert.ok(Math.abs(mean(normal.map((value) => value ** 2)) - 1) < 0.05);
});

Deno.test("seededRandom() refuses a seed that is no safe integer", () => {
  assert.throws(() => seededRandom(0.5), RangeError);
});
