/**
 * Units go together, through arithmetic too.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Logic } from "../../domain/verdict.ts";
import { CATALOGUE } from "./catalogue.ts";
import { parseLogic } from "./parse_logic.ts";
import { findOtherUnit, findUnitMismatch } from "./units.ts";

const MICROS = { var: "amount.micros" };
const CURRENT = { var: "amount.currentMicros" };
const COUNT = { var: "constraints.contactsDay" };
const PPM = { var: "score.ppm" };
const FEATURE = { var: "features.v.f" };

function parse(logic: unknown, type: "boolean" | "number" = "boolean") {
  const place = { file: "test.json", rule: "test" };
  return parseLogic(logic, { type, path: "when", place, catalogue: CATALOGUE });
}

Deno.test.each<{ note: string; logic: Logic; says: RegExp }>([
  {
    note: "micros beside a minute",
    logic: { "<": [MICROS, { var: "time.localMinute" }] },
    says: /units differ: micros and minute/,
  },
  {
    note: "micros that are to equal a count",
    logic: { "==": [MICROS, COUNT] },
    says: /units differ: micros and count/,
  },
  {
    note: "micros plus a count",
    logic: { ">": [{ "+": [MICROS, COUNT] }, 5] },
    says: /units differ: micros and count in "\(amount\.micros \+ /,
  },
  {
    note: "micros squared beside micros",
    logic: { ">": [{ "*": [MICROS, CURRENT] }, MICROS] },
    says: /micros·micros and micros/,
  },
  {
    note: "micros a contact beside micros",
    logic: { ">": [{ "/": [MICROS, COUNT] }, MICROS] },
    says: /micros\/count and micros/,
  },
  {
    note: "one over micros",
    logic: { ">": [{ "/": [{ "/": [COUNT, MICROS] }, COUNT] }, MICROS] },
    says: /1\/micros and micros/,
  },
  {
    note: "a remainder by a count",
    logic: { ">": [{ "%": [MICROS, COUNT] }, 5] },
    says: /micros and count/,
  },
  {
    note: "branches of two units",
    logic: { ">": [{ if: [true, MICROS, COUNT] }, 5] },
    says: /micros and count/,
  },
  {
    note: "the least of two units",
    logic: { ">": [{ min: [MICROS, 5, COUNT] }, 5] },
    says: /micros and count/,
  },
  {
    note: "a product that nobody converted",
    logic: { ">": [{ "*": [MICROS, PPM] }, MICROS] },
    says: /micros·ppm and micros/,
  },
])("findUnitMismatch() finds $note", ({ logic, says }) => {
  assert.match(findUnitMismatch(parse(logic)) ?? "", says);
});

Deno.test.each<{ note: string; logic: Logic }>([
  {
    note: "a fifth more",
    logic: { ">": [MICROS, { "/": [{ "*": [CURRENT, 6] }, 5] }] },
  },
  {
    note: "a converted share",
    logic: { ">": [{ "/": [{ "*": [MICROS, PPM] }, 1_000_000] }, CURRENT] },
  },
  {
    note: "a ratio beside a number",
    logic: { ">": [{ "/": [MICROS, CURRENT] }, 2] },
  },
  {
    note: "a rate times its count",
    logic: { "<": [{ "*": [{ "/": [MICROS, COUNT] }, COUNT] }, CURRENT] },
  },
  {
    note: "a feature, whose view declares its unit",
    logic: { ">": [{ "+": [FEATURE, MICROS] }, { "*": [FEATURE, COUNT] }] },
  },
])("findUnitMismatch() lets pass $note", ({ logic }) => {
  assert.equal(findUnitMismatch(parse(logic)), null);
});

Deno.test("findOtherUnit() refuses a bound that is no money", () => {
  assert.equal(
    findOtherUnit(parse(COUNT, "number"), "micros"),
    "expected micros, found count",
  );
  for (const to of [MICROS, 5, FEATURE, { max: [MICROS, 0] }]) {
    assert.equal(findOtherUnit(parse(to, "number"), "micros"), null);
  }
});

Deno.test("sums of one unit always go together, and one other part is always found", () => {
  const { sum } = fc.letrec<{ sum: Logic }>((tie) => ({
    sum: fc.oneof(
      { maxDepth: 4, depthIdentifier: "sum" },
      fc.constantFrom<Logic>(MICROS, CURRENT),
      fc.tuple(
        fc.constantFrom("+", "-", "min", "max"),
        fc.array(tie("sum"), { minLength: 2, maxLength: 2 }),
      ).map(([operator, of]) => ({ [operator]: of })),
      tie("sum").map((of) => ({ "*": [of, 3] })),
      tie("sum").map((of) => ({ if: [true, of, 7] })),
    ),
  }));
  fc.assert(fc.property(sum, (logic) => {
    assert.equal(findUnitMismatch(parse(logic, "number")), null);
    const spoilt = JSON.stringify(logic)
      .replace("amount.micros", "constraints.contactsDay");
    const mixed = { "+": [JSON.parse(spoilt), CURRENT] };
    const differs = spoilt !== JSON.stringify(logic);
    const found = findUnitMismatch(parse(mixed, "number"));
    assert.equal(found !== null, differs, spoilt);
  }));
});
