/**
 * The strict subset of JSON-logic that policies are written in, operator by operator.
 *
 * @see https://jsonlogic.com/operations.html, read on 2026-11-20
 * @module
 */
import type { Catalogue } from "./catalogue.ts";
import {
  type Arithmetic,
  type Expression,
  type FactRead,
  findFraction,
  findUnits,
  type Ordering,
  typeOf,
  type ValueType,
} from "./expression.ts";
import { type Place, refusePolicy } from "./refusal.ts";

/** Longest literal list. */
export const MAX_ITEMS = 1000;

/** What checking one expression carries along. */
export interface Scope {
  readonly catalogue: Catalogue;
  readonly place: Place;
  readonly parse: (part: Part) => Expression;
  nodes: number;
  depth: number;
}

/** A piece of an expression and where it stands. */
export interface Part {
  readonly logic: unknown;
  readonly path: string;
  readonly scope: Scope;
}

type Build = (
  args: readonly unknown[],
  path: string,
  scope: Scope,
) => Expression;

/** How many operands an operator takes, and what becomes of them. */
export interface Operator {
  readonly arity: readonly [least: number, most: number];
  readonly build: Build;
}

const MANY = Infinity;

/** The strict subset of JSON-logic that policies are written in. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ["var", { arity: [1, 2], build: parseFact }],
  ["missing", { arity: [1, MANY], build: parseMissing }],
  ["!", { arity: [1, 1], build: parseNot }],
  ["!!", { arity: [1, 1], build: parseFlag }],
  ["and", { arity: [1, MANY], build: junction("and") }],
  ["or", { arity: [1, MANY], build: junction("or") }],
  ["if", { arity: [3, MANY], build: parseIf }],
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
]);

/** Refuses the policy at a path. */
export function refuse(scope: Scope, path: string, reason: string): never {
  throw refusePolicy(scope.place, path, reason);
}

/** Checks a piece that must yield a type. */
export function typed(type: ValueType, part: Part): Expression {
  return narrow(part.scope.parse(part), type, part);
}

function findFact(name: unknown, path: string, scope: Scope) {
  if (typeof name !== "string") {
    refuse(scope, path, 'a fact is named by its path, such as "amount.micros"');
  }
  const field = scope.catalogue.find(name);
  if (!field) {
    const advice = scope.catalogue.suggest(name);
    refuse(scope, path, `fact "${name}" is unknown; ${advice}`);
  }
  return {
    fact: { path: name, type: field.type } as FactRead,
    unit: field.unit,
  };
}

function parseFact(args: readonly unknown[], path: string, scope: Scope) {
  const found = findFact(args[0], path, scope);
  const bare: Expression = { op: "fact", ...found, fallback: null };
  if (args.length === 1) return bare;
  const literal = scope.parse({ logic: args[1], path: `${path}[1]`, scope });
  if (literal.op !== "literal") {
    refuse(
      scope,
      `${path}[1]`,
      "the value for a missing fact must be a literal",
    );
  }
  const type = typeOf(literal);
  const fact = narrow(bare, type, { logic: null, path: `${path}[1]`, scope });
  const { value } = literal;
  if (found.fact.type === "integer" && !Number.isSafeInteger(value)) {
    refuse(scope, `${path}[1]`, `"${found.fact.path}" is a whole number`);
  }
  return { ...fact, fallback: value } as Expression;
}

function parseMissing(args: readonly unknown[], path: string, scope: Scope) {
  const facts = args.map((name, index) =>
    findFact(name, `${path}[${index}]`, scope).fact
  );
  return { op: "missing", facts } as Expression;
}

function parts(args: readonly unknown[], path: string, scope: Scope): Part[] {
  return args.map((logic, index) => ({
    logic,
    path: `${path}[${index}]`,
    scope,
  }));
}

function typedAll(type: ValueType, from: readonly Part[]): Expression[] {
  return from.map((part) => typed(type, part));
}

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
    const of = typedAll("number", parts(args, path, scope));
    refuseMismatch(findUnits(of), path, scope);
    return { op: "order", how, of };
  };
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
  const mismatch = findUnits([left, right]) ?? findFraction([left, right]);
  refuseMismatch(mismatch, path, scope);
  return {
    op: "equal",
    left: narrow(left, type, leftPart),
    right: narrow(right, type, rightPart),
  } as Expression;
}

function parseUnequal(...given: Parameters<Build>): Expression {
  return { op: "not", of: parseEqual(...given) };
}

function parseIn(args: readonly unknown[], path: string, scope: Scope) {
  const [itemPart, listPart] = parts(args, path, scope) as [Part, Part];
  const list = Array.isArray(args[1])
    ? parseList(args[1], listPart.path, scope)
    : scope.parse(listPart);
  const type = typeOf(list);
  if (type !== "strings" && type !== "numbers") {
    refuse(scope, listPart.path, `"in" looks into a list, not into a ${type}`);
  }
  const item = scope.parse(itemPart);
  if (list.op !== "list" && typeOf(item) === "scalar") {
    refuse(scope, path, "a feature is looked up in a literal list only");
  }
  const wanted = type === "strings" ? "string" : "number";
  return { op: "in", item: narrow(item, wanted, itemPart), list } as Expression;
}

function parseList(items: unknown[], path: string, scope: Scope): Expression {
  const type = typeof items[0];
  const plain = type === "string" || type === "number";
  if (!plain || items.some((item) => typeof item !== type)) {
    refuse(
      scope,
      path,
      "a list holds texts only or numbers only, at least one",
    );
  }
  if (items.length > MAX_ITEMS) {
    refuse(scope, path, `more than ${MAX_ITEMS} items; use a feature instead`);
  }
  return { op: "list", items: items as (string | number)[] };
}

function refuseMismatch(
  mismatch: string | null,
  path: string,
  scope: Scope,
): void {
  if (mismatch !== null) refuse(scope, path, mismatch);
}

function narrow(given: Expression, type: ValueType, part: Part): Expression {
  const found = typeOf(given);
  if (found === type) return given;
  if (found === "scalar" && (type === "number" || type === "string")) {
    if (given.op === "fact") {
      return { ...given, fact: { path: given.fact.path, type } };
    }
    if (given.op === "if") {
      return {
        ...given,
        yes: narrow(given.yes, type, part),
        no: narrow(given.no, type, part),
      };
    }
  }
  return refuse(part.scope, part.path, `expected a ${type}, found a ${found}`);
}
