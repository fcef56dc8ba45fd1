/**
 * Linear solvers against residuals, optimality conditions and brute force.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { solvePositive } from "./cholesky.ts";
import { minimize } from "./lbfgs.ts";
import { solveNonnegative } from "./nonnegative.ts";
import { seededRandom } from "../../core/domain/random.ts";

function system(seed: number, size: number) {
  const random = seededRandom(seed);
  const factor = Array.from(
    { length: size },
    () => Array.from({ length: size }, () => random.normal()),
  );
  const matrix = new Float64Array(size * size);
  factor.forEach((left, i) =>
    factor.forEach((right, j) => {
      const product = left.reduce((s, v, k) => s + v * (right[k] ?? 0), 0);
      matrix[i * size + j] = product + (i === j ? 0.1 : 0);
    })
  );
  const rhs = Float64Array.from({ length: size }, () => random.normal());
  return { matrix, rhs };
}

function times(matrix: Float64Array, x: Float64Array): number[] {
  return Array.from(
    x,
    (_, i) => x.reduce((s, v, j) => s + v * (matrix[i * x.length + j] ?? 0), 0),
  );
}

const cases = { seed: fc.integer(), size: fc.integer({ min: 1, max: 6 }) };

Deno.test("solvePositive() leaves no residual", () => {
  fc.assert(fc.property(cases.seed, cases.size, (seed, size) => {
    const { matrix, rhs } = system(seed, size);
    const x = solvePositive(matrix, rhs);
    assert.ok(x);
    times(matrix, x).forEach((value, i) =>
      assert.ok(Math.abs(value - (rhs[i] ?? 0)) < 1e-8)
    );
  }));
});

Deno.test("solvePositive() says when a matrix is not positive definite", () => {
  const singular = Float64Array.of(1, 1, 1, 1);
  assert.equal(solvePositive(singular, Float64Array.of(1, 2)), null);
});

Deno.test("solveNonnegative() meets the optimality conditions", () => {
  fc.assert(
    fc.property(cases.seed, cases.size, (seed, size) => {
      const { matrix, rhs } = system(seed, size);
      const x = solveNonnegative(matrix, rhs);
      times(matrix, x).forEach((value, i) => {
        const slope = value - (rhs[i] ?? 0);
        assert.ok((x[i] ?? 0) >= 0);
        assert.ok(slope > -1e-8, `member ${i} should grow`);
        assert.ok((x[i] ?? 0) * slope < 1e-8, `member ${i} should move`);
      });
    }),
    { numRuns: 400 },
  );
});

Deno.test("solveNonnegative() leaves columns without variation at zero", () => {
  const matrix = Float64Array.of(4, 0, 0, 0);
  assert.deepEqual(
    solveNonnegative(matrix, Float64Array.of(8, 0)),
    Float64Array.of(2, 0),
  );
});

Deno.test("minimize() finds the minimum of a quadratic and of Rosenbrock's valley", () => {
  const { matrix, rhs } = system(3, 6);
  const found = minimize(
    (x, gradient) => {
      const image = times(matrix, x);
      x.forEach((_, i) => gradient[i] = (image[i] ?? 0) - (rhs[i] ?? 0));
      return x.reduce(
        (s, v, i) => s + v * ((image[i] ?? 0) / 2 - (rhs[i] ?? 0)),
        0,
      );
    },
    new Float64Array(6),
    { steps: 200, tolerance: 1e-9 },
  );
  const want = solvePositive(matrix, rhs);
  found.forEach((value, i) =>
    assert.ok(Math.abs(value - (want?.[i] ?? 0)) < 1e-5)
  );
  const valley = minimize(
    ([x = 0, y = 0], gradient) => {
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
      gradient[1] = 200 * (y - x * x);
      return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    },
    Float64Array.of(-1.2, 1),
    { steps: 200, tolerance: 1e-8 },
  );
  assert.ok(Math.hypot((valley[0] ?? 0) - 1, (valley[1] ?? 0) - 1) < 1e-6);
});
