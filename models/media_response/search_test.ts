/**
 * The search's gradient is right, and its ends are minima.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "@moe/plugin/test";
import { dot, orthonormalize, removeSpan } from "../math/orthonormal.ts";
import { descend, evaluate, normalEquations, type Problem } from "./search.ts";

const PERIODS = 60;
const ENTITIES = 2;

function problemOf(seed: number): { problem: Problem; point: Float64Array } {
  const random = seededRandom(seed);
  const fill = (of: () => number) => Float64Array.from({ length: PERIODS }, of);
  const known = fill(() => random.next() < 0.9 ? 1 : 0);
  const basis = orthonormalize([
    known,
    fill(() => random.normal())
      .map((value, t) => value * (known[t] ?? 0)),
  ]);
  const target = known.map((one) => one * random.normal());
  removeSpan(target, basis);
  const spend = Array.from(
    { length: ENTITIES },
    () => fill(() => random.next() < 0.2 ? 0 : 3 * random.next()),
  );
  const problem = {
    spend,
    known,
    basis,
    target,
    periods: dot(known, known),
    ridge: 1e-3,
  };
  const point = Float64Array.from(
    { length: 3 * ENTITIES },
    () => 0.5 * random.normal(),
  );
  return { problem, point };
}

Deno.test("normalEquations() point down the true gradient", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { problem, point } = problemOf(seed);
      const { downhill } = normalEquations(problem, evaluate(problem, point));
      point.forEach((_, at) => {
        const valueAt = (shift: number) =>
          evaluate(problem, point.map((x, i) => i === at ? x + shift : x))
            .value;
        const want = -(valueAt(1e-5) - valueAt(-1e-5)) / 4e-5;
        const slack = 1e-4 * (1 + Math.abs(want));
        assert.ok(Math.abs((downhill[at] ?? 0) - want) < slack);
      });
    }),
    { numRuns: 50 },
  );
});

Deno.test("descend() ends where no coordinate can be bettered", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { problem, point } = problemOf(seed);
      const start = evaluate(problem, point);
      const end = descend(problem, start, { steps: 300, tolerance: 1e-9 });
      assert.ok(end.value <= start.value);
      end.point.forEach((_, at) => {
        for (const shift of [-0.01, 0.01]) {
          const moved = end.point.map((x, i) => i === at ? x + shift : x);
          assert.ok(evaluate(problem, moved).value > end.value - 1e-5);
        }
      });
    }),
    { numRuns: 30 },
  );
});
