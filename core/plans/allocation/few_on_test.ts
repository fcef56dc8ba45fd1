/**
 * Limits of number over curves of every kind: the plan is the best over all choices
 * of who is on, and the bound is not below it.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  AllocationCurve,
  AllocationEntity,
  AllocationProblem,
} from "../../domain/allocation.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import { allocate } from "./allocate.ts";

const part = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const closed: fc.Arbitrary<ResponseCurve> = fc.oneof(
  fc.record({
    type: fc.constant("hill" as const),
    ceiling: part(1, 30),
    half: part(0.5, 20),
    slope: part(0.5, 4),
  }),
  fc.record({
    type: fc.constant("logistic" as const),
    ceiling: part(1, 30),
    rate: part(0.05, 6),
  }),
  fc.record({
    type: fc.constant("michaelis_menten" as const),
    ceiling: part(1, 30),
    half: part(0.5, 20),
  }),
);

const curves: fc.Arbitrary<AllocationCurve> = fc.oneof(
  closed,
  fc.record({
    type: fc.constant("sampled" as const),
    draws: fc.array(closed, { minLength: 1, maxLength: 3 }),
  }),
  fc.tuple(part(1, 9), part(1, 9)).map(([x, y]) => ({
    type: "piecewise" as const,
    points: [[0, 0], [x, y], [2 * x, 3 * y]] as const,
  })),
);

/** Entities that may be off or begin at nothing, of which some may be on. */
const problems = fc.record({
  drawn: fc.array(
    fc.record({
      curve: curves,
      lo: fc.oneof(fc.constant(0), part(1, 5)),
      room: part(1, 40),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  most: fc.integer({ min: 1, max: 2 }),
  share: part(0.3, 1),
  objective: fc.constantFrom("outcome" as const, "profit" as const),
}).map(({ drawn, most, share, objective }): AllocationProblem => ({
  entities: drawn.map(({ curve, lo, room }, at) => ({
    ...{ id: `e${at}`, group: "all", curve, lo, hi: lo + room },
    off: lo > 0,
  })),
  groups: [{ id: "all", lo: 0, hi: Infinity, most }],
  budget: share * 45,
  spend: "up_to",
  objective,
}));

/** The best over all choices of who is on, each solved without a limit of number. */
function searchChoices(problem: AllocationProblem): number {
  const { entities, groups } = problem;
  const most = groups[0]?.most ?? 0;
  let best = -Infinity;
  for (let choice = 0; choice < 2 ** entities.length; choice++) {
    const isOn = (_: AllocationEntity, at: number) => (choice >> at) % 2 === 1;
    if (entities.filter(isOn).length > most) continue;
    const chosen = entities.map((entity, at) =>
      isOn(entity, at)
        ? { ...entity, group: null }
        : { ...entity, group: null, lo: 0, hi: 0, off: false }
    );
    const { outcome } = allocate({ ...problem, groups: [], entities: chosen });
    best = Math.max(best, outcome);
  }
  return best;
}

Deno.test("allocate() chooses who is on as a search of all choices does", () => {
  fc.assert(
    fc.property(problems, (problem) => {
      const { outcome, upperBound } = allocate(problem);
      const best = searchChoices(problem);
      const near = 1e-8 * Math.abs(best) + 1e-9;
      assert.ok(upperBound >= best - near, `${upperBound} is below ${best}`);
      assert.ok(outcome >= best - near, `${outcome} is less than ${best}`);
    }),
    { numRuns: 300 },
  );
});
