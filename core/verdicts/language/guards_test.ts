/**
 * A rule is never unknown through a fact that is guarded.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import { parseSmall } from "./arbitraries_test.ts";
import { findUnguarded, givenWhere } from "./guards.ts";
import { interpret } from "./interpret.ts";

const FACTS = { i: "a.i", j: "a.j", p: "b.p", s: "b.s" } as const;

const tests: fc.Arbitrary<Logic> = fc.constantFrom<Logic>(
  { var: FACTS.p },
  { var: [FACTS.p, true] },
  { var: [FACTS.p, false] },
  { ">": [{ var: FACTS.i }, 0] },
  { "<": [{ "+": [{ var: FACTS.i }, { var: FACTS.j }] }, 3] },
  { ">": [{ var: [FACTS.j, 5] }, 1] },
  { "==": [{ var: FACTS.s }, "x"] },
  { in: [{ var: FACTS.j }, [1, 2]] },
  { some: [[0, 1], { "==": [{ var: "" }, { var: FACTS.j }] }] },
  ...Object.values(FACTS).map((path) => ({ missing: [path] })),
  { missing: [FACTS.i, FACTS.j] },
  { missing_some: [1, [FACTS.i, FACTS.j]] },
  { missing_some: [2, [FACTS.i, FACTS.j, FACTS.p]] },
);

const { rule: rules } = fc.letrec<{ rule: Logic }>((tie) => {
  const rule = tie("rule");
  const several = fc.array(rule, { minLength: 2, maxLength: 3 });
  return {
    rule: fc.oneof(
      { maxDepth: 3, depthIdentifier: "guards" },
      tests,
      rule.map((of) => ({ "!": [of] })),
      several.map((and) => ({ and })),
      several.map((or) => ({ or })),
      fc.tuple(rule, rule, rule).map((of) => ({ if: of })),
    ),
  };
});

/** Every way in which the facts can be given, be other, or be missing. */
const READINGS: readonly Facts[] = [undefined, 0, 2].flatMap((i) =>
  [undefined, 0, 1].flatMap((j) =>
    [undefined, true, false].flatMap((p) =>
      [undefined, "x", "y"].map((s) => ({
        a: { ...give("i", i), ...give("j", j) },
        b: { ...give("p", p), ...give("s", s) },
      }))
    )
  )
);

function give(name: string, value: string | number | boolean | undefined) {
  return value === undefined ? {} : { [name]: value };
}

function isGiven(facts: Facts, path: string): boolean {
  return interpret(parseSmall({ missing: [path] }, "boolean"), facts) === false;
}

Deno.test("a rule is known wherever its unguarded facts are given", () => {
  let spared = 0;
  fc.assert(
    fc.property(rules, (logic) => {
      const rule = parseSmall(logic, "boolean");
      const unguarded = findUnguarded(rule, () => false);
      if (unguarded.length < Object.values(FACTS).length) spared++;
      for (const facts of READINGS) {
        if (!unguarded.every((path) => isGiven(facts, path))) continue;
        assert.notEqual(interpret(rule, facts), null);
      }
    }),
    { numRuns: 1500 },
  );
  assert.ok(spared > 500, `${spared}`);
});

Deno.test("where a condition holds, the facts it guards are given", () => {
  fc.assert(
    fc.property(rules, (logic) => {
      const rule = parseSmall(logic, "boolean");
      for (const path of givenWhere(rule)) {
        for (const facts of READINGS) {
          if (isGiven(facts, path)) continue;
          assert.equal(interpret(rule, facts), false, path);
        }
      }
    }),
    { numRuns: 1500 },
  );
});

const I = { ">": [{ var: FACTS.i }, 0] };
const GIVEN = { "!": { missing: [FACTS.i] } };

Deno.test.each<{ note: string; logic: Logic; want: readonly string[] }>([
  { note: "nothing guards it", logic: I, want: [FACTS.i] },
  { note: "and after a guard", logic: { and: [GIVEN, I] }, want: [] },
  { note: "and before a guard", logic: { and: [I, GIVEN] }, want: [] },
  {
    note: "and after a guard of another",
    logic: { and: [{ "!": { missing: [FACTS.j] } }, I] },
    want: [FACTS.i],
  },
  {
    note: "or after its absence",
    logic: { or: [{ missing: [FACTS.i] }, I] },
    want: [],
  },
  { note: "or after a guard", logic: { or: [GIVEN, I] }, want: [FACTS.i] },
  { note: "in the guarded branch", logic: { if: [GIVEN, I, true] }, want: [] },
  {
    note: "in the other branch",
    logic: { if: [GIVEN, true, I] },
    want: [FACTS.i],
  },
  {
    note: "with a default",
    logic: { ">": [{ var: [FACTS.i, 0] }, 0] },
    want: [],
  },
  {
    note: "deep under a guard",
    logic: { and: [GIVEN, { or: [{ var: [FACTS.p, false] }, { "!": I }] }] },
    want: [],
  },
  {
    note: "two, each once",
    logic: { and: [{ var: FACTS.p }, I, I] },
    want: [FACTS.p, FACTS.i],
  },
])("findUnguarded() answers for: $note", ({ logic, want }) => {
  const rule = parseSmall(logic, "boolean");
  assert.deepEqual(findUnguarded(rule, () => false), want);
});
