/**
 * What covers a mean over draws is above it, near it, and the same whichever part was
 * asked for before.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { verifyAllocation } from "../../../../tests/plans/verify.ts";
import { listViolations } from "../../../../tests/plans/violations.ts";
import type { AllocationProblem } from "../../../domain/allocation.ts";
import { respond } from "../../../domain/response.ts";
import { allocate } from "../allocate.ts";
import { arbitraryCurve, solveOnGrid } from "../problems_test.ts";
import { tabulate } from "./tabulated.ts";

const draws = fc.array(arbitraryCurve(), { minLength: 1, maxLength: 12 });
const share = fc.integer({ min: 0, max: 1000 }).map((x) => x / 1000);

Deno.test("a cover is nowhere below the mean of the draws, and meets it at both ends", () => {
  fc.assert(
    fc.property(
      draws,
      fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 300, 1e9),
      (draws, parts, most) => {
        const curve = { type: "sampled" as const, draws };
        const { cover } = tabulate(curve);
        const slack = 1e-12 * respond(curve, most);
        for (const [a, b] of [[0, 1] as const, ...parts]) {
          const [lo, hi] = [Math.min(a, b) * most, Math.max(a, b) * most];
          if (lo === hi) continue;
          const { x, y } = cover(lo, hi);
          assert.equal(x[0], lo);
          assert.equal(x.at(-1), hi);
          close(y.at(-1) ?? NaN, respond(curve, hi), slack);
          for (let at = 1; at < x.length; at++) {
            const [from = NaN, to = NaN] = x.subarray(at - 1, at + 1);
            const [before = NaN, after = NaN] = y.subarray(at - 1, at + 1);
            assert.ok(from <= to);
            for (const part of [0.1, 0.5, 0.9]) {
              const line = before + part * (after - before);
              const below = respond(curve, from + part * (to - from)) - line;
              assert.ok(below <= slack, `${below} above ${from} to ${to}`);
            }
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("a look says what the draws say, and how their slope turns", () => {
  fc.assert(
    fc.property(draws, fc.double({ min: 0.01, max: 1e3, noNaN: true }), (
      draws,
      amount,
    ) => {
      const { look, marginal } = tabulate({ type: "sampled", draws });
      const { outcome, slope, turn } = look(amount);
      const mean = respond({ type: "sampled", draws }, amount);
      close(outcome, mean, 1e-12 * mean);
      const apart = 1e-5 * amount;
      const right = marginal(amount + apart);
      const left = marginal(amount - apart);
      const steepest = Math.max(slope, left, right);
      close(turn * amount, (right - left) / 2e-5, 1e-4 * steepest + 1e-9);
    }),
  );
});

Deno.test("allocate() bounds what means over many draws bring", () => {
  const entity = fc.record({
    draws: fc.array(arbitraryCurve(), { minLength: 5, maxLength: 30 }),
    lo: fc.constantFrom(0, 0, 5),
  });
  const problem = fc.record({
    list: fc.array(entity, { minLength: 1, maxLength: 6 }),
    budget: fc.integer({ min: 40, max: 100 }),
  }).map(({ list, budget }): AllocationProblem => ({
    ...{ budget, spend: "all", groups: [] },
    entities: list.map(({ draws, lo }, at) => ({
      ...{ id: `e${at}`, group: null, lo, hi: 400 },
      curve: { type: "sampled", draws },
    })),
  }));
  fc.assert(
    fc.property(problem, (problem) => {
      const allocation = allocate(problem, { tolerance: 1e-7, maxNodes: 200 });
      const { outcome, upperBound, gap } = allocation;
      const { dualBound } = verifyAllocation(problem, allocation);
      const best = solveOnGrid(limit(problem));
      assert.deepEqual([...listViolations(problem, allocation.amounts)], []);
      assert.ok(outcome <= dualBound * (1 + 1e-9), `${outcome} ${dualBound}`);
      assert.ok(best <= upperBound * (1 + 1e-12), `${best} ${upperBound}`);
      assert.ok(best <= outcome * (1 + 1e-4), `${best} ${outcome}`);
      assert.ok(gap <= 1e-4, `${gap}`);
    }),
    { numRuns: 60 },
  );
});

function limit(problem: AllocationProblem): AllocationProblem {
  const { entities, budget } = problem;
  return {
    ...problem,
    entities: entities.map((one) => ({ ...one, hi: budget })),
  };
}

function close(a: number, b: number, slack: number): void {
  assert.ok(Math.abs(a - b) <= slack, `${a} is not ${b}`);
}
