/**
 * What a rule may not say, and how it is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CATALOGUE } from "./catalogue.ts";
import { interpret } from "./interpret.ts";
import { MAX_NODES } from "./operands.ts";
import { MAX_DEPTH, parseLogic } from "./parse_logic.ts";
import { MAX_ITEMS } from "./list_operators.ts";

function parse(logic: unknown) {
  return parseLogic(logic, {
    type: "boolean",
    path: "rules[0].when",
    place: { file: "test.json", rule: "test" },
    catalogue: CATALOGUE,
    lists: new Map([[BRAND.list, BRAND]]),
  });
}

const BRAND = {
  ...{ list: "brand", version: 1, owner: "test", about: "Brand campaigns" },
  items: ["c-1", "c-2"],
};

const MICROS = { var: "amount.micros" };

function nest(depth: number): unknown {
  return depth === 0 ? true : { "!": [nest(depth - 1)] };
}

Deno.test.each<{ note: string; logic: unknown; says: RegExp }>([
  {
    note: "a misspelt fact, with the nearest",
    logic: { ">": [{ var: "amuont.micros" }, 5] },
    says:
      /at rules\[0\]\.when\.>\[0\]\.var: fact "amuont.micros" is unknown; did you mean "amount.micros"\?/,
  },
  {
    note: "a misspelt family, with the rest kept",
    logic: { var: "complience.consent_email" },
    says: /did you mean "compliance.consent_email"/,
  },
  {
    note: "a fact that every object inherits",
    logic: { var: "compliance.constructor" },
    says: /is unknown/,
  },
  {
    note: "a pattern as a fact",
    logic: { var: "compliance.<flag>" },
    says: /unknown/,
  },
  {
    note: "two operators",
    logic: { "!": true, "!!": true },
    says: /exactly one operator, found "!", "!!"/,
  },
  { note: "no operator", logic: {}, says: /found none/ },
  {
    note: "an operator of other dialects",
    logic: { cat: ["a"] },
    says: /operator "cat" is unknown; use one of var/,
  },
  {
    note: "an inherited operator",
    logic: { constructor: [] },
    says: /unknown/,
  },
  {
    note: "a number as condition",
    logic: MICROS,
    says: /expected a boolean, found a number/,
  },
  {
    note: "a text compared with a number",
    logic: { "==": [MICROS, "5"] },
    says: /expected a number, found a string/,
  },
  {
    note: "an ordering of texts",
    logic: { "<": ["1000", "500"] },
    says: /expected a number/,
  },
  {
    note: "a feature used both ways",
    logic: { "==": [{ "+": [{ var: "features.v.f" }, 1] }, "x"] },
    says: /expected a number, found a string/,
  },
  {
    note: "equality of fractions",
    logic: { "==": [{ "+": [0.1, 0.2] }, 0.3] },
    says: /fractions/,
  },
  {
    note: "null",
    logic: { "==": [{ var: "context.channel" }, null] },
    says: /"missing"/,
  },
  {
    note: "a text searched in a text",
    logic: { in: ["US", "RUS"] },
    says: /looks into a list/,
  },
  {
    note: "a mixed list",
    logic: { in: [1, [1, "2"]] },
    says: /texts only or numbers only/,
  },
  { note: "an empty list", logic: { in: [1, []] }, says: /at least one/ },
  { note: "a list as condition", logic: [true], says: /a list is no value/ },
  {
    note: "if without else",
    logic: { if: [true, true, false, true] },
    says: /else/,
  },
  {
    note: "and of nothing",
    logic: { and: [] },
    says: /at least 1 operands, not 0/,
  },
  {
    note: "too many operands",
    logic: { "!": [true, true] },
    says: /takes 1 operands, not 2/,
  },
  {
    note: "a default of another type",
    logic: { ">": [{ var: ["amount.micros", "0"] }, 5] },
    says: /var\[1\]: "amount.micros" is a number, its default a string/,
  },
  {
    note: "a fractional default of a whole number",
    logic: { ">": [{ var: ["amount.micros", 0.5] }, 5] },
    says: /whole number/,
  },
  {
    note: "an order of days",
    logic: { "<": [{ var: "time.localDate" }, "2026-12-24"] },
    says: /texts have no order: use "in", or "during" for days and hours/,
  },
  {
    note: "an item outside a list",
    logic: { "==": [{ var: "" }, "x"] },
    says: /stands only inside "some", "all" and "none"/,
  },
  {
    note: "an item with a default",
    logic: { some: [["x"], { "==": [{ var: ["", "y"] }, "x"] }] },
    says: /an item is never missing/,
  },
  {
    note: "an item of another type",
    logic: { all: [[1, 2], { "==": [{ var: "" }, "x"] }] },
    says: /expected a number, found a string/,
  },
  {
    note: "a quantifier in a quantifier",
    logic: {
      some: [[1], {
        all: [[2], { "==": [{ var: "" }, 2] }],
      }],
    },
    says: /do not stand in one another; use "in" inside/,
  },
  {
    note: "a quantifier that never reads the item",
    logic: { none: [[1], { var: "compliance.x" }] },
    says: /none\[1\]: it never reads the item/,
  },
  {
    note: "a quantifier over a text",
    logic: { some: ["US", { "==": [{ var: "" }, "U"] }] },
    says: /"some" looks into a list, not into a string/,
  },
  {
    note: "a list that nobody knows",
    logic: { in: [{ var: "context.campaign" }, { list: "brnad" }] },
    says: /list "brnad" is unknown; did you mean "brand"\?/,
  },
  {
    note: "missing_some of no facts",
    logic: { missing_some: [1, []] },
    says: /second operand is a list of facts/,
  },
  {
    note: "missing_some of more than there are",
    logic: { missing_some: [2, ["compliance.x"]] },
    says: /how many must be given, 1 to 1/,
  },
  { note: "too deep", logic: nest(MAX_DEPTH + 1), says: /nested deeper/ },
  { note: "far too deep", logic: nest(5000), says: /nested deeper/ },
  {
    note: "too large",
    logic: { and: new Array(MAX_NODES).fill(true) },
    says: /more than 512 nodes/,
  },
  {
    note: "too many facts that may be missing",
    logic: { missing: new Array(MAX_NODES).fill("compliance.x") },
    says: /more than 512 nodes/,
  },
  {
    note: "too many facts of which some may be missing",
    logic: { missing_some: [2, new Array(MAX_NODES).fill("compliance.x")] },
    says: /more than 512 nodes/,
  },
  {
    note: "a number in a list beyond all numbers",
    logic: { in: [MICROS, [1, JSON.parse("1e999")]] },
    says: /a number in a list is finite/,
  },
  {
    note: "too long a list",
    logic: { in: [1, new Array(MAX_ITEMS + 1).fill(1)] },
    says: /more than 1000 items/,
  },
])("a rule is refused for $note", ({ logic, says }) => {
  assert.throws(() => parse(logic), { code: "policy_invalid", message: says });
});

Deno.test.each<{ note: string; logic: unknown }>([
  { note: "the deepest allowed", logic: nest(MAX_DEPTH - 1) },
  {
    note: "one operand without a list",
    logic: { "!": { var: "compliance.x" } },
  },
  {
    note: "a feature compared with a text",
    logic: { "==": [{ var: "features.v.f" }, "x"] },
  },
  {
    note: "a feature compared with a number",
    logic: { "<": [0, { var: "features.v.f" }, 5] },
  },
  {
    note: "a shared list looked into, item by item",
    logic: {
      some: [{ list: "brand" }, {
        "==": [{ var: "" }, { var: "context.campaign" }],
      }],
    },
  },
  {
    note: "two quantifiers beside each other",
    logic: {
      and: [
        { some: [[1, 2], { "==": [{ var: "" }, 1] }] },
        { all: [["a"], { in: [{ var: "" }, ["a"]] }] },
      ],
    },
  },
  {
    note: "a chain of conditions",
    logic: { if: [true, false, true, false, true] },
  },
])("a rule may have $note", ({ logic }) => {
  parse(logic);
});

const FACTS = ["compliance.x", "compliance.y", "compliance.z"];

Deno.test("missing_some is true where fewer than so many facts are given", () => {
  for (
    const [given, facts] of [{}, { x: true }, { x: true, z: false }].entries()
  ) {
    for (const least of [1, 2, 3]) {
      const rule = parse({ missing_some: [least, FACTS] });
      assert.equal(interpret(rule, { compliance: facts }), given < least);
    }
  }
});

Deno.test.each<{ operator: string; of: readonly number[]; want: boolean }>([
  { operator: "some", of: [1, 2, 3], want: true },
  { operator: "some", of: [1, 2], want: false },
  { operator: "all", of: [3, 4], want: true },
  { operator: "all", of: [2, 3], want: false },
  { operator: "none", of: [1, 2], want: true },
  { operator: "none", of: [1, 3], want: false },
])("$operator of $of above 2 is $want", ({ operator, of, want }) => {
  const rule = parse({ [operator]: [of, { ">": [{ var: "" }, 2] }] });
  assert.equal(interpret(rule, {}), want);
});
