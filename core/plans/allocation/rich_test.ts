/**
 * Allocation with gaps, steps, numbers, weighted sums, returns and curves of any
 * shape: as good as trying everything, and certified.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationProblem } from "../../domain/allocation.ts";
import { verifyAllocation } from "../../../tests/plans/verify.ts";
import { listViolations } from "../../../tests/plans/violations.ts";
import { allocate } from "./allocate.ts";
import {
  arbitraryRichProblem,
  type Feature,
  solveByTrial,
} from "./rich_problems_test.ts";
import { roundAllocation } from "./round_allocation.ts";

const MIXES: readonly (readonly Feature[])[] = [
  [],
  ["off"],
  ["off", "steps"],
  ["curves"],
  ["most"],
  ["linear"],
  ["returns"],
  ["profit", "off"],
  ["off", "steps", "most", "linear", "returns"],
  ["curves", "linear", "returns", "profit", "off"],
];

const isClose = (a: number, b: number, size: number) =>
  Math.abs(a - b) <= 1e-8 * (Math.abs(b) + size);

for (const mix of MIXES) {
  const named = mix.length === 0 ? "a tree of groups" : mix.join(", ");
  Deno.test(`allocate() is as good as trying all whole amounts: ${named}`, () => {
    fc.assert(
      fc.property(arbitraryRichProblem(mix), (problem) => {
        const best = solveByTrial(problem);
        const allocation = allocate(problem);
        const { outcome, upperBound, gap } = allocation;
        const { violations } = verifyAllocation(problem, allocation);
        assert.deepEqual(violations, []);
        assert.ok(
          isClose(outcome, best, problem.budget),
          `outcome ${outcome} is not ${best}`,
        );
        assert.ok(
          upperBound >= best - 1e-8 * (Math.abs(best) + problem.budget),
        );
        assert.ok(
          upperBound - outcome <= 1e-8 * (Math.abs(best) + problem.budget),
          `gap ${gap}`,
        );
      }),
      { numRuns: 400 },
    );
  });

  Deno.test(`allocate() brings no less where steps are left out: ${named}`, () => {
    fc.assert(
      fc.property(arbitraryRichProblem(mix), (stepped) => {
        const problem = leaveSteps(stepped);
        const best = solveByTrial(stepped);
        const allocation = allocate(problem);
        assert.deepEqual(verifyAllocation(problem, allocation).violations, []);
        const slack = 1e-8 * (Math.abs(best) + problem.budget);
        assert.ok(
          allocation.outcome >= best - slack,
          `outcome ${allocation.outcome} is below ${best}`,
        );
      }),
      { numRuns: 25 },
    );
  });
}

Deno.test("allocate() bounds all outcomes when it stops after one node, or at once", () => {
  fc.assert(
    fc.property(
      arbitraryRichProblem(["off", "steps", "linear", "returns"]),
      fc.constantFrom(
        { maxNodes: 1 },
        { deadlineMs: 0, now: () => 0 },
        { tolerance: 0.1 },
      ),
      (problem, options) => {
        const allocation = allocate(problem, options);
        const best = solveByTrial(problem);
        assert.ok(
          allocation.upperBound >= best - 1e-8 * (Math.abs(best) + 1),
        );
        assert.deepEqual([...listViolations(problem, allocation.amounts)], []);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test.each([
  { note: "without rows", mix: ["off", "curves"] as const, part: 1e-8 },
  {
    note: "with rows, kept to 1e-11, where curves may be infinitely steep",
    mix: ["off", "curves", "linear", "returns"] as const,
    part: 1e-3,
  },
])("allocate() does not depend on the order of a problem $note", ({
  mix,
  part,
}) => {
  fc.assert(
    fc.property(arbitraryRichProblem(mix), (stepped) => {
      const problem = leaveSteps(stepped);
      const turned = {
        ...problem,
        entities: problem.entities.toReversed(),
        groups: problem.groups.toReversed(),
      };
      const [a, b] = [allocate(problem), allocate(turned)];
      const slack = part * (Math.abs(a.outcome) + problem.budget);
      assert.ok(a.outcome <= b.upperBound + slack);
      assert.ok(b.outcome <= a.upperBound + slack);
      assert.ok(
        Math.abs(a.outcome - b.outcome) <= slack || a.gap + b.gap > 1e-9,
        `${a.outcome} is not ${b.outcome}`,
      );
    }),
    { numRuns: 50 },
  );
});

Deno.test("allocate() does not depend on the unit of money, whatever is asked", () => {
  fc.assert(
    fc.property(
      arbitraryRichProblem(["off", "steps", "most", "linear", "returns"]),
      fc.constantFrom(1e-6, 1e-3, 1e3, 1e6),
      (problem, unit) => {
        const [a, b] = [allocate(problem), allocate(scaleMoney(problem, unit))];
        const slack = 1e-8 * (Math.abs(a.outcome) + problem.budget);
        assert.ok(Math.abs(a.outcome - b.outcome) <= slack);
        assert.ok(Math.abs(a.upperBound - b.upperBound) <= slack);
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("allocate() answers at its deadline with what is proven by then", () => {
  fc.assert(
    fc.property(
      arbitraryRichProblem(["off", "steps", "linear", "returns"]),
      fc.nat(20),
      (problem, deadlineMs) => {
        let passed = 0;
        const early = allocate(problem, { deadlineMs, now: () => passed++ });
        const whole = allocate(problem);
        const slack = 1e-8 * (Math.abs(whole.outcome) + problem.budget);
        assert.ok(early.outcome <= whole.upperBound + slack);
        assert.ok(early.upperBound >= whole.outcome - slack);
        assert.deepEqual([...listViolations(problem, early.amounts)], []);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("allocate() asks the clock, and stops at its deadline", () => {
  const curve = { type: "hill", ceiling: 10, half: 10, slope: 3 } as const;
  const problem: AllocationProblem = {
    entities: Array.from({ length: 12 }, (_, at) => ({
      ...{ id: `e${at}`, group: null, curve, lo: 0, hi: 40 - at },
    })),
    groups: [],
    budget: 25.2,
    spend: "all",
  };
  const early = allocate(problem, { deadlineMs: 0, now: () => 7 });
  assert.equal(early.nodes, 1);
  assert.ok(early.gap > 0 && allocate(problem).nodes > 1);
});

Deno.test("roundAllocation() keeps every bound to the unit, and sums exactly", () => {
  fc.assert(
    fc.property(
      arbitraryRichProblem(["off", "linear", "returns"]),
      (stepped) => {
        const problem = scaleMoney(leaveSteps(stepped), 1e6);
        const { amounts } = allocate(problem);
        const whole = roundAllocation(problem, amounts);
        const back = whole.map(Number);
        const sums = { ...problem, linear: [], returns: [] };
        assert.deepEqual([...listViolations(sums, back, 0)], []);
        const total = whole.reduce((sum, x) => sum + x, 0n);
        if (problem.spend === "all") {
          assert.equal(total, BigInt(problem.budget));
        }
        const near = widenByUnit(problem, Number(total));
        assert.deepEqual([...listViolations(near, back, 1e-15)], []);
      },
    ),
    { numRuns: 100 },
  );
});

/** Rows widened by what one unit can do to them. */
function widenByUnit(
  problem: AllocationProblem,
  total: number,
): AllocationProblem {
  return {
    ...problem,
    linear: (problem.linear ?? []).map(({ id, terms, lo, hi }) => {
      const play = Math.max(...Object.values(terms).map(Math.abs), 0);
      return {
        ...{ id, terms },
        ...lo === undefined ? {} : { lo: lo - play },
        ...hi === undefined ? {} : { hi: hi + play },
      };
    }),
    returns: (problem.returns ?? []).map((target) => ({
      ...target,
      least: target.least - Math.abs(target.least) / (total || 1),
    })),
  };
}

