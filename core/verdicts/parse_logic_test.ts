/**
 * What a rule may not say, and how it is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CATALOGUE } from "./catalogue.ts";
import { MAX_DEPTH, MAX_NODES, parseLogic } from "./parse_logic.ts";
import { MAX_ITEMS } from "./operators.ts";

function parse(logic: unknown) {
  return parseLogic(logic, {
    type: "boolean",
    path: "rules[0].when",
    place: { file: "test.json", rule: "test" },
    catalogue: CATALOGUE,
  });
}

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
    note: "different units",
    logic: { "<": [MICROS, { var: "time.localMinute" }] },
    says: /units differ: micros and minute/,
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
  { note: "a list as condition", logic: [true], says: /a list stands only/ },
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
    says: /expected a string, found a number/,
  },
  {
    note: "a fractional default of a whole number",
    logic: { ">": [{ var: ["amount.micros", 0.5] }, 5] },
    says: /whole number/,
  },
  { note: "too deep", logic: nest(MAX_DEPTH + 1), says: /nested deeper/ },
  { note: "far too deep", logic: nest(5000), says: /nested deeper/ },
  {
    note: "too large",
    logic: { and: new Array(MAX_NODES).fill(true) },
    says: /more than 512 nodes/,
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
    note: "a chain of conditions",
    logic: { if: [true, false, true, false, true] },
  },
])("a rule may have $note", ({ logic }) => {
  parse(logic);
});
