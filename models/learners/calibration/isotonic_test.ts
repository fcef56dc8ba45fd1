/**
 * Pools are the least squares fit that never falls; curves keep order.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import {
  fitIsotonic,
  LEAST_GAP,
  poolViolators,
  readCurve,
} from "./isotonic.ts";

const held = fc.array(
  fc.tuple(
    fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    ),
    fc.constantFrom(0, 0, 1, 0.5),
    fc.constantFrom(0.5, 1, 2, 3),
  ),
  { minLength: 1, maxLength: 12 },
).map((rows) => ({
  scores: Float64Array.from(rows, ([score]) => score),
  label: Float64Array.from(rows, ([, label]) => label),
  weight: Float64Array.from(rows, ([, , weight]) => weight),
}));

/** The isotonic fit by its min-max formula: max over starts of min over ends of means. */
function byFormula({ scores, label, weight }: {
  scores: Float64Array;
  label: Float64Array;
  weight: Float64Array;
}): number[] {
  const mean = (low: number, high: number) => {
    let [sum, total] = [0, 0];
    scores.forEach((score, row) => {
      if (score < low || score > high) return;
      sum += (weight[row] ?? 0) * (label[row] ?? 0);
      total += weight[row] ?? 0;
    });
    return sum / total;
  };
  const all = [...scores];
  return all.map((score) =>
    Math.max(
      ...all.filter((low) => low <= score).map((low) =>
        Math.min(
          ...all.filter((high) => high >= score).map((high) => mean(low, high)),
        )
      ),
    )
  );
}

Deno.test("poolViolators() is the min-max formula of isotonic regression", () => {
  fc.assert(fc.property(held, (rows) => {
    const fitted = poolViolators(rows);
    byFormula(rows).forEach((want, row) =>
      assert.ok(Math.abs(want - (fitted[row] ?? NaN)) < 1e-12)
    );
  }));
});

Deno.test("fitIsotonic() never falls, is never steep, and stays away from certainty", () => {
  fc.assert(
    fc.property(
      held,
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      (rows, one, other) => {
        const curve = fitIsotonic(rows);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        assert.ok(readCurve(curve, low) <= readCurve(curve, high) + 1e-15);
        curve.scores.forEach((score, knot) => {
          const next = curve.scores[knot + 1] ?? Infinity;
          const chance = curve.chances[knot] ?? 0;
          const rise = (curve.chances[knot + 1] ?? chance) - chance;
          assert.ok(next > score);
          assert.ok(rise / (next - score) <= 2.001 / LEAST_GAP);
          assert.equal(Math.fround(score), score);
          assert.ok(chance > 0 && chance < 1);
          assert.equal(readCurve(curve, score), chance);
        });
      },
    ),
  );
});

Deno.test("fitIsotonic() says of scores that lie apart what their pools say", () => {
  const whole = fc.record({
    scores: fc.array(fc.integer({ min: 0, max: 9 }), {
      minLength: 1,
      maxLength: 30,
    }),
    seed: fc.integer(),
  });
  fc.assert(fc.property(whole, ({ scores, seed }) => {
    const random = seededRandom(seed);
    const rows = {
      scores: Float64Array.from(scores),
      label: Float64Array.from(scores, () => random.next() < 0.5 ? 1 : 0),
    };
    const curve = fitIsotonic(rows);
    const least = 1 / (scores.length + 2);
    poolViolators(rows).forEach((mean, row) => {
      const want = Math.min(Math.max(mean, least), 1 - least);
      const got = readCurve(curve, rows.scores[row] ?? NaN);
      assert.ok(Math.abs(got - want) < 1e-12);
    });
  }));
});

Deno.test("readCurve() is a straight line between knots and level outside", () => {
  const curve = {
    scores: Float64Array.of(0, 2),
    chances: Float64Array.of(0.2, 0.6),
  };
  const said = [-9, 0, 0.5, 1, 2, 9].map((score) => readCurve(curve, score));
  [0.2, 0.2, 0.3, 0.4, 0.6, 0.6].forEach((want, at) =>
    assert.ok(Math.abs(want - (said[at] ?? NaN)) < 1e-15)
  );
});