function leaveSteps(problem: AllocationProblem): AllocationProblem {
  return {
    ...problem,
    entities: problem.entities.map(({ step: _, ...entity }) => entity),
  };
}

function scaleMoney(
  problem: AllocationProblem,
  unit: number,
): AllocationProblem {
  return {
    ...problem,
    budget: problem.budget * unit,
    entities: problem.entities.map(({ curve, ...entity }) => ({
      ...entity,
      lo: entity.lo * unit,
      hi: entity.hi * unit,
      ...entity.step === undefined ? {} : { step: entity.step * unit },
      curve: curve.type === "logistic"
        ? { ...curve, rate: curve.rate / unit }
        : curve.type === "hill" || curve.type === "michaelis_menten"
        ? { ...curve, half: curve.half * unit }
        : curve,
    })),
    groups: problem.groups.map((group) => ({
      ...group,
      lo: group.lo * unit,
      hi: group.hi * unit,
    })),
    linear: (problem.linear ?? []).map(({ id, terms, lo, hi }) => ({
      ...{ id, terms },
      ...lo === undefined ? {} : { lo: lo * unit },
      ...hi === undefined ? {} : { hi: hi * unit },
    })),
    returns: (problem.returns ?? []).map((target) => ({
      ...target,
      least: target.least / unit,
    })),
  };
}
