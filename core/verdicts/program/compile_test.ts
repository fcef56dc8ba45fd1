/**
 * What is compiled means what the specification says, as generated code and as
 * closures.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import {
  amounts,
  conditions,
  parseSmall,
  someFacts,
} from "../language/arbitraries_test.ts";
import { closeNumber } from "./closures.ts";
import {
  closeConditions,
  compileConditions,
  isSet,
  visitSet,
} from "./compile.ts";
import { interpret } from "../language/interpret.ts";

function evaluate(rules: readonly Logic[], facts: Facts) {
  const checked = rules.map((rule) => parseSmall(rule, "boolean"));
  const program = compileConditions(checked);
  const out = new Int32Array(2 * program.words);
  program.evaluate(facts, out);
  const closed = new Int32Array(out.length);
  closeConditions(checked).evaluate(facts, closed);
  assert.deepEqual(closed, out);
  return rules.map((_, index) => {
    const holds = isSet(out, 0, index);
    if (!isSet(out, program.words, index)) return holds;
    assert.equal(holds, false);
    return null;
  });
}

Deno.test("compiled conditions equal interpreted ones, missing facts included", () => {
  const seen = { true: 0, false: 0, null: 0 };
  fc.assert(
    fc.property(
      fc.array(conditions, { minLength: 1, maxLength: 8 }),
      fc.array(someFacts, { minLength: 4, maxLength: 4 }),
      (rules, readings) => {
        for (const facts of readings) {
          const want = rules.map((rule) =>
            interpret(parseSmall(rule, "boolean"), facts)
          );
          assert.deepEqual(evaluate(rules, facts), want);
          want.forEach((one) => seen[`${one as boolean | null}`]++);
        }
      },
    ),
    { numRuns: 600 },
  );
  assert.ok(Math.min(...Object.values(seen)) > 500, JSON.stringify(seen));
});

Deno.test("compiled amounts equal interpreted ones", () => {
  fc.assert(
    fc.property(amounts, someFacts, (rule, facts) => {
      const want = interpret(parseSmall(rule, "number"), facts);
      const found = closeNumber(parseSmall(rule, "number"))(facts);
      assert.equal(Number.isNaN(found) ? null : found + 0, addZero(want));
    }),
    { numRuns: 1000 },
  );
});

function addZero(value: unknown): unknown {
  return typeof value === "number" ? value + 0 : value;
}

Deno.test("conditions beyond one word keep their bits apart", () => {
  const rules = Array.from(
    { length: 70 },
    (_, index) => ({ "==": [{ var: "a.i" }, index] }),
  );
  for (const i of [0, 29, 30, 59, 60, 69]) {
    const found = evaluate(rules, { a: { i } });
    assert.deepEqual(found.flatMap((one, at) => one ? [at] : []), [i]);
  }
  assert.ok(evaluate(rules, {}).every((one) => one === null));
});

Deno.test("visitSet() visits what holds or is unknown, in order", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom(true, false, null), { maxLength: 70 }),
    (outcomes) => {
      const out = new Int32Array(6);
      outcomes.forEach((outcome, index) => {
        const word = Math.floor(index / 30) + (outcome === null ? 3 : 0);
        if (outcome !== false) out[word] = (out[word] ?? 0) | 1 << index % 30;
      });
      const visited: number[] = [];
      visitSet(out, 3, (index) => visited.push(index));
      const want = outcomes.flatMap((outcome, index) =>
        outcome === false ? [] : [index]
      );
      assert.deepEqual(visited, want);
    },
  ));
});

Deno.test.each<{ note: string; rule: Logic; facts: Facts; want: unknown }>([
  {
    note: "a comparison with a missing number is unknown",
    rule: { "<=": [{ var: "a.i" }, 500] },
    facts: {},
    want: null,
  },
  {
    note: "what is decided without the missing fact is decided",
    rule: { and: [{ var: "b.p" }, { var: "b.deep.q" }] },
    facts: { b: { deep: { q: false } } },
    want: false,
  },
  {
    note: "a division by zero is unknown",
    rule: { ">=": [{ "/": [10, { var: "a.i" }] }, 2] },
    facts: { a: { i: 0 } },
    want: null,
  },
  {
    note: "a text that looks like a number is no number",
    rule: { "<": [{ var: "a.i" }, 500] },
    facts: { a: { i: "12" } },
    want: null,
  },
  {
    note: "a group that is a text has no length",
    rule: { "==": [{ var: "c.length" }, 3] },
    facts: { c: "abc" },
    want: null,
  },
  {
    note: "between holds at both ends",
    rule: { "<=": [0, { var: "a.i" }, 3] },
    facts: { a: { i: 3 } },
    want: true,
  },
  {
    note: "a list is searched for the item, not for a part of it",
    rule: { in: [{ var: "b.s" }, ["RUS"]] },
    facts: { b: { s: "US" } },
    want: false,
  },
  {
    note: "a declared default stands in for a missing fact",
    rule: { "<": [{ var: ["a.i", 0] }, 1] },
    facts: {},
    want: true,
  },
])("$note", ({ rule, facts, want }) => {
  assert.equal(interpret(parseSmall(rule, "boolean"), facts), want);
  assert.deepEqual(evaluate([rule], facts), [want]);
});

Deno.test("no text of a rule becomes code", () => {
  const evil = '"]; globalThis.broken = true; //\u2028\\';
  const rule = {
    in: [{ var: "b.s" }, [evil, "`${globalThis.broken = true}`"]],
  };
  assert.deepEqual(evaluate([rule], { b: { s: evil } }), [true]);
  assert.deepEqual(evaluate([rule], { b: {} }), [null]);
  assert.equal("broken" in globalThis, false);
});
