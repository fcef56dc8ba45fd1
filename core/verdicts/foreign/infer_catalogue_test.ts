/**
 * Types are found out by use, then by example; what cannot be is refused with a fix.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import {
  conditions,
  parseSmall,
  SMALL,
  someFacts,
} from "../language/arbitraries_test.ts";
import { factsOf } from "../language/expression.ts";
import { interpret } from "../language/interpret.ts";
import { parseLogic } from "../language/parse_logic.ts";
import { inferCatalogue } from "./infer_catalogue.ts";

const PLACE = { file: "set.json", rule: "r" };

function infer(rules: readonly unknown[], contexts: readonly Facts[] = []) {
  const placed = rules.map((logic, index) => ({
    logic,
    path: `rules[${index}].when`,
    place: { ...PLACE, rule: `r${index}` },
  }));
  return Object.fromEntries(
    inferCatalogue(placed, contexts).fields.map(({ path, type }) => [
      path,
      type,
    ]),
  );
}

Deno.test.each<{ rules: unknown[]; contexts?: Facts[]; want: unknown }>([
  {
    rules: [{ and: [{ var: "f" }, { ">": [{ var: "n" }, 1] }] }],
    want: { f: "boolean", n: "number" },
  },
  { rules: [{ "==": ["x", { var: "s" }] }], want: { s: "string" } },
  {
    rules: [{ in: [{ var: "s" }, ["a"]] }, { in: ["a", { var: "l" }] }],
    want: { s: "string", l: "strings" },
  },
  {
    rules: [{ in: [{ var: "a" }, { var: "l" }] }, { "<": [{ var: "a" }, 1] }],
    want: { a: "number", l: "numbers" },
  },
  {
    rules: [
      { "==": [{ var: "a" }, { var: "b" }] },
      { "==": [{ var: "b" }, { var: "c" }] },
      { "!": { var: "c" } },
    ],
    want: { a: "boolean", b: "boolean", c: "boolean" },
  },
  {
    rules: [{ some: [{ var: "l" }, { ">": [{ var: "" }, { var: "n" }] }] }],
    want: { l: "numbers", n: "number" },
  },
  {
    rules: [{ "==": [{ if: [{ var: "f" }, { var: "a" }, "x"] }, "y"] }],
    want: { f: "boolean", a: "string" },
  },
  {
    rules: [{ "==": [{ var: ["a", 3] }, { var: "b" }] }],
    want: { a: "number", b: "number" },
  },
  {
    rules: [{ "==": [{ var: "a" }, { var: "b.c" }] }],
    contexts: [{ a: null }, { b: { c: 4 } }],
    want: { a: "number", "b.c": "number" },
  },
  {
    rules: [{ missing: ["a", "l", "f", "none"] }],
    contexts: [{ a: "x", l: [1], f: false }],
    want: { a: "string", l: "numbers", f: "boolean", none: "string" },
  },
  {
    rules: [{ in: [{ var: "a" }, { var: "l" }] }],
    contexts: [{ l: [] }, { a: 1 }],
    want: { a: "number", l: "numbers" },
  },
])("inferCatalogue() reads $rules as $want", ({ rules, contexts, want }) => {
  assert.deepEqual(infer(rules, contexts), want);
});

Deno.test.each<{ rules: unknown[]; says: RegExp }>([
  {
    rules: [{ ">": [{ var: "a" }, 1] }, { "==": [{ var: "a" }, "x"] }],
    says:
      /rule "r1", at rules\[1\]\.when\.==\[1\]: fact "a" is used as a string here and as a number elsewhere \(rule "r0", at rules\[0\]\.when\.>\[0\]\); use it as one type only/,
  },
  {
    rules: [{ "!": { var: "a" } }, { ">": [{ var: "a" }, 1] }],
    says: /fact "a" is used as a number here and as a boolean elsewhere/,
  },
  {
    rules: [{ in: ["x", { var: "a" }] }, { "==": [{ var: "a" }, "x"] }],
    says:
      /fact "a" is used as a string here and as a list of strings elsewhere/,
  },
  {
    rules: [{ "==": [{ var: "a" }, "x"] }, { ">": [{ var: "a" }, 1] }],
    says: /as a string elsewhere \(rule "r0", at rules\[0\]\.when\.==\[0\]\)/,
  },
  {
    rules: [
      { in: [1, { var: "l" }] },
      { in: ["x", { var: "k" }] },
      { in: [{ var: "a" }, { if: [true, { var: "l" }, { var: "k" }] }] },
    ],
    says:
      /fact "k" is used as a list of numbers here and as a list of strings elsewhere/,
  },
  {
    rules: [{ ">": [{ var: ["a", "x"] }, 1] }],
    says: /fact "a" is used as a number here and as a string elsewhere/,
  },
  {
    rules: [{ "!": { var: "a" } }, { "==": [{ var: ["a", 1] }, 1] }],
    says: /fact "a" is a boolean, and its default a number; use one type/,
  },
  {
    rules: [{ ">": [{ var: "utm-source.n" }, 1] }],
    says: /fact "utm-source.n" is unknown: "utm-source" cannot name a fact/,
  },
  {
    rules: [{ "!": { var: "a.constructor" } }],
    says: /"constructor" cannot name a fact/,
  },
  {
    rules: [
      { in: [{ var: "a" }, { var: "a" }] },
      { "==": [{ var: "a" }, 1] },
    ],
    says: /r0.*: fact "a" is looked up in itself; name another list/,
  },
  {
    rules: [
      { in: [{ var: "a" }, { var: "b" }] },
      { "==": [{ var: "b" }, { var: "a" }] },
    ],
    says: /r1.*: fact "a" is looked up in itself/,
  },
  {
    rules: [
      { in: [{ var: "a" }, { var: "b" }] },
      { in: [{ var: "b" }, { var: "a" }] },
    ],
    says: /r1.*: fact "b" is looked up in itself/,
  },
])("inferCatalogue() refuses $rules", ({ rules, says }) => {
  assert.throws(() => infer(rules), { code: "policy_invalid", message: says });
});

const EXAMPLE: Facts = {
  a: { i: 1, j: 1, x: 1, deep: { y: 1 } },
  b: { s: "x", t: "x", p: true, deep: { q: true } },
  l: { w: ["x"], n: [1] },
};

Deno.test("a rule means the same with inferred types as with declared ones", () => {
  let compared = 0;
  fc.assert(
    fc.property(conditions, someFacts, (logic: Logic, facts) => {
      const declared = parseSmall(logic, "boolean");
      const read = factsOf(declared);
      if (read.some(({ path }) => path.startsWith("c."))) return;
      const placed = { logic, path: "when", place: PLACE };
      const catalogue = inferCatalogue([placed], [EXAMPLE]);
      for (const { path, type } of catalogue.fields) {
        const field = SMALL.find(path)?.type;
        assert.equal(type, field === "integer" ? "number" : field);
      }
      const inferred = parseLogic(logic, {
        ...{ type: "boolean", catalogue, ...placed },
      });
      if (read.some(({ type }) => type === "integer")) return;
      assert.equal(interpret(inferred, facts), interpret(declared, facts));
      compared++;
    }),
    { numRuns: 2000 },
  );
  assert.ok(compared > 500, `compared ${compared}`);
});
