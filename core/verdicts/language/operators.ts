/**
 * The strict subset of JSON-logic that policies are written in, operator by operator.
 *
 * @see https://jsonlogic.com/operations.html, read on 2026-11-20
 * @module
 */
import {
  type Arithmetic,
  children,
  type Expression,
  type Ordering,
  typeOf,
} from "./expression.ts";
import { parseFact, parseMissing, parseMissingSome } from "./fact_operators.ts";
import { parseIn, parseShared, quantifier } from "./list_operators.ts";
import {
  type Build,
  narrow,
  type Operator,
  type Part,
  parts,
  refuse,
  type Scope,
  typed,
  typedAll,
} from "./operands.ts";

const MANY = Infinity;

/** The strict subset of JSON-logic that policies are written in. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["var", { arity: [1, 2], build: parseFact }],
  ["missing", { arity: [1, MANY], build: parseMissing }],
  ["missing_some", { arity: [2, 2], build: parseMissingSome }],
  ["!", { arity: [1, 1], build: parseNot }],
  ["!!", { arity: [1, 1], build: parseFlag }],
  ["and", { arity: [1, MANY], build: junction("and") }],
  ["or", { arity: [1, MANY], build: junction("or") }],
  ["if", { arity: [3, MANY], build: parseIf }],
  ["?:", { arity: [3, 3], build: parseIf }],
  ["==", { arity: [2, 2], build: parseEqual }],
  ["===", { arity: [2, 2], build: parseEqual }],
  ["!=", { arity: [2, 2], build: parseUnequal }],
  ["!==", { arity: [2, 2], build: parseUnequal }],
  ["<", { arity: [2, 3], build: ordering("<") }],
  ["<=", { arity: [2, 3], build: ordering("<=") }],
  [">", { arity: [2, 3], build: ordering(">") }],
  [">=", { arity: [2, 3], build: ordering(">=") }],
  ["+", { arity: [2, MANY], build: arithmetic("+") }],
  ["-", { arity: [1, 2], build: arithmetic("-") }],
  ["*", { arity: [2, MANY], build: arithmetic("*") }],
  ["/", { arity: [2, 2], build: arithmetic("/") }],
  ["%", { arity: [2, 2], build: arithmetic("%") }],
  ["min", { arity: [1, MANY], build: arithmetic("min") }],
  ["max", { arity: [1, MANY], build: arithmetic("max") }],
  ["in", { arity: [2, 2], build: parseIn }],
  ["some", { arity: [2, 2], build: quantifier("some") }],
  ["all", { arity: [2, 2], build: quantifier("all") }],
  ["none", { arity: [2, 2], build: quantifier("none") }],
  ["list", { arity: [1, 1], build: parseShared }],
]);

function parseFlag(args: readonly unknown[], path: string, scope: Scope) {
  return typedAll("boolean", parts(args, path, scope))[0] as Expression;
}

function parseNot(...given: Parameters<Build>): Expression {
  return { op: "not", of: parseFlag(...given) };
}

function junction(op: "and" | "or"): Build {
  return (...given) => ({ op, of: typedAll("boolean", parts(...given)) });
}

function ordering(how: Ordering): Build {
  return (args, path, scope) => {
    const of = parts(args, path, scope).map(parseOrdered);
    return { op: "order", how, of };
  };
}

function parseOrdered(part: Part): Expression {
  const found = part.scope.parse(part);
  if (typeOf(found) === "string") {
    refuse(
      part.scope,
      part.path,
      'expected a number, found a string; texts have no order: use "in", or "during" for days and hours',
    );
  }
  return narrow(found, "number", part);
}

function arithmetic(how: Arithmetic): Build {
  return (...given) => ({
    op: "arithmetic",
    how,
    of: typedAll("number", parts(...given)),
  });
}

function parseIf(args: readonly unknown[], path: string, scope: Scope) {
  if (args.length % 2 === 0) {
    refuse(scope, path, 'the last branch is missing; add what holds "else"');
  }
  const from = parts(args, path, scope);
  const parsed = from.map((part, index) =>
    isBranch(index, args.length) ? scope.parse(part) : typed("boolean", part)
  );
  const type = parsed.filter((_, index) => isBranch(index, args.length))
    .map(typeOf).find((one) => one !== "scalar") ?? "scalar";
  function branch(index: number): Expression {
    return narrow(parsed[index] as Expression, type, from[index] as Part);
  }
  let result = branch(args.length - 1);
  for (let index = args.length - 3; index >= 0; index -= 2) {
    const condition = parsed[index] as Expression;
    result = { op: "if", condition, yes: branch(index + 1), no: result };
  }
  return result;
}

function isBranch(index: number, count: number): boolean {
  return index % 2 === 1 || index === count - 1;
}

function parseEqual(args: readonly unknown[], path: string, scope: Scope) {
  const [leftPart, rightPart] = parts(args, path, scope) as [Part, Part];
  const left = scope.parse(leftPart);
  const right = scope.parse(rightPart);
  const type = typeOf(left) === "scalar" ? typeOf(right) : typeOf(left);
  if (type === "scalar") {
    refuse(
      scope,
      path,
      "two features of undeclared type; use < or >, or a default",
    );
  }
  if (type === "strings" || type === "numbers") {
    refuse(scope, path, 'lists are not compared; use "in"');
  }
  if (hasFraction(left) || hasFraction(right)) {
    refuse(
      scope,
      path,
      "fractions are never quite equal; use <= and >=, or a smaller unit",
    );
  }
  return {
    op: "equal",
    left: narrow(left, type, leftPart),
    right: narrow(right, type, rightPart),
  } as Expression;
}

function parseUnequal(...given: Parameters<Build>): Expression {
  return { op: "not", of: parseEqual(...given) };
}

function hasFraction(expression: Expression): boolean {
  return expression.op === "literal"
    ? typeof expression.value === "number" &&
      !Number.isInteger(expression.value)
    : children(expression).some(hasFraction);
}
