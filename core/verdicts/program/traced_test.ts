/**
 * A trace tells what each part of each condition was.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Facts, Logic } from "../../domain/verdict.ts";
import { parseSmall } from "../language/arbitraries_test.ts";
import { isSet } from "./compile.ts";
import { closeTraced, compileTraced } from "./traced.ts";

const RULES: readonly Logic[] = [
  {
    and: [
      { in: [{ var: "b.s" }, ["x", "y"]] },
      { "!": { ">": [{ var: "a.i" }, 2] } },
    ],
  },
  { or: [{ "===": ["x", { var: "b.s" }] }, { ">": [{ var: "a.i" }, 2] }] },
  {
    if: [
      { var: "b.p" },
      { "===": [{ var: "b.s" }, "z"] },
      { missing: ["a.x"] },
    ],
  },
];

function trace(rules: readonly Logic[], facts: Facts) {
  const checked = rules.map((rule) => parseSmall(rule, "boolean"));
  const [read, closed] = [compileTraced, closeTraced].map((compile) => {
    const program = compile(checked);
    const out = new Int32Array(program.length);
    program.evaluate(facts, out);
    return rules.map((_, rule) => ({
      fired: isSet(out, program.words, rule) ? null : isSet(out, 0, rule),
      parts: (rule: number, count: number) =>
        Array.from(
          { length: count },
          (_, part) => program.readTrace(out, rule, part),
        ),
    }));
  });
  return { read, closed };
}

Deno.test.each<{
  note: string;
  facts: Facts;
  fired: (boolean | null)[];
  parts: (boolean | null)[][];
}>([
  {
    note: "parts that their rule skips have a value all the same",
    facts: { a: { i: 3, x: 1 }, b: { s: "n", p: true } },
    fired: [false, true, false],
    parts: [[false, true], [false, true], [true, false, false]],
  },
  {
    note: "rules that ask one text see its literals apart",
    facts: { a: { i: 0, x: 1 }, b: { s: "x", p: false } },
    fired: [true, true, false],
    parts: [[true, false], [true, false], [false, false, false]],
  },
  {
    note: "a missing fact is unknown in the parts that read it, and no others",
    facts: { a: { i: 3 }, b: { p: false } },
    fired: [false, true, true],
    parts: [[null, true], [null, true], [false, null, true]],
  },
])("$note", ({ facts, fired, parts }) => {
  const { read, closed } = trace(RULES, facts);
  for (const rules of [read, closed]) {
    assert.deepEqual(rules?.map((rule) => rule.fired), fired);
    const found = rules?.map((rule, index) =>
      rule.parts(index, parts[index]?.length ?? 0)
    );
    assert.deepEqual(found, parts);
  }
});

Deno.test("traces beyond one word keep their bits apart", () => {
  const rules = Array.from(
    { length: 70 },
    (_, index) => ({ "==": [{ var: "a.i" }, index] }),
  );
  for (const i of [0, 29, 30, 59, 60, 69]) {
    const { read } = trace(rules, { a: { i } });
    const holds = read?.flatMap((rule, index) => rule.parts(index, 1));
    assert.deepEqual(holds?.flatMap((one, at) => one ? [at] : []), [i]);
  }
});

Deno.test("a part that no condition has is refused", () => {
  const program = compileTraced([parseSmall({ var: "b.p" }, "boolean")]);
  const out = new Int32Array(program.length);
  assert.throws(() => program.readTrace(out, 0, 1), RangeError);
  assert.throws(() => program.readTrace(out, 1, 0), RangeError);
});
