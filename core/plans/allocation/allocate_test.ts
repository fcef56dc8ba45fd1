/**
 * Allocation: within bounds, certified, and the same however the problem is put.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationProblem } from "../../domain/allocation.ts";
import { EngineError } from "../../domain/error.ts";
import { allocate } from "./allocate.ts";
import {
  arbitraryProblem,
  type PlainProblem,
  solveOnGrid,
} from "./problems_test.ts";
import { verifyAllocation } from "../../../tests/plans/verify.ts";

Deno.test("allocate() keeps every bound, and its certificate holds", () => {
  fc.assert(
    fc.property(arbitraryProblem(), (problem) => {
      const allocation = allocate(problem);
      assert.deepEqual(verifyAllocation(problem, allocation).violations, []);
      assert.ok(
        allocation.gap >= 0 && allocation.gap <= 1e-9,
        `${allocation.gap}`,
      );
    }),
    { numRuns: 400 },
  );
});

Deno.test("allocate() names prices of the problem, not of a split that left no choice", () => {
  const problem: AllocationProblem = {
    entities: [
      {
        ...{ id: "e0", group: "g1", lo: 0, hi: 92.96 },
        curve: { type: "michaelis_menten", ceiling: 40.09, half: 4.625 },
      },
      {
        ...{ id: "e1", group: "g1", lo: 10.727, hi: 107.405 },
        curve: { type: "hill", ceiling: 0, half: 1, slope: 0.3 },
      },
      {
        ...{ id: "e2", group: "g0", lo: 29.081, hi: 69.295 },
        curve: { type: "hill", ceiling: 25.746, half: 62.791, slope: 2.289 },
      },
    ],
    groups: [
      { id: "g0", lo: 29.081, hi: 69.295 },
      { id: "g1", lo: 32.032070747999995, hi: 200.365 },
    ],
    budget: 74.055948,
    spend: "all",
  };
  const allocation = allocate(problem);
  assert.ok(allocation.price < Infinity);
  assert.deepEqual(verifyAllocation(problem, allocation).violations, []);
});

Deno.test("allocate() proves concave problems optimal without branching", () => {
  fc.assert(
    fc.property(arbitraryProblem({ most: 40, concave: true }), (problem) => {
      const { gap, nodes } = allocate(problem);
      assert.ok(nodes === 1 && gap <= 1e-9, `${nodes} nodes, gap ${gap}`);
    }),
  );
});

Deno.test("allocate() brings no less for a larger budget that need not be spent", () => {
  fc.assert(
    fc.property(arbitraryProblem(), (given) => {
      const problem = { ...given, spend: "up_to" as const };
      const more = allocate({ ...problem, budget: problem.budget * 1.2 });
      assert.ok(more.upperBound >= allocate(problem).outcome * (1 - 1e-12));
    }),
  );
});

Deno.test("allocate() bounds the best outcome also where it stops early", () => {
  fc.assert(
    fc.property(
      arbitraryProblem(),
      fc.constantFrom({ tolerance: 0.2 }, { tolerance: 0.02 }, { maxNodes: 1 }),
      (problem, options) => {
        const { outcome } = allocate(problem);
        const early = allocate(problem, options);
        assert.ok(early.upperBound >= outcome * (1 - 1e-10));
        assert.deepEqual(verifyAllocation(problem, early).violations, []);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("allocate() does not depend on the order of entities and groups", () => {
  fc.assert(
    fc.property(arbitraryProblem(), (problem) => {
      const turned = {
        ...problem,
        entities: problem.entities.toReversed(),
        groups: problem.groups.toReversed(),
      };
      sameOutcome(allocate(turned).outcome, allocate(problem).outcome);
    }),
  );
});

Deno.test("allocate() does not depend on the unit of money", () => {
  fc.assert(
    fc.property(
      arbitraryProblem(),
      fc.constantFrom(1e-6, 1e-3, 1e3, 1e6),
      (problem, unit) => {
        sameOutcome(
          allocate(scaleMoney(problem, unit)).outcome,
          allocate(problem).outcome,
        );
      },
    ),
  );
});

Deno.test("allocate() answers the same amounts in another unit of money", () => {
  fc.assert(
    fc.property(
      arbitraryProblem({ concave: true }),
      fc.constantFrom(1e-6, 1e6),
      (given, unit) => {
        const problem = {
          ...given,
          entities: given.entities.filter(({ curve }) => curve.ceiling > 0),
          groups: [],
          spend: "up_to" as const,
        };
        const one = { ...problem, entities: problem.entities.map(alone) };
        const budget = one.entities.reduce(
          (sum, { lo, hi }) => sum + (lo + hi) / 2,
          0,
        );
        const base = allocate({ ...one, budget });
        const scaled = allocate(scaleMoney({ ...one, budget }, unit));
        base.amounts.forEach((amount, at) => {
          const other = (scaled.amounts[at] ?? NaN) / unit;
          assert.ok(Math.abs(amount - other) <= 1e-7 * budget);
        });
      },
    ),
  );
});

Deno.test("allocate() is as good as a dynamic programme on whole amounts", () => {
  fc.assert(
    fc.property(arbitraryProblem({ most: 5 }), (given) => {
      const entities = given.entities.map((entity) => ({
        ...alone(entity),
        lo: Math.ceil(entity.lo),
        hi: Math.ceil(entity.lo) + Math.floor(entity.hi - entity.lo),
      }));
      const budget = entities.reduce(
        (sum, { lo, hi }) => sum + lo + Math.floor((hi - lo) / 3),
        0,
      );
      const problem = { entities, groups: [], budget, spend: "all" as const };
      const { outcome, upperBound } = allocate(problem);
      const grid = solveOnGrid(problem);
      assert.ok(outcome >= grid * (1 - 1e-9), `${outcome} is below ${grid}`);
      assert.ok(upperBound >= grid * (1 - 1e-12));
    }),
    { numRuns: 150 },
  );
});

Deno.test("allocate() finds both winners among equal S-shaped curves", () => {
  const curve = { type: "hill", ceiling: 10, half: 10, slope: 3 } as const;
  const entities = Array.from({ length: 12 }, (_, at) => ({
    id: `e${at}`,
    group: null,
    curve,
    lo: 0,
    hi: 40,
  }));
  const { outcome, gap, amounts } = allocate({
    entities,
    groups: [],
    budget: 25.2,
    spend: "all",
  });
  assert.ok(gap < 0.02, `gap ${gap}`);
  assert.ok(outcome > 13.3);
  assert.equal(amounts.filter((amount) => amount > 1).length, 2);
});

Deno.test("allocate() prices the budget: one more unit brings its shadow price", () => {
  fc.assert(
    fc.property(arbitraryProblem({ concave: true }), (given) => {
      const entities = given.entities.filter(({ curve }) => curve.ceiling > 0)
        .map((entity) => ({
          ...alone(entity),
          hi: entity.lo + 50,
        }));
      const budget = entities.reduce((sum, { lo }) => sum + lo + 17.3, 0);
      const problem = { entities, groups: [], budget, spend: "all" as const };
      const step = budget * 1e-4;
      const here = allocate(problem);
      const rise = allocate({ ...problem, budget: budget + step }).outcome -
        here.outcome;
      const price = here.binding.find(({ constraint }) =>
        constraint === "budget"
      );
      const expected = (price?.shadowPrice ?? 0) * step;
      assert.ok(rise <= expected + 1e-9 * here.outcome);
      assert.ok(rise >= expected * 0.98 - 1e-9 * here.outcome);
    }),
  );
});

Deno.test.each([
  {
    note: "floors above the budget",
    change: { budget: 5 },
    want: "budget, entity:a:lo",
  },
  {
    note: "caps below a budget that must be spent",
    change: { budget: 100 },
    want: "budget, group:g:hi, entity:c:hi",
  },
  {
    note: "members' floors above their group's most",
    change: { groups: [{ id: "g", lo: 0, hi: 8 }] },
    want: "group:g:hi, entity:a:lo",
  },
  {
    note: "members' caps below their group's least",
    change: { groups: [{ id: "g", lo: 70, hi: 90 }] },
    want: "group:g:lo, entity:a:hi, entity:b:hi",
  },
])("allocate() names $note", ({ change, want }) => {
  const curve = { type: "michaelis_menten", ceiling: 1, half: 1 } as const;
  const problem: AllocationProblem = {
    entities: [
      { id: "a", group: "g", curve, lo: 10, hi: 30 },
      { id: "b", group: "g", curve, lo: 0, hi: 30 },
      { id: "c", group: null, curve, lo: 0, hi: 10 },
    ],
    groups: [{ id: "g", lo: 0, hi: 40 }],
    budget: 30,
    spend: "all",
    ...change,
  };
  assert.throws(() => allocate(problem), (error: unknown) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "plan_infeasible");
    assert.equal(error.facts.constraints, want);
    assert.ok(error.message.includes(want));
    return true;
  });
});

function alone<T extends { readonly group: string | null }>(
  entity: T,
): T & { group: null } {
  return { ...entity, group: null };
}

function scaleMoney(
  problem: PlainProblem,
  unit: number,
): PlainProblem {
  return {
    ...problem,
    budget: problem.budget * unit,
    groups: problem.groups.map(({ id, lo, hi }) => ({
      id,
      lo: lo * unit,
      hi: hi * unit,
    })),
    entities: problem.entities.map(({ curve, lo, hi, ...entity }) => ({
      ...entity,
      lo: lo * unit,
      hi: hi * unit,
      curve: curve.type === "logistic"
        ? { ...curve, rate: curve.rate / unit }
        : { ...curve, half: curve.half * unit },
    })),
  };
}

function sameOutcome(a: number, b: number): void {
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(a, b), `${a} is not ${b}`);
}
