/**
 * Bases are orthonormal, span what they were given, and nothing is left in them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { dot, orthonormalize, removeSpan } from "./orthonormal.ts";
import { seededRandom } from "../../core/domain/random.ts";

Deno.test("orthonormalize() gives orthonormal columns of the same span", () => {
  fc.assert(fc.property(fc.integer(), (seed) => {
    const random = seededRandom(seed);
    const columns = Array.from(
      { length: 4 },
      () => Float64Array.from({ length: 9 }, () => 1e3 * random.normal()),
    );
    const first = columns[0] ?? new Float64Array(9);
    const doubled = first.map((value) => 2 * value);
    const basis = orthonormalize([...columns, doubled, new Float64Array(9)]);
    assert.equal(basis.length, 4);
    basis.forEach((left, i) =>
      basis.forEach((right, j) =>
        assert.ok(Math.abs(dot(left, right) - (i === j ? 1 : 0)) < 1e-10)
      )
    );
    for (const column of columns) {
      const rest = column.slice();
      removeSpan(rest, basis);
      assert.ok(Math.sqrt(dot(rest, rest)) < 1e-9);
    }
  }));
});
