/**
 * Every entity that moves is told why, and the numbers in the sentences are true.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseProblem } from "../problem_file/parse_problem.ts";
import type { PlanAnswer } from "../problem_file/plan_answer.ts";
import type { PlanProblem } from "../problem_file/plan_problem.ts";
import { solveProblem } from "../problem_file/solve_problem.ts";
import { listMoves } from "./answer_moves.ts";
import { type ExplainedMove, explainMoves } from "./explain_moves.ts";
import { printValue } from "./print_value.ts";

interface Drawn {
  readonly ceiling: number;
  readonly half: number;
  readonly slope: number;
  readonly hi: number;
  readonly today: number;
  readonly group: string | null;
}

const part = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const cases = fc.record({
  entities: fc.array(
    fc.record({
      ceiling: part(1, 1000),
      half: part(1, 100),
      slope: part(0.7, 3),
      hi: part(1, 200),
      today: fc.oneof(fc.constant(0), part(0.1, 200)),
      group: fc.constantFrom(null, "video"),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  share: part(0.1, 0.95),
  cap: part(0.2, 1.2),
});

function plan(
  { entities, share, cap }: {
    readonly entities: readonly Drawn[];
    readonly share: number;
    readonly cap: number;
  },
): { asked: PlanProblem; answer: PlanAnswer; moves: ExplainedMove[] } {
  const sum = (of: readonly Drawn[]) => of.reduce((all, { hi }) => all + hi, 0);
  const most = cap * sum(entities.filter(({ group }) => group !== null));
  const room = sum(entities.filter(({ group }) => group === null)) +
    Math.min(most, sum(entities.filter(({ group }) => group !== null)));
  const asked = parseProblem({
    name: "a.json",
    value: {
      schema: "moe-plan-problem/1",
      budget: share * room,
      groups: [{ id: "video", hi: most }],
      entities: entities.map(({ ceiling, half, slope, ...one }, at) => ({
        ...one,
        id: `e${at}`,
        curve: { type: "hill", ceiling, half, slope },
      })),
    },
    columns: () => new Uint8Array(),
  });
  const answer = solveProblem(asked);
  const moves = explainMoves(listMoves(asked, answer, asked.today ?? []));
  return { asked, answer, moves };
}

/** Numbers of a sentence, its name left out. */
function numbersOf(sentence: string): string[] {
  return sentence.replace(/"[^"]*"|(entity|group|linear):\S+/g, "")
    .match(/[+\u2212]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?/g) ?? [];
}

/** Everything that may be said of an entity, worked out from its parameters. */
function truths(
  { ceiling, half, slope, hi, today }: Drawn,
  after: number,
  mustBring: number,
): number[] {
  const at = (x: number) => x > 0 ? ceiling / (1 + (half / x) ** slope) : 0;
  const knee = slope > 1 ? half * (slope - 1) ** (1 / slope) : NaN;
  const step = 1e-6 * after;
  const each = (at(after) - at(today)) / (after - today);
  const next = step > 0
    ? (at(after + step) - at(after - step)) / 2 / step
    : slope < 1
    ? Infinity
    : 0;
  const moved = Math.abs(after - today);
  return [after, today, moved, 100 * moved / today, hi, each, next, mustBring]
    .concat([knee, at(knee) / knee]);
}

