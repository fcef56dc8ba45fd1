/**
 * Random rules and random facts, sound and unsound, over a small catalogue.
 *
 * @module
 */
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import { defineCatalogue } from "./catalogue.ts";
import type { Expression, ValueType } from "./expression.ts";
import { parseLogic } from "./parse_logic.ts";

/** One fact of each type, in groups of one and of two names. */
export const SMALL = defineCatalogue(
  ([
    ["a.i", "integer"],
    ["a.j", "integer"],
    ["a.x", "number"],
    ["a.deep.y", "number"],
    ["b.s", "string"],
    ["b.t", "string"],
    ["b.p", "boolean"],
    ["b.deep.q", "boolean"],
    ["l.w", "strings"],
    ["l.n", "numbers"],
    ["c.<name>", "scalar"],
  ] as const).map(([path, type]) => ({
    path,
    type,
    unit: null,
    nullable: true,
    about: "",
  })),
);

const numbers = fc.constantFrom(0, 1, -1, 2, 0.5, 3, 1e308, -0);
const texts = fc.constantFrom("", "x", "y", "constructor", '"\u2028`${');

function fact(paths: readonly string[], fallback: fc.Arbitrary<Logic>) {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...paths) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...paths), fallback) },
  ).map((operand) => ({ var: operand }) as Logic);
}

function operation(
  operators: readonly string[],
  args: fc.Arbitrary<readonly Logic[]>,
): fc.Arbitrary<Logic> {
  return fc.tuple(fc.constantFrom(...operators), args)
    .map(([operator, operands]) => ({ [operator]: operands }));
}

function list(of: fc.Arbitrary<Logic>, least: number, most: number) {
  return fc.array(of, { minLength: least, maxLength: most });
}

/** Some, all or none of a list, written out or a fact. */
function quantified(
  items: fc.Arbitrary<Logic>,
  fact: string,
  holds: fc.Arbitrary<Logic>,
) {
  const lists = fc.oneof(items, fc.constant({ var: fact }));
  return operation(["some", "all", "none"], fc.tuple(lists, holds));
}

/** Conditions of an item beside another value, and of more around it. */
function itemConditions(other: fc.Arbitrary<Logic>, flag: fc.Arbitrary<Logic>) {
  const item = fc.constant<Logic>({ var: "" });
  const near = operation(["==", "!=", "<", ">="], fc.tuple(item, other));
  return fc.oneof(near, operation(["and", "or"], fc.tuple(near, flag)));
}

const trees = fc.letrec<{ flag: Logic; number: Logic; text: Logic }>((tie) => {
  const [flag, number, text] = [tie("flag"), tie("number"), tie("text")];
  const depth = { depthIdentifier: "rule", maxDepth: 4 };
  return {
    flag: fc.oneof(
      depth,
      fact(["b.p", "b.deep.q"], fc.boolean()),
      fc.boolean(),
      operation(["and", "or"], list(flag, 1, 3)),
      operation(["!", "!!"], fc.tuple(flag)),
      operation(["if"], fc.tuple(flag, flag, flag, flag, flag)),
      operation(["<", "<=", ">", ">="], list(number, 2, 3)),
      operation(["==", "!="], fc.tuple(number, number)),
      operation(["==="], fc.tuple(text, text)),
      operation(["!=="], fc.tuple(flag, flag)),
      operation(["in"], fc.tuple(number, list(numbers, 1, 20))),
      operation(["in"], fc.tuple(text, list(texts, 1, 3))),
      operation(["in"], fc.tuple(text, fc.constant({ var: "l.w" }))),
      operation(["in"], fc.tuple(number, fc.constant({ var: "l.n" }))),
      operation(["missing"], list(fc.constantFrom("a.i", "c.m", "l.w"), 1, 2)),
      operation(
        ["missing_some"],
        fc.tuple(
          fc.integer({ min: 1, max: 3 }),
          fc.constant(["a.i", "c.m", "l.w"]),
        ),
      ),
      quantified(list(numbers, 1, 20), "l.n", itemConditions(number, flag)),
      quantified(list(texts, 1, 3), "l.w", itemConditions(text, flag)),
    ),
    number: fc.oneof(
      depth,
      fact(["a.i", "a.j"], fc.nat(5)),
      fact(["a.x", "a.deep.y", "c.m", "c.k"], numbers),
      numbers,
      operation(["+", "*"], list(number, 2, 3)),
      operation(["-", "min", "max"], list(number, 1, 2)),
      operation(["/", "%"], fc.tuple(number, number)),
      operation(["if", "?:"], fc.tuple(flag, number, number)),
    ),
    text: fc.oneof(
      depth,
      fact(["b.s", "b.t", "c.m"], texts),
      texts,
      operation(["if"], fc.tuple(flag, text, text)),
    ),
  };
});

/** Checks a rule against the small catalogue. */
export function parseSmall(logic: Logic, type: ValueType): Expression {
  const place = { file: "small.json", rule: "small" };
  return parseLogic(logic, { type, path: "when", place, catalogue: SMALL });
}

function isSound(logic: Logic, type: ValueType): boolean {
  try {
    return parseSmall(logic, type) !== null;
  } catch {
    return false;
  }
}

/** Rules that yield true, false or unknown. */
export const conditions: fc.Arbitrary<Logic> = trees.flag
  .filter((rule) => isSound(rule, "boolean"));

/** Rules that yield a number or unknown. */
export const amounts: fc.Arbitrary<Logic> = trees.number
  .filter((rule) => isSound(rule, "number"));

const strange = fc.constantFrom<unknown>(
  undefined,
  null,
  NaN,
  Infinity,
  "1",
  1,
  1.5,
  2 ** 53,
  true,
  [],
  ["x", null],
  { toString: null },
  Symbol.iterator,
  10n,
);

function mostly<T>(sound: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: sound },
    { weight: 1, arbitrary: strange },
  );
}

const integers = mostly(fc.integer({ min: -2, max: 3 }));
const flags = mostly(fc.boolean());

/** Facts of which some are missing, or of the wrong type, or whole groups are. */
export const someFacts: fc.Arbitrary<Facts> = fc.record({
  a: mostly(fc.record({
    i: integers,
    j: integers,
    x: mostly(numbers),
    deep: mostly(fc.record({ y: mostly(numbers) })),
  })),
  b: mostly(fc.record({
    s: mostly(texts),
    t: mostly(texts),
    p: flags,
    deep: mostly(fc.record({ q: flags })),
  })),
  l: mostly(fc.record({
    w: mostly(fc.array(texts)),
    n: mostly(fc.array(numbers)),
  })),
  c: mostly(fc.record({
    m: mostly(fc.oneof(numbers, texts)),
    k: mostly(numbers),
  })),
}).map((facts) => facts as Facts);
