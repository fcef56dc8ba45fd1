/**
 * Allocation where ranges are nothing like each other: a most of a million millions
 * beside a least of one.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationProblem } from "../../domain/allocation.ts";
import { EngineError } from "../../domain/error.ts";
import { verifyAllocation } from "../../../tests/plans/verify.ts";
import { allocate } from "./allocate.ts";
import {
  arbitraryRichProblem,
  type Feature,
  solveByTrial,
} from "./rich_problems_test.ts";

const MIXES: readonly (readonly Feature[])[] = [
  ["off"],
  ["off", "steps"],
  ["off", "curves"],
  ["off", "most"],
  ["off", "steps", "linear", "returns"],
];

const factor = fc.constantFrom(1, 1, 1e3, 1e9, 1e12);

/** A problem with some of its mosts stretched, and part of its budget. */
function arbitraryUneven(features: readonly Feature[]) {
  const factors = fc.array(factor, { minLength: 7, maxLength: 7 });
  return fc.tuple(
    arbitraryRichProblem(features),
    factors,
    fc.constantFrom(1, 1, 1, 0.5),
  ).map(([problem, by, share]): AllocationProblem => ({
    ...problem,
    budget: Math.floor(problem.budget * share),
    entities: problem.entities.map((one, at) => ({
      ...one,
      hi: one.hi * (by[at] ?? 1),
    })),
    groups: problem.groups.map((one, at) => ({
      ...one,
      hi: one.hi * (by[at + 4] ?? 1),
    })),
  }));
}

/** The same problem to whoever tries all amounts: none is above the budget. */
function limit(problem: AllocationProblem): AllocationProblem {
  return {
    ...problem,
    entities: problem.entities.map((one) => ({
      ...one,
      hi: Math.min(one.hi, problem.budget),
    })),
  };
}

for (const mix of MIXES) {
  Deno.test(`allocate() keeps least and off beside the largest mosts: ${mix.join(", ")}`, () => {
    fc.assert(
      fc.property(arbitraryUneven(mix), (problem) => {
        const best = solveByTrial(limit(problem));
        const size = Math.abs(best) + problem.budget;
        let allocation;
        try {
          allocation = allocate(problem);
        } catch (error) {
          assert.ok(error instanceof EngineError, String(error));
          assert.equal(best, -Infinity, error.message);
          return;
        }
        const { outcome, upperBound, amounts } = allocation;
        problem.entities.forEach(({ id, off, lo }, at) => {
          const amount = amounts[at] ?? NaN;
          const allowed = off && amount === 0 || amount >= lo * (1 - 1e-9);
          assert.ok(allowed, `${id} gets ${amount}, least ${lo}`);
        });
        const { violations } = verifyAllocation(limit(problem), allocation);
        assert.deepEqual(violations, []);
        assert.ok(outcome >= best - 1e-8 * size, `${outcome} below ${best}`);
        assert.ok(upperBound - outcome <= 1e-8 * size, `up to ${upperBound}`);
      }),
      { numRuns: 300 },
    );
  });
}
