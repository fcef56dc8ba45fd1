/**
 * Whole flight plans keep every bound exactly; targets are reached at least cost.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { geometricKernel } from "./carry_over.ts";
import { fillTable } from "./flow.ts";
import { planFlight } from "./plan_flight.ts";
import type { FlightProblem } from "./problem.ts";
import { reachTarget } from "./reach_target.ts";
import { planWholeFlight } from "./whole.ts";

const micros = fc.integer({ min: 1_000_000, max: 900_000_000 });

function arbitraryWholeFlight(): fc.Arbitrary<FlightProblem> {
  return fc.record({
    ceilings: fc.array(fc.integer({ min: 1, max: 99 }), {
      minLength: 1,
      maxLength: 4,
    }),
    half: micros,
    hi: micros,
    percent: fc.integer({ min: 5, max: 95 }),
    share: fc.integer({ min: 2, max: 9 }),
    spend: fc.constantFrom("all" as const, "up_to" as const),
  }).map(({ ceilings, half, hi, percent, share, spend }) => {
    const periods = 5;
    const budget = Math.floor(hi * periods * ceilings.length * percent / 100);
    const each = Math.floor(budget / periods);
    return {
      periods,
      after: 2,
      budget,
      spend,
      entities: ceilings.map((ceiling, at) => ({
        id: `e${at}`,
        curve: { type: "michaelis_menten" as const, ceiling, half },
        kernel: geometricKernel(0.4, 3),
        season: [1, 3, 1, 2, 1, 1, 1],
        lo: Array(periods).fill(0),
        hi: Array(periods).fill(hi),
        ramp: Math.floor(hi / share),
        total: { lo: 0, hi: hi * periods },
      })),
      totals: Array.from({ length: periods }, () => ({
        lo: Math.floor(each * 0.6),
        hi: Math.floor(each * 1.3) + 1,
      })),
    };
  });
}

Deno.test("planWholeFlight() keeps every bound to the unit and sums exactly", () => {
  fc.assert(
    fc.property(arbitraryWholeFlight(), (problem) => {
      const { amounts, outcome, flight } = planWholeFlight(problem);
      const { periods, entities, budget, totals = [] } = problem;
      const all = amounts.reduce((sum, amount) => sum + amount, 0n);
      if (problem.spend === "all") assert.equal(all, BigInt(budget));
      else assert.ok(all <= BigInt(budget));
      entities.forEach(({ lo, hi, ramp }, row) => {
        const own = amounts.slice(row * periods, (row + 1) * periods);
        own.forEach((amount, t) => {
          assert.ok(amount >= BigInt(lo[t] ?? 0));
          assert.ok(amount <= BigInt(hi[t] ?? 0));
          const step = Number(amount - (own[t - 1] ?? amount));
          assert.ok(Math.abs(step) <= (ramp ?? 0));
        });
      });
      totals.forEach(({ lo, hi }, t) => {
        const sum = entities.reduce(
          (total, _, row) => total + (amounts[row * periods + t] ?? 0n),
          0n,
        );
        assert.ok(sum >= BigInt(lo) && sum <= BigInt(hi));
      });
      assert.ok(outcome >= flight.outcome * (1 - 1e-4));
    }),
    { numRuns: 100 },
  );
});

Deno.test("fillTable() finds a table wherever a point fits, and none where none does", () => {
  const table = fc.array(fc.integer({ min: 0, max: 6 }), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(table, table, (point, room) => {
      const sumOf = (cells: readonly number[]) =>
        cells.reduce((sum, cell) => sum + (point[cell] ?? 0), 0);
      const rowsOf = [0, 1, 2].map((row) =>
        [0, 1, 2, 3].map((t) => 4 * row + t)
      );
      const columnsOf = [0, 1, 2, 3].map((t) => [t, 4 + t, 8 + t]);
      const exact = (cells: number[]): [number, number] => [
        sumOf(cells),
        sumOf(cells),
      ];
      const bounds = {
        rows: 3,
        columns: 4,
        cellLo: Float64Array.from(point, (x, at) => x - (room[at] ?? 0)),
        cellHi: Float64Array.from(point, (x, at) => x + (room[11 - at] ?? 0)),
        rowBounds: rowsOf.map(exact),
        columnBounds: columnsOf.map(exact),
        sum: exact(rowsOf.flat()),
      };
      const found = fillTable(bounds);
      if (found === null) throw new Error("no table where a point fits");
      for (const cells of [...rowsOf, ...columnsOf]) {
        const sum: number = cells.reduce(
          (all: number, cell) => all + (found[cell] ?? NaN),
          0,
        );
        assert.equal(sum, sumOf(cells));
      }
      found.forEach((x, at) => {
        assert.ok(x >= (bounds.cellLo[at] ?? NaN));
        assert.ok(x <= (bounds.cellHi[at] ?? NaN));
      });
      const [least] = bounds.sum;
      assert.equal(
        fillTable({ ...bounds, sum: [least + 1, least + 1] }),
        null,
      );
    }),
    { numRuns: 100 },
  );
});

const PROBLEM: FlightProblem = {
  periods: 4,
  after: 1,
  budget: 400,
  spend: "up_to",
  entities: [1, 2].map((at) => ({
    id: `e${at}`,
    curve: { type: "michaelis_menten", ceiling: 50 * at, half: 20 },
    kernel: [0.6, 0.4],
    lo: [0, 0, 0, 0],
    hi: [90, 90, 90, 90],
  })),
};

Deno.test("reachTarget() finds the least budget, and proves it", () => {
  for (const target of [20, 100, 300]) {
    const { budget, leastBudget, flight } = reachTarget(PROBLEM, target);
    assert.ok(flight.outcome >= target * (1 - 1e-9));
    assert.ok(leastBudget <= budget && budget - leastBudget <= 1e-8 * budget);
    const less = planFlight({ ...PROBLEM, budget: budget * 0.999 });
    assert.ok(less.upperBound < target);
  }
});

Deno.test("reachTarget() with an S finds a budget, and what is proven below it", () => {
  const problem: FlightProblem = {
    ...PROBLEM,
    entities: PROBLEM.entities.map((one) => ({
      ...one,
      curve: { type: "hill", ceiling: 50, half: 20, slope: 2 },
    })),
  };
  const { budget, leastBudget, flight } = reachTarget(problem, 120);
  assert.ok(flight.outcome >= 120 * (1 - 1e-9));
  assert.ok(leastBudget <= budget && budget <= 1.1 * leastBudget);
  const less = planFlight({ ...problem, budget: leastBudget * 0.999 });
  assert.ok(less.upperBound < 120);
});

Deno.test("reachTarget() says what is out of reach", () => {
  assert.throws(() => reachTarget(PROBLEM, 1000), /brings at most/);
});
