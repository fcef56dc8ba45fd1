/**
 * A problem has the same plan in whichever format it is written, in whichever unit
 * its money is counted, and in whichever order its entities stand.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  arbitraryProblems,
  inUnit,
  printBudget,
  printColumns,
  printDraws,
  printFlighting,
  printOnePeriod,
  printOwn,
  type Problem,
} from "./fixtures/print_formats.ts";
import { parseProblem, type ProblemFile } from "./parse_problem.ts";
import type { PlanAnswer } from "./plan_answer.ts";
import { solveProblem } from "./solve_problem.ts";

function near(one: number, other: number, part: number): void {
  const size = Math.max(Math.abs(one), Math.abs(other));
  assert.ok(Math.abs(one - other) <= part * size, `${one} is not ${other}`);
}

/** Solves, and looks at the answer with none of the engine's code. */
function solve(file: ProblemFile, { channels, budget }: Problem): PlanAnswer {
  const answer = solveProblem(parseProblem(file));
  const { amounts, value, upperBound } = answer;
  assert.deepEqual(answer.ids, channels.map(({ id }) => id));
  let [spent, brought] = [0, 0];
  channels.forEach(({ beta, k, s, lo, hi }, at) => {
    const x = amounts[at] as number;
    const slack = answer.periods === null ? 0 : 1e-12 * budget;
    assert.ok(x >= lo - slack && x <= hi, `${x} outside ${lo} to ${hi}`);
    spent += x;
    brought += x > 0 ? beta / (1 + (k / x) ** s) : 0;
  });
  near(spent, budget, 1e-12);
  near(value, brought, 1e-12);
  assert.ok(value <= upperBound);
  return answer;
}

Deno.test.each([
  { note: "columns", print: printColumns, slopes: "any" as const, part: 1e-9 },
  { note: "budget", print: printBudget, slopes: "any" as const, part: 1e-9 },
  { note: "draws", print: printDraws, slopes: "any" as const, part: 1e-9 },
  {
    note: "flighting",
    print: printFlighting,
    slopes: "one" as const,
    part: 1e-8,
  },
  {
    note: "own, one period",
    print: printOnePeriod,
    slopes: "one" as const,
    part: 1e-8,
  },
])("a problem in format $note has the plan it has in the engine's own", ({
  print,
  slopes,
  part,
}) => {
  fc.assert(
    fc.property(arbitraryProblems(slopes), (problem) => {
      const own = solve(printOwn(problem), problem);
      const other = solve(print(problem), problem);
      near(own.value, other.value, part);
      near(own.upperBound, other.upperBound, part);
      assert.ok(own.gap <= 1e-9, `gap ${own.gap}`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a problem has the same plan in any unit of money", () => {
  const units = fc.constantFrom(2 ** -40, 2 ** -20, 2 ** 20, 2 ** 50);
  fc.assert(
    fc.property(arbitraryProblems("any"), units, (problem, unit) => {
      const one = solve(printOwn(problem), problem);
      const scaled = inUnit(problem, unit);
      const other = solve(printOwn(scaled), scaled);
      near(one.value, other.value, 1e-9);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a problem has the same plan in any order of its entities", () => {
  fc.assert(
    fc.property(arbitraryProblems("any"), (problem) => {
      const turned = { ...problem, channels: problem.channels.toReversed() };
      const one = solve(printOwn(problem), problem);
      near(one.value, solve(printOwn(turned), turned).value, 1e-9);
    }),
    { numRuns: 60 },
  );
});

Deno.test("names of what every object has are names like others", () => {
  const ids = ["constructor", "__proto__", "toString", "7"];
  const curve = { type: "michaelis_menten", ceiling: 10, half: 5 };
  const answer = solveProblem(parseProblem({
    name: "a.json",
    value: JSON.parse(`{"schema": "moe-plan-problem/1", "budget": 8,
      "entities": ${JSON.stringify(ids.map((id) => ({ id, curve })))},
      "linear": [{"id": "l", "terms": {"constructor": 1, "__proto__": 1}, "hi": 2}]}`),
    columns: () => new Uint8Array(),
  }));
  [1, 1, 3, 3].forEach((want, at) => near(answer.amounts[at] ?? 0, want, 1e-9));
});

Deno.test.each([
  { note: "nothing to nobody", budget: 0, spend: "all" },
  { note: "at most something to nobody", budget: 5, spend: "up_to" },
])("a plan for $note is empty", ({ budget, spend }) => {
  const value = { schema: "moe-plan-problem/1", budget, spend, entities: [] };
  const file = { name: "a.json", value, columns: () => new Uint8Array() };
  const { amounts, gap, upperBound } = solveProblem(parseProblem(file));
  assert.deepEqual([...amounts, gap, upperBound], [0, 0]);
});
