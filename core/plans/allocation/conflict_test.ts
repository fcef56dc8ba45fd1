/**
 * Conflicts: found where there are any, none of their constraints to spare, and
 * bounds moved by no more than needed.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationProblem } from "../../domain/allocation.ts";
import { allocate } from "./allocate.ts";
import { findConflict } from "./conflict.ts";
import { listConstraints, without } from "./constraints.ts";
import { relaxNearest } from "./nearest.ts";
import { solveByTrial } from "./rich_problems_test.ts";

const curve = { type: "michaelis_menten", ceiling: 10, half: 5 } as const;

/** Bounds at random, many of which conflict. */
function arbitraryBounds(
  { rows, most: count = 5 }: { readonly rows: boolean; readonly most?: number },
): fc.Arbitrary<AllocationProblem> {
  const entity = fc.record({
    group: fc.constantFrom(null, "outer", "inner"),
    lo: fc.nat(3),
    width: fc.nat(5),
    off: fc.boolean(),
    step: rows ? fc.constantFrom(0, 0, 1, 2) : fc.constant(0),
    weighs: fc.integer({ min: -1, max: 4 }),
  });
  return fc.record({
    entities: fc.array(entity, { minLength: 2, maxLength: count }),
    floors: fc.tuple(fc.nat(6), fc.nat(4)),
    widths: fc.tuple(fc.nat(8), fc.nat(6)),
    most: fc.option(fc.nat(2)),
    budget: fc.nat(16),
    spend: fc.constantFrom("all" as const, "up_to" as const),
    row: fc.option(fc.tuple(fc.boolean(), fc.nat(20))),
    least: fc.option(fc.double({ min: 0.5, max: 2.3, noNaN: true })),
  }).map(({ entities, floors, widths, most, row, least, ...rest }) => ({
    ...rest,
    entities: entities.map(({ group, lo, width, off, step }, at) => ({
      ...{ id: `e${at}`, group, curve, lo, hi: lo + width },
      ...rows && off ? { off } : {},
      ...step > 0 ? { step } : {},
    })),
    groups: [
      {
        ...{ id: "outer", lo: floors[0], hi: floors[0] + widths[0] },
        ...rows && most !== null ? { most } : {},
      },
      {
        id: "inner",
        lo: floors[1],
        hi: floors[1] + widths[1],
        parent: "outer",
      },
    ],
    ...rows && row
      ? {
        linear: [{
          id: "row",
          terms: Object.fromEntries(
            entities.map(({ weighs }, at) => [`e${at}`, weighs]),
          ),
          [row[0] ? "lo" : "hi"]: row[1],
        }],
      }
      : {},
    ...rows && least !== null
      ? { returns: [{ id: "roas", group: null, least }] }
      : {},
  }));
}

function admits(problem: AllocationProblem): boolean {
  try {
    allocate(problem);
    return true;
  } catch {
    return false;
  }
}

for (const rows of [false, true]) {
  const kind = rows ? "constraints of every kind" : "floors and caps";
  Deno.test(`findConflict() answers where ${kind} admit nothing, and only there`, () => {
    fc.assert(
      fc.property(arbitraryBounds({ rows }), (problem) => {
        assert.equal(findConflict(problem) === null, admits(problem));
      }),
      { numRuns: 150 },
    );
  });

  Deno.test(`findConflict() names no more than conflicts, of ${kind}`, () => {
    fc.assert(
      fc.property(arbitraryBounds({ rows }), (problem) => {
        const conflict = findConflict(problem);
        fc.pre(conflict !== null);
        const { constraints } = conflict;
        const keep = (kept: readonly string[]) =>
          without(
            problem,
            new Set(
              listConstraints(problem).filter((name) => !kept.includes(name)),
            ),
          );
        assert.ok(!admits(keep(constraints)), "these do not conflict");
        for (const spared of constraints) {
          const others = constraints.filter((name) => name !== spared);
          assert.ok(admits(keep(others)), `"${spared}" is not needed`);
        }
      }),
      { numRuns: 80 },
    );
  });

  Deno.test(`relaxNearest() moves ${kind} by as little as it can be`, () => {
    fc.assert(
      fc.property(arbitraryBounds({ rows }), (problem) => {
        const conflict = findConflict(problem);
        fc.pre(conflict !== null);
        const relaxed = relaxNearest(problem, conflict);
        if (relaxed === null) {
          const anchored = problem.entities.some(({ off, step }) =>
            off || step !== undefined
          );
          const returns = problem.returns?.length ?? 0;
          assert.ok(
            anchored || returns > 0,
            "all that is in conflict can be moved",
          );
          return;
        }
        assert.ok(admits(relaxed.problem), "it still admits nothing");
        assert.ok(relaxed.moves.length > 0);
        const { price, leastPrice } = relaxed;
        assert.ok(price >= leastPrice * (1 - 1e-6) - 1e-9);
        assert.ok(price <= leastPrice * 1.01 + 1e-4, `${price} ${leastPrice}`);
      }),
      { numRuns: 80 },
    );
  });
}

Deno.test("findConflict() finds one where no whole amounts keep gaps, steps, numbers and groups", () => {
  fc.assert(
    fc.property(arbitraryBounds({ rows: true }), (given) => {
      const problem = { ...given, linear: [], returns: [] };
      const admitted = solveByTrial(atWholeAmounts(problem)) > -Infinity;
      assert.equal(findConflict(problem) === null, admitted);
    }),
    { numRuns: 150 },
  );
});

