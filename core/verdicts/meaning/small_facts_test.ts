/**
 * Conditions over facts of few values, all of which can be tried.
 *
 * @module
 */
import fc from "fast-check";
import type { Facts, Logic } from "../../domain/verdict.ts";
import { defineCatalogue } from "../language/catalogue.ts";
import type { Expression } from "../language/expression.ts";
import { parseLogic } from "../language/parse_logic.ts";

const FIELDS = [
  ["n.a", "integer", [0, 3]],
  ["n.b", "integer", [0, 3]],
  ["s.c", "string", null],
  ["s.d", "string", null],
  ["f.e", "boolean", null],
  ["l.g", "strings", null],
] as const;

/** Facts of few values. */
export const FEW = defineCatalogue(FIELDS.map(([path, type, range]) => ({
  path,
  type,
  range,
  unit: null,
  nullable: true,
  about: path,
})));

const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  "n.a": [undefined, 0, 1, 2, 3],
  "n.b": [undefined, 0, 1, 2, 3],
  "s.c": [undefined, "x", "y", "p", "q"],
  "s.d": [undefined, "x", "y", "p", "q"],
  "f.e": [undefined, true, false],
  "l.g": [undefined, [], ["x"], ["y"], ["q"], ["x", "y"], ["x", "q"], [
    "y",
    "q",
  ], ["x", "y", "q"]],
};

/** All facts that some of these paths can make. */
export function allFacts(paths: readonly string[]): Facts[] {
  return paths.reduce<Record<string, Record<string, unknown>>[]>(
    (made, path) => {
      const [group = "", name = ""] = path.split(".");
      return made.flatMap((facts) =>
        (VALUES[path] ?? []).map((value) =>
          value === undefined
            ? facts
            : { ...facts, [group]: { ...facts[group], [name]: value } }
        )
      );
    },
    [{}],
  ) as Facts[];
}

const number = fc.constantFrom("n.a", "n.b");
const text = fc.constantFrom("s.c", "s.d");
const order = fc.constantFrom("<", "<=", ">", ">=", "==", "!=");
const literal = fc.integer({ min: -1, max: 4 });

function fact(path: string, fallback: Logic | null): Logic {
  return { var: fallback === null ? path : [path, fallback] };
}

function maybe<T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, of);
}

/** Comparisons of one fact with literals. */
export const single: fc.Arbitrary<Logic> = fc.oneof(
  fc.tuple(number, maybe(fc.nat(3)), order, literal).map(([path, or, how, n]) =>
    ({ [how]: [fact(path, or), n] }) as Logic
  ),
  fc.tuple(number, order, literal).map(([path, how, n]) =>
    ({ [how]: [{ "+": [{ "*": [fact(path, null), 2] }, 1] }, n] }) as Logic
  ),
  fc.tuple(number, literal, literal).map(([path, a, b]) =>
    ({ "<=": [a, fact(path, null), b] }) as Logic
  ),
  fc.tuple(number, fc.array(literal, { minLength: 1, maxLength: 3 })).map((
    [path, items],
  ) => ({ in: [fact(path, null), items] })),
  fc.tuple(
    text,
    maybe(fc.constantFrom("x", "q")),
    fc.subarray(["x", "y"], {
      minLength: 1,
    }),
  ).map(([path, or, items]) => ({ in: [fact(path, or), items] })),
  fc.tuple(text, fc.constantFrom("x", "y")).map(([path, word]) =>
    ({ "==": [fact(path, null), word] }) as Logic
  ),
  fc.constant({ var: "f.e" }),
  fc.constant({ var: ["f.e", false] }),
  fc.constantFrom("x", "y").map((word) => ({ in: [word, { var: "l.g" }] })),
  fc.tuple(fc.constantFrom("some", "all", "none"), fc.constantFrom("x", "y"))
    .map(([how, word]) =>
      ({ [how]: [{ var: "l.g" }, { "==": [{ var: "" }, word] }] }) as Logic
    ),
  fc.constantFrom("n.a", "s.c", "f.e", "l.g").map((path) => ({
    missing: [path],
  })),
);

/** Comparisons of two facts. */
export const double: fc.Arbitrary<Logic> = fc.oneof(
  order.map((how) => ({ [how]: [{ var: "n.a" }, { var: "n.b" }] }) as Logic),
  fc.tuple(order, literal).map(([how, n]) =>
    ({ [how]: [{ "+": [{ var: "n.a" }, { var: "n.b" }] }, n] }) as Logic
  ),
  fc.tuple(order, literal).map(([how, n]) =>
    ({
      [how]: [{ "-": [{ "*": [{ var: "n.a" }, 3] }, { var: "n.b" }] }, n],
    }) as Logic
  ),
  fc.constant({ "==": [{ var: "s.c" }, { var: "s.d" }] }),
  fc.constant({ in: [{ var: "s.c" }, { var: "l.g" }] }),
  fc.constant({
    some: [{ var: "l.g" }, { "==": [{ var: "" }, { var: "s.d" }] }],
  }),
  fc.constant({
    "<": [{ if: [{ var: "f.e" }, { var: "n.a" }, 2] }, { var: "n.b" }],
  }),
  fc.constant({
    ">=": [{ max: [{ var: "n.a" }, 1] }, { min: [{ var: "n.b" }, 2] }],
  }),
);

/** Conditions that join some comparisons. */
export function joined(atoms: fc.Arbitrary<Logic>): fc.Arbitrary<Logic> {
  return fc.letrec<{ tree: Logic }>((tie) => {
    const tree = tie("tree");
    const some = fc.array(tree, { minLength: 1, maxLength: 3 });
    return {
      tree: fc.oneof(
        { maxDepth: 3, depthIdentifier: "joined" },
        atoms,
        some.map((of) => ({ and: of })),
        some.map((of) => ({ or: of })),
        tree.map((of) => ({ "!": of })),
        fc.tuple(tree, tree, tree).map((of) => ({ if: of })),
      ),
    };
  }).tree;
}

/** Checks a condition over the few facts. */
export function parseFew(logic: Logic): Expression {
  const place = { file: "few.json", rule: "few" };
  return parseLogic(logic, {
    ...{ type: "boolean", path: "when", place, catalogue: FEW },
  });
}