Deno.test("explainMoves() tells every move, in numbers that are true", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      const { answer, moves } = plan(drawn);
      assert.equal(moves.length, drawn.entities.length);
      moves.forEach(({ id, before, after, cause, sentence }, at) => {
        const entity = drawn.entities[at] as Drawn;
        const still = Math.abs(after - entity.today) <=
          1e-9 * Math.max(after, entity.today);
        assert.equal(cause === "kept", still, sentence);
        assert.ok(sentence.startsWith(`"${id}" `) && sentence.endsWith("."));
        assert.ok(still || sentence.includes(": "), sentence);
        assert.deepEqual([before, after], [entity.today, answer.amounts[at]]);
        const known = truths(entity, after, answer.mustBring[at] as number);
        for (const text of numbersOf(sentence)) {
          const said = Number(text.replace(/[,+\u2212]/g, ""));
          const near = known.some((one) =>
            Math.abs(Math.abs(one) - said) <=
              0.051 + 1e-3 * Math.abs(one) && Number.isFinite(one)
          );
          assert.ok(near, `${text} in: ${sentence} (${known})`);
        }
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("explainMoves() compares as the numbers do", () => {
  fc.assert(
    fc.property(cases, (drawn) => {
      for (const { sentence } of plan(drawn).moves) {
        const claims = sentence.matchAll(
          /(?:brings|brought) ([\d.,e-]+)(?: on average)?, (more|less|as much) (?:than|as) the ([\d.,e-]+) that/g,
        );
        for (const [, one = "", word, other = ""] of claims) {
          const [left, right] = [one, other].map((text) =>
            Number(text.replaceAll(",", ""))
          ) as [number, number];
          if (word === "more") assert.ok(left > right, sentence);
          if (word === "less") assert.ok(left < right, sentence);
        }
      }
    }),
    { numRuns: 200 },
  );
});

const FACTS = {
  ...{ id: "tv", before: 10, after: 20, marginal: 1.5, bringsEach: 2 },
  ...{ mustBring: 1.5, bounds: [0, 50] as const, heldBy: [], curve: null },
  weight: 1,
};
const S_SHAPED = { type: "hill", ceiling: 100, half: 10, slope: 2 } as const;

Deno.test.each([
  {
    note: "what is added pays",
    facts: {},
    want:
      '"tv" gets 10 more (+100.0 %), 20 in place of 10: a unit of these brings 2 on average, more than the 1.5 that a unit must bring; its next unit brings 1.5.',
  },
  {
    note: "what is taken away paid less",
    facts: { after: 5, bringsEach: 1 },
    want:
      '"tv" gets 5 less (−50.0 %), 5 in place of 10: a unit of that brought 1 on average, less than the 1.5 that a unit must bring; its next unit brings 1.5.',
  },
  { note: "nothing moved", facts: { after: 10 }, want: '"tv" keeps 10.' },
  {
    note: "its most holds it",
    facts: { after: 50, marginal: 1.8, heldBy: ["entity:tv:hi"] },
    want:
      '"tv" gets 40 more (+400.0 %), 50 in place of 10: a unit of these brings 2 on average, more than the 1.5 that a unit must bring; its next unit brings 1.8; 50 is its most.',
  },
  {
    note: "its group holds it",
    facts: { heldBy: ["group:video:hi"] },
    want:
      '"tv" gets 10 more (+100.0 %), 20 in place of 10: a unit of these brings 2 on average, more than the 1.5 that a unit must bring; its next unit brings 1.5; held by group:video:hi.',
  },
  {
    note: "an S-shaped curve does not pay",
    facts: { after: 0, curve: S_SHAPED, weight: 0.2, bringsEach: 1 },
    want:
      '"tv" gets nothing in place of 10: its S-shaped curve pays best at 10, where a unit brings 1 on average, less than the 1.5 that a unit must bring.',
  },
  {
    note: "nothing is known of its returns",
    facts: { marginal: NaN, bringsEach: NaN, mustBring: NaN },
    want:
      '"tv" gets 10 more (+100.0 %), 20 in place of 10: the bounds leave no choice.',
  },
])("explainMoves() says that $note", ({ facts, want }) => {
  const [move] = explainMoves([{ ...FACTS, ...facts }]);
  assert.equal(move?.sentence, want);
});

Deno.test.each([
  { value: 0, want: "0" },
  { value: 1234567.8, want: "1,234,568" },
  { value: 0.012345, want: "0.01235" },
  { value: -2.5, want: "−2.5" },
  { value: 1.23456e-9, want: "1.235e-9" },
  { value: 5e15, want: "5e15" },
])("printValue() prints $value as $want", ({ value, want }) => {
  assert.equal(printValue(value), want);
});