Deno.test("findConflict() finds none where whole amounts keep everything", () => {
  fc.assert(
    fc.property(arbitraryBounds({ rows: true }), (problem) => {
      fc.pre(solveByTrial(atWholeAmounts(problem)) > -Infinity);
      assert.equal(findConflict(problem), null);
    }),
    { numRuns: 80 },
  );
});

Deno.test("relaxNearest() costs no more than the cheapest moves to whole amounts", () => {
  fc.assert(
    fc.property(arbitraryBounds({ rows: false, most: 3 }), (problem) => {
      const conflict = findConflict(problem);
      fc.pre(conflict !== null);
      const relaxed = relaxNearest(problem, conflict);
      const least = priceByTrial(problem);
      assert.ok(relaxed);
      assert.ok(relaxed.price <= least + 1e-6, `${relaxed.price} ${least}`);
      assert.ok(relaxed.leastPrice <= least + 1e-9, `${relaxed.leastPrice}`);
    }),
    { numRuns: 80 },
  );
});

Deno.test("relaxNearest() moves returns and numbers, and says what comes of it", () => {
  const problem: AllocationProblem = {
    entities: ["a", "b"].map((id) => ({ id, group: "g", curve, lo: 5, hi: 9 })),
    groups: [{ id: "g", lo: 0, hi: 20, most: 1 }],
    budget: 10,
    spend: "all",
    returns: [{ id: "roas", group: null, least: 1.25 }],
  };
  const conflict = findConflict(problem);
  assert.ok(conflict);
  const relaxed = relaxNearest(problem, conflict);
  const moved = relaxed?.moves.map(({ constraint, to }) => [constraint, to]);
  assert.deepEqual(moved, [["returns:roas", 1], ["group:g:most", 2]]);
  assert.ok(Math.abs((relaxed?.price ?? NaN) - 1.2) < 1e-9);
  assert.ok(Math.abs((relaxed?.outcome ?? NaN) - 10) < 1e-9);
});

function atWholeAmounts(problem: AllocationProblem): AllocationProblem {
  return {
    ...problem,
    entities: problem.entities.map((entity) => ({ step: 1, ...entity })),
  };
}

/** Least cost at which bounds of a tree give way to whole amounts. */
function priceByTrial(problem: AllocationProblem): number {
  const { entities, groups, budget, spend } = problem;
  const part = (by: number, bound: number) =>
    Math.max(by, 0) / (bound || budget || 1);
  const between = (x: number, { lo, hi }: { lo: number; hi: number }) =>
    part(lo - x, lo) + part(x - hi, hi);
  const sumOf = (amounts: readonly number[], ids: readonly string[]) =>
    entities.reduce(
      (sum, { group }, at) =>
        sum + (ids.includes(group ?? "") ? amounts[at] ?? 0 : 0),
      0,
    );
  const price = (amounts: readonly number[]) => {
    const total = amounts.reduce((sum, x) => sum + x, 0);
    const least = spend === "all" ? budget : 0;
    return between(total, { lo: least, hi: budget }) +
      entities.reduce(
        (sum, entity, at) => sum + between(amounts[at] ?? 0, entity),
        0,
      ) +
      groups.reduce((sum, group) => {
        const below = group.id === "outer" ? ["outer", "inner"] : ["inner"];
        return sum + between(sumOf(amounts, below), group);
      }, 0);
  };
  const tryAll = (amounts: readonly number[]): number =>
    amounts.length === entities.length ? price(amounts) : Math.min(
      ...Array.from({ length: 17 }, (_, x) => tryAll([...amounts, x])),
    );
  return tryAll([]);
}

Deno.test("relaxNearest() moves what costs least", () => {
  const problem: AllocationProblem = {
    entities: [
      { id: "a", group: null, curve, lo: 60, hi: 80 },
      { id: "b", group: null, curve, lo: 60, hi: 80 },
    ],
    groups: [],
    budget: 100,
    spend: "up_to",
  };
  const conflict = findConflict(problem);
  assert.ok(conflict);
  assert.deepEqual(conflict.constraints, [
    "budget",
    "entity:a:lo",
    "entity:b:lo",
  ]);
  const dear = { budget: 5, "entity:a:lo": 1, "entity:b:lo": 2 };
  const relaxed = relaxNearest(problem, conflict, { weights: dear });
  assert.equal(relaxed?.moves.length, 1);
  assert.equal(relaxed?.moves[0]?.constraint, "entity:a:lo");
  assert.ok(Math.abs((relaxed?.moves[0]?.to ?? NaN) - 40) < 1e-4);
  assert.ok(Math.abs((relaxed?.price ?? NaN) - 20) < 1e-4);
});

Deno.test("a small share conflicts with a large floor only where the rest is bounded", () => {
  const ids = ["a", "b", "c"];
  const conflict = findConflict({
    entities: ids.map((id) => ({ id, group: null, lo: 0, hi: 90, curve })),
    groups: [],
    budget: 200,
    spend: "all",
    linear: [
      { id: "floor", terms: { a: 1 }, lo: 50 },
      { id: "share", terms: { a: 994, b: -6, c: -6 }, hi: 0 },
    ],
  });
  const { constraints = [] } = conflict ?? {};
  assert.ok(constraints.includes("linear:floor:lo"), `${constraints}`);
  assert.ok(constraints.includes("linear:share:hi"), `${constraints}`);
  assert.ok(
    constraints.includes("budget") ||
      ["b", "c"].every((id) => constraints.includes(`entity:${id}:hi`)),
    `${constraints}`,
  );
});
