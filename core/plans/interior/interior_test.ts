/**
 * The parts of the interior search against plain arithmetic.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { respond, respondMarginally } from "../../domain/response.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import { begin, type ConcaveProgram } from "./search_state.ts";
import { solveStep } from "./newton_step.ts";
import { createSymmetric, factorize, solveFactored } from "./cholesky.ts";
import {
  layCurves,
  look,
  lookAtCurve,
  raise,
  restore,
  support,
} from "./concave_curves.ts";

const real = fc.double({ min: -1, max: 1, noNaN: true });

Deno.test("solveFactored() solves banded and full systems", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      fc.array(real, { minLength: 100, maxLength: 100 }),
      (size, band, values) => {
        const matrix = createSymmetric(size, band);
        const width = matrix.band + 1;
        const plain = Array.from({ length: size }, () => Array(size).fill(0));
        for (let row = 0; row < size; row++) {
          for (let k = 0; k <= Math.min(matrix.band, row); k++) {
            const value = k === 0 ? 10 : values[row * 10 + k] ?? 0;
            matrix.entries[row * width + k] = value;
            (plain[row] ?? [])[row - k] = value;
            (plain[row - k] ?? [])[row] = value;
          }
        }
        const wanted = values.slice(0, size);
        const vector = Float64Array.from(
          plain,
          (row) =>
            row.reduce((sum, value, at) => sum + value * (wanted[at] ?? 0), 0),
        );
        assert.ok(factorize(matrix));
        solveFactored(matrix, vector);
        vector.forEach((found, at) =>
          assert.ok(Math.abs(found - (wanted[at] ?? NaN)) <= 1e-12)
        );
      },
    ),
  );
});

Deno.test("factorize() refuses a matrix without a positive diagonal", () => {
  const matrix = createSymmetric(2);
  assert.equal(factorize(matrix), false);
});

const curve: fc.Arbitrary<ResponseCurve> = fc.oneof(
  fc.record({
    type: fc.constant("hill" as const),
    ceiling: fc.integer({ min: 1, max: 90 }),
    half: fc.integer({ min: 1, max: 60 }),
    slope: fc.integer({ min: 40, max: 400 }).map((x) => x / 100),
  }),
  fc.record({
    type: fc.constant("logistic" as const),
    ceiling: fc.integer({ min: 1, max: 90 }),
    rate: fc.integer({ min: 1, max: 50 }).map((x) => x / 100),
  }),
  fc.record({
    type: fc.constant("michaelis_menten" as const),
    ceiling: fc.integer({ min: 1, max: 90 }),
    half: fc.integer({ min: 1, max: 60 }),
  }),
);
const amount = fc.integer({ min: 1, max: 2000 }).map((x) => x / 10);

Deno.test("lookAtCurve() agrees with the domain's curves, its second derivative with differences", () => {
  fc.assert(
    fc.property(curve, amount, (one, x) => {
      const unit = 7;
      const curves = layCurves([one], Int32Array.of(0), unit);
      const at = (point: number) => {
        lookAtCurve(curves, 0, point);
        return [curves.value, curves.first, curves.second] as const;
      };
      const [value, first, second] = at(x / unit);
      const known = respond(one, x);
      assert.ok(Math.abs(value - known) <= 1e-12 * one.ceiling);
      const slope = respondMarginally(one, x) * unit;
      assert.ok(Math.abs(first - slope) <= 1e-10 * slope + 1e-300);
      const step = 1e-4 * x / unit;
      const [, after] = at(x / unit + step);
      const [, before] = at(x / unit - step);
      const bend = (after - before) / (2 * step);
      const scale = Math.abs(second) + first / (x / unit);
      assert.ok(Math.abs(bend - second) <= 1e-4 * scale + 1e-300);
    }),
  );
});

Deno.test("raise() stands above the curve, is concave, and meets it at both ends", () => {
  fc.assert(
    fc.property(curve, amount, amount, (one, a, b) => {
      const [least, most] = [Math.min(a, b) - 0.1, Math.max(a, b) + 0.1];
      const curves = layCurves([one], Int32Array.of(0), 1);
      raise(curves, 0, [least, most]);
      let last = Infinity;
      for (let step = 0; step <= 40; step++) {
        const x = least + (most - least) * step / 40;
        look(curves, 0, x);
        const known = respond(one, x);
        assert.ok(curves.value >= known - 1e-9 * one.ceiling);
        if (step === 0 || step === 40) {
          assert.ok(Math.abs(curves.value - known) <= 1e-9 * one.ceiling);
        }
        assert.ok(curves.first <= last * (1 + 1e-9) + 1e-12);
        last = curves.first;
      }
      restore(curves, 0);
      look(curves, 0, least);
      assert.ok(
        Math.abs(curves.value - respond(one, least)) <= 1e-9 * one.ceiling,
      );
    }),
  );
});

Deno.test("what supports a curve rises from its point by no more than the curve", () => {
  fc.assert(
    fc.property(curve, amount, amount, (one, at, x) => {
      const curves = layCurves([one], Int32Array.of(0), 1);
      support(curves, 0, at);
      look(curves, 0, at);
      const [base, slope] = [curves.value, curves.first];
      look(curves, 0, x);
      const rise = respond(one, x) - respond(one, at);
      assert.ok(curves.value - base <= rise + 1e-9 * one.ceiling);
      const known = respondMarginally(one, at);
      assert.ok(Math.abs(slope - known) <= 1e-9 * (known + 1));
      assert.ok(curves.second <= 0);
    }),
  );
});

/** Two variables under a price each, x₁ + x₂ = 1, and a solver that errs by as much as it is told. */
function poseSloppy(error: number): ConcaveProgram {
  const curvature = [2, 5];
  const read = (vector: Float64Array, at: number) => vector[at] as number;
  return {
    size: 2,
    lo: Float64Array.of(-Infinity, -Infinity, 1),
    hi: Float64Array.of(Infinity, Infinity, 1),
    equal: Uint8Array.of(0, 0, 1),
    precision: 1e-12,
    evaluate(x, rows, gradient) {
      rows.set([read(x, 0), read(x, 1), read(x, 0) + read(x, 1)]);
      gradient.set(curvature.map((bend, at) => 3 - at - bend * read(x, at)));
      return 0;
    },
    push: (step, out) =>
      out.set([read(step, 0), read(step, 1), read(step, 0) + read(step, 1)]),
    pull: (prices, out) =>
      out.set([
        read(prices, 0) + read(prices, 2),
        read(prices, 1) + read(prices, 2),
      ]),
    bend: (step, out) =>
      out.set(curvature.map((bend, at) => bend * read(step, at))),
    factor: () => true,
    solve(rhs, moves) {
      const [one = 0, other = 0] = rhs;
      const price = (one / 2 + other / 5 - read(moves, 2)) / (1 / 2 + 1 / 5);
      moves[2] = price * (1 + error);
      rhs.set([(one - price) / 2 * (1 - 3 * error), (other - price) / 5]);
    },
    bound: () => Infinity,
  };
}

Deno.test.each([{ error: 0 }, { error: 0.4 }, { error: 2 }])(
  "solveStep() solves by a solver that errs by $error",
  ({ error }) => {
    const state = begin(poseSloppy(error), Float64Array.of(0.9, 0.8));
    solveStep(state);
    const [one = NaN, other = NaN] = state.step;
    const price = state.equalStep[2] ?? NaN;
    assert.ok(Math.abs(one + other - (1 - 1.7)) <= 1e-11);
    assert.ok(Math.abs(3 - 2 * 0.9 - 2 * one - price) <= 1e-11);
    assert.ok(Math.abs(2 - 5 * 0.8 - 5 * other - price) <= 1e-11);
  },
);
