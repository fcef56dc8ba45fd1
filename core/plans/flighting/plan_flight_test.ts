/**
 * Flight plans: the optimum on small problems, invariances, planning again, conflicts.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { allocate } from "../allocation/allocate.ts";
import { geometricKernel, sumOutcome } from "./carry_over.ts";
import { planFlight } from "./plan_flight.ts";
import type { FlightEntity, FlightProblem } from "./problem.ts";

const SEARCH: FlightProblem = {
  periods: 4,
  after: 2,
  entities: [
    entity("search", { season: [1, 2, 1, 1, 1, 1] }),
    entity("tv", { kernel: [0.5, 0.3, 0.2], ramp: 10 }),
  ],
  budget: 100,
  spend: "all",
};

function entity(id: string, more: Partial<FlightEntity> = {}): FlightEntity {
  return {
    id,
    curve: { type: "michaelis_menten", ceiling: 50, half: 20 },
    kernel: [1],
    lo: [0, 0, 0, 0],
    hi: [60, 60, 60, 60],
    ...more,
  };
}

function near(one: number, other: number, tolerance: number): void {
  const off = Math.abs(one - other);
  assert.ok(off <= tolerance * Math.abs(other), `${one} is not ${other}`);
}

Deno.test("without carry-over and ramps it is an allocation", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          ceiling: fc.integer({ min: 1, max: 90 }),
          half: fc.integer({ min: 1, max: 60 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
      fc.integer({ min: 1, max: 99 }),
      (curves, season, percent) => {
        const periods = season.length;
        const budget = 40 * curves.length * periods * percent / 100;
        const flight = planFlight({
          periods,
          after: 0,
          budget,
          spend: "all",
          entities: curves.map((curve, at) => ({
            id: `e${at}`,
            curve: { type: "michaelis_menten", ...curve },
            kernel: [1],
            season,
            lo: Array(periods).fill(0),
            hi: Array(periods).fill(40),
          })),
        });
        const allocation = allocate({
          entities: curves.flatMap(({ ceiling, half }, at) =>
            season.map((factor, t) => ({
              id: `e${at}/${t}`,
              group: null,
              lo: 0,
              hi: 40,
              curve: {
                type: "michaelis_menten" as const,
                ceiling: ceiling * factor,
                half,
              },
            }))
          ),
          groups: [],
          budget,
          spend: "all",
        });
        near(flight.outcome, allocation.outcome, 1e-9);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a plan with an S is at least as good as the best on a grid", () => {
  const s: FlightProblem = {
    periods: 3,
    after: 1,
    budget: 12,
    spend: "all",
    entities: [{
      id: "tv",
      curve: { type: "hill", ceiling: 10, half: 6, slope: 3 },
      kernel: [0.7, 0.3],
      lo: [0, 0, 0],
      hi: [12, 12, 12],
    }],
  };
  let best = 0;
  for (let a = 0; a <= 48; a++) {
    for (let b = 0; a + b <= 48; b++) {
      const amounts = [a / 4, b / 4, 12 - (a + b) / 4];
      best = Math.max(best, sumOutcome(s, amounts));
    }
  }
  const flight = planFlight(s);
  assert.ok(flight.outcome >= best * (1 - 1e-6), `${flight.outcome} ${best}`);
  assert.ok(flight.upperBound >= flight.outcome);
});

Deno.test("more budget never brings less, and its price says how much", () => {
  const plan = (budget: number) => planFlight({ ...SEARCH, budget });
  let last = plan(20);
  for (let budget = 30; budget <= 240; budget += 10) {
    const next = plan(budget);
    assert.ok(next.outcome >= last.outcome);
    const rise = (next.outcome - last.outcome) / 10;
    assert.ok(rise <= last.prices.budget * (1 + 1e-6));
    assert.ok(rise >= next.prices.budget * (1 - 1e-6));
    last = next;
  }
});

Deno.test.each([{ scale: 1e-6 }, { scale: 1e-3 }, { scale: 1e3 }, {
  scale: 1e6,
}])(
  "money times $scale gives the plan times as much",
  ({ scale }) => {
    const scaled = (amounts: readonly number[]) =>
      amounts.map((x) => x * scale);
    const plain = planFlight(SEARCH);
    const flight = planFlight({
      ...SEARCH,
      budget: SEARCH.budget * scale,
      entities: SEARCH.entities.map((one) => ({
        ...one,
        curve: {
          type: "michaelis_menten" as const,
          ceiling: 50,
          half: 20 * scale,
        },
        lo: scaled(one.lo),
        hi: scaled(one.hi),
        ...(one.ramp === undefined ? {} : { ramp: one.ramp * scale }),
      })),
    });
    near(flight.outcome, plain.outcome, 1e-10);
    plain.amounts.forEach((amount, cell) => {
      const off = Math.abs((flight.amounts[cell] ?? NaN) / scale - amount);
      assert.ok(off <= 1e-5 * SEARCH.budget, `cell ${cell} is off by ${off}`);
    });
  },
);

Deno.test("the order of entities does not matter", () => {
  const turned = planFlight({
    ...SEARCH,
    entities: SEARCH.entities.toReversed(),
  });
  near(turned.outcome, planFlight(SEARCH).outcome, 1e-10);
});

Deno.test("what is spent stays, and planning on from a plan changes nothing", () => {
  const plan = planFlight(SEARCH);
  const again = planFlight({
    ...SEARCH,
    entities: SEARCH.entities.map((one, row) => ({
      ...one,
      spent: [...plan.amounts.slice(4 * row, 4 * row + 2)],
    })),
  });
  near(again.outcome, plan.outcome, 1e-9);
  assert.deepEqual(
    [...again.amounts.slice(0, 2)],
    [...plan.amounts.slice(0, 2)],
  );
});

Deno.test("spend beyond plan is made up for in the periods that are left", () => {
  const over: FlightProblem = {
    ...SEARCH,
    entities: SEARCH.entities.map((one) => ({ ...one, spent: [30] })),
  };
  const { amounts } = planFlight(over);
  near(amounts.reduce((sum, amount) => sum + amount, 0), 100, 1e-12);
  assert.equal(amounts[0], 30);
  assert.equal(amounts[4], 30);
});

Deno.test("outcomes after the last period move money to the end", () => {
  const slow = {
    ...SEARCH,
    entities: [entity("tv", { kernel: geometricKernel(0.7, 3) })],
  };
  const last = (after: number) => planFlight({ ...slow, after }).amounts[3];
  assert.ok((last(2) ?? 0) > (last(0) ?? 0) + 1);
});

Deno.test.each([
  {
    note: "floors above the budget",
    change: { budget: 10, floor: 5 },
    want: /budget/,
  },
  {
    note: "a total that its cells cannot fill",
    change: { total: { lo: 300, hi: 400 } },
    want: /entity:a/,
  },
  {
    note: "a period's total below its cells' floors",
    change: { floor: 5, totals: { lo: 0, hi: 1 } },
    want: /period:0/,
  },
])("planFlight() names the conflict: $note", ({ change, want }) => {
  const { budget = 100, floor = 0, total, totals } = change as {
    budget?: number;
    floor?: number;
    total?: { lo: number; hi: number };
    totals?: { lo: number; hi: number };
  };
  const problem: FlightProblem = {
    ...SEARCH,
    budget,
    ...(totals ? { totals: Array(4).fill(totals) } : {}),
    entities: [
      entity("a", { lo: Array(4).fill(floor), ...(total ? { total } : {}) }),
    ],
  };
  assert.throws(
    () => planFlight(problem),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, "plan_infeasible");
      assert.match(error.message, want);
      return true;
    },
  );
});

Deno.test("planFlight() refuses numbers that are none", () => {
  const wrong = { ...SEARCH, budget: NaN };
  assert.throws(() => planFlight(wrong), RangeError);
  const short = { ...SEARCH, entities: [entity("a", { lo: [0] })] };
  assert.throws(() => planFlight(short), /bounds are not one for each period/);
});
