/**
 * Settled amounts keep each bound exactly and sum to the budget, steps, gaps and
 * groups included; settling again changes nothing but the last digit.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AllocationProblem } from "../../domain/allocation.ts";
import { allocate } from "../allocation/allocate.ts";
import { sumUp } from "./measure.ts";
import { settleAmounts } from "./settle.ts";

const part = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Entities in two groups, one within the other, whose bounds admit a plan. */
const problems = fc.record({
  drawn: fc.array(
    fc.record({
      ceiling: part(1, 100),
      half: part(1, 100),
      slope: part(0.6, 2.5),
      lo: fc.oneof(fc.constant(0), part(0.01, 10)),
      room: fc.oneof(fc.constant(0), part(0.01, 100)),
      off: fc.boolean(),
      group: fc.constantFrom(null, "inner", "outer"),
    }),
    { minLength: 2, maxLength: 9 },
  ),
  share: part(0.2, 0.9),
  inner: part(0.3, 1.1),
  outer: part(0.3, 1.1),
  spend: fc.constantFrom("all" as const, "up_to" as const),
}).map(({ drawn, share, inner, outer, spend }): AllocationProblem => {
  const entities = drawn.map(({ ceiling, half, slope, room, ...one }, at) => ({
    ...one,
    id: `e${at}`,
    hi: one.lo + room,
    curve: { type: "hill" as const, ceiling, half, slope },
  }));
  const sum = (side: "lo" | "hi", within: readonly (string | null)[]) =>
    entities.filter(({ group }) => within.includes(group))
      .reduce((total, one) => total + one[side], 0);
  const cap = (within: string[], part: number) =>
    sum("lo", within) + part * (sum("hi", within) - sum("lo", within));
  const groups = [
    { id: "inner", parent: "outer", lo: 0, hi: cap(["inner"], inner) },
    { id: "outer", lo: 0, hi: cap(["inner", "outer"], outer) },
  ];
  const most = sum("hi", [null]) +
    Math.min(
      groups[1]?.hi ?? 0,
      sum("hi", ["outer"]) + Math.min(groups[0]?.hi ?? 0, sum("hi", ["inner"])),
    );
  const least = sum("lo", [null, "inner", "outer"]);
  return {
    ...{ entities, groups, spend },
    budget: least + share * Math.max(most - least, 0),
  };
});

Deno.test("settleAmounts() keeps every bound exactly and spends the budget", () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const { entities, groups, budget, spend } = problem;
      const settled = settleAmounts(problem, allocate(problem).amounts);
      entities.forEach(({ lo, hi, off }, at) => {
        const x = settled[at] as number;
        assert.ok(off && x === 0 || x >= lo && x <= hi, `${x}: ${lo} to ${hi}`);
      });
      const spent = sumUp(settled);
      const ulp = 2 ** -52 * budget;
      assert.ok(spent <= budget + ulp, `${spent} of ${budget}`);
      if (spend === "all") assert.ok(spent >= budget - ulp, `${spent}`);
      for (const { id, hi } of groups) {
        const within = settled.filter((_, at) =>
          entities[at]?.group === id ||
          id === "outer" && entities[at]?.group === "inner"
        );
        assert.ok(sumUp(within) <= hi + 2 ** -50 * hi, `group ${id}`);
      }
      settleAmounts(problem, settled).forEach((again, at) =>
        assert.ok(
          Math.abs(again - (settled[at] as number)) <= 4 * ulp,
          `${again}`,
        )
      );
    }),
    { numRuns: 200 },
  );
});

Deno.test("settleAmounts() puts amounts on their steps", () => {
  const curve = { type: "michaelis_menten" as const, ceiling: 9, half: 3 };
  const problem: AllocationProblem = {
    entities: [
      { id: "a", group: null, curve, lo: 1, hi: 9, step: 0.7 },
      { id: "b", group: null, curve, lo: 0, hi: 9 },
    ],
    groups: [],
    budget: 8,
    spend: "all",
  };
  const settled = settleAmounts(problem, new Float64Array([3.8 + 1e-12, 4.2]));
  assert.equal(settled[0], 1 + 4 * 0.7);
  assert.equal(settled[0] + (settled[1] ?? 0), 8);
});
