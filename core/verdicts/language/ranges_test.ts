/**
 * What ranges claim of a comparison holds for every value in them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import { CATALOGUE, defineCatalogue } from "./catalogue.ts";
import { findConstant } from "./constants.ts";
import { interpret } from "./interpret.ts";
import { parseLogic } from "./parse_logic.ts";
import { rangeOf } from "./ranges.ts";

const TIGHT = defineCatalogue([
  { path: "r.a", type: "integer", range: [0, 3] },
  { path: "r.b", type: "integer", range: [-2, 1] },
  { path: "r.c", type: "number", range: [1, 2] },
].map((field) => ({
  ...field as { path: string; type: "integer"; range: [number, number] },
  ...{ unit: null, nullable: true, about: "" },
})));

function parse(logic: unknown, type: "boolean" | "number", in_ = TIGHT) {
  const place = { file: "test.json", rule: "test" };
  return parseLogic(logic, { type, path: "when", place, catalogue: in_ });
}

const { number: amounts } = fc.letrec<{ number: Logic }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 3, depthIdentifier: "range" },
    fc.constantFrom<Logic>(
      ...[{ var: "r.a" }, { var: "r.b" }, { var: "r.c" }, { var: ["r.a", 7] }],
      ...[0, 1, -3, 0.5, 6],
    ),
    fc.tuple(
      fc.constantFrom("+", "-", "*", "/", "%", "min", "max"),
      fc.array(tie("number"), { minLength: 2, maxLength: 2 }),
    ).map(([operator, of]) => ({ [operator]: of })),
    tie("number").map((of) => ({ "-": [of] })),
    fc.tuple(tie("number"), tie("number"))
      .map(([yes, no]) => ({ if: [{ missing: ["r.b"] }, yes, no] })),
  ),
}));

const within: fc.Arbitrary<Facts> = fc.record({
  r: fc.record({
    a: fc.integer({ min: 0, max: 3 }),
    b: fc.integer({ min: -2, max: 1 }),
    c: fc.double({ min: 1, max: 2, noNaN: true }),
  }, { requiredKeys: [] }),
}) as fc.Arbitrary<Facts>;

Deno.test("a number lies within its range whenever it is known", () => {
  fc.assert(
    fc.property(amounts, within, (logic, facts) => {
      const amount = parse(logic, "number");
      const [least, most] = rangeOf(amount, TIGHT);
      const value = interpret(amount, facts);
      if (value === null) return;
      assert.ok(least <= Number(value) && Number(value) <= most);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("a comparison that is refused as constant is constant", () => {
  const seen = { always: 0, never: 0, open: 0 };
  const comparisons = fc.tuple(
    fc.constantFrom("<", "<=", ">", ">=", "=="),
    fc.array(amounts, { minLength: 2, maxLength: 2 }),
  ).map(([operator, of]) => ({ [operator]: of }));
  fc.assert(
    fc.property(
      comparisons,
      fc.array(within, { minLength: 20, maxLength: 20 }),
      (logic, readings) => {
        let comparison;
        try {
          comparison = parse(logic, "boolean");
        } catch {
          return;
        }
        const found = findConstant(comparison, TIGHT);
        const said = found?.match(/is (always|never) true/)?.[1];
        seen[(said ?? "open") as keyof typeof seen]++;
        if (said === undefined) return;
        for (const facts of readings) {
          const holds = interpret(comparison, facts);
          assert.ok(holds === null || holds === (said === "always"));
        }
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(Math.min(...Object.values(seen)) > 100, JSON.stringify(seen));
});

const MINUTE = { var: "time.localMinute" };

Deno.test.each<{ note: string; logic: Logic; says: RegExp | null }>([
  {
    note: "a minute past midnight's end",
    logic: { ">": [MINUTE, 1500] },
    says: /is never true: time\.localMinute lies in 0 to 1439/,
  },
  {
    note: "a minute below 1440",
    logic: { "<": [MINUTE, 1440] },
    says: /is always true/,
  },
  { note: "the last minute", logic: { ">=": [MINUTE, 1439] }, says: null },
  {
    note: "a chain with an end out of reach",
    logic: { "<": [1439, MINUTE, 1500] },
    says: /never true/,
  },
  {
    note: "an eighth weekday",
    logic: { in: [{ var: "time.weekday" }, [0, 6, 7]] },
    says: /7 is never time\.weekday, which lies in 0 to 6/,
  },
  {
    note: "a weekday that is none",
    logic: { "==": [{ var: "time.weekday" }, 7] },
    says: /never true/,
  },
  {
    note: "a negative amount",
    logic: { "<": [{ var: "amount.micros" }, 0] },
    says: /never true/,
  },
  {
    note: "an overdrawn budget",
    logic: { "<": [{ var: "constraints.budgetRemainingMicros" }, 0] },
    says: null,
  },
  {
    note: "a division by zero",
    logic: { "<=": [{ "/": [0, { "-": [1, 1] }] }, 5] },
    says: /divides by zero and is never known/,
  },
  {
    note: "a feature, of which nothing is known",
    logic: { ">": [{ var: "features.v.f" }, -5] },
    says: null,
  },
  {
    note: "a fact that is compared with itself",
    logic: { "==": [{ var: "context.channel" }, { var: "context.channel" }] },
    says: /^"context\.channel = context\.channel" is always true; leave it out/,
  },
  {
    note: "two texts that are not one",
    logic: { "!=": ["a", "b"] },
    says: /^""a" = "b"" is never true; correct it/,
  },
  {
    note: "a text that a list holds",
    logic: { in: ["a", ["b", "a"]] },
    says: /is always true/,
  },
  {
    note: "a text that a list does not hold",
    logic: { in: ["c", ["b", "a"]] },
    says: /is never true/,
  },
  {
    note: "one inside others",
    logic: {
      and: [true, { "!": { if: [{ ">": [MINUTE, 1439] }, true, false] } }],
    },
    says: /never true/,
  },
])("findConstant() judges $note", ({ logic, says }) => {
  const found = findConstant(parse(logic, "boolean", CATALOGUE), CATALOGUE);
  if (says === null) assert.equal(found, null);
  else assert.match(found ?? "", says);
});
