/**
 * Operators whose operands are evaluated first, exactly as json-logic-js 2.0.5 has
 * them: JavaScript's own coercions decide what a text minus a list is.
 *
 * @see https://github.com/jwadhams/json-logic-js, version 2.0.5, read on 2026-11-26
 * @module
 */
import {
  failLogic,
  LogicLimit,
  type Machine,
  MAX_TEXT,
  type Operator,
  type Scope,
} from "./machine.ts";
import { isTruthy, readOwn } from "./own_member.ts";

type Numeric = (left: number, right: number) => unknown;

/** Operators by name. */
export const EAGER_OPERATORS: ReadonlyMap<string, Operator> = new Map<
  string,
  Operator
>([
  ["==", ([left, right]) => isLooselyEqual(left, right)],
  ["!=", ([left, right]) => !isLooselyEqual(left, right)],
  ["===", ([left, right]) => left === right],
  ["!==", ([left, right]) => left !== right],
  [">", coerced((left, right) => left > right)],
  [">=", coerced((left, right) => left >= right)],
  ["<", chained((left, right) => left < right)],
  ["<=", chained((left, right) => left <= right)],
  ["!!", ([value]) => isTruthy(value)],
  ["!", ([value]) => !isTruthy(value)],
  ["%", coerced((left, right) => left % right)],
  ["/", coerced((left, right) => left / right)],
  ["-", subtract],
  ["+", add],
  ["*", multiply],
  ["min", (operands) => Math.min(...operands as number[])],
  ["max", (operands) => Math.max(...operands as number[])],
  ["log", ([value]) => value],
  ["in", contains],
  ["cat", concatenate],
  ["substr", cut],
  ["merge", (operands) => operands.flat()],
  ["var", readVariable],
  ["missing", listMissing],
  ["missing_some", listMissingUnlessSome],
]);

/** What JavaScript coerces is handed over as it is; its types are promised only here. */
function coerced(numeric: Numeric): Operator {
  return ([left, right]) => numeric(left as number, right as number);
}

function chained(holds: Numeric): Operator {
  return ([low, middle, high]) =>
    high === undefined
      ? holds(low as number, middle as number)
      : holds(low as number, middle as number) &&
        holds(middle as number, high as number);
}

function isLooselyEqual(left: unknown, right: unknown): boolean {
  // deno-lint-ignore eqeqeq -- JSON-logic's "==" is JavaScript's, coercions included.
  return left == right;
}

function subtract([left, right]: readonly unknown[]): number {
  return right === undefined
    ? -(left as number)
    : (left as number) - (right as number);
}

function add(operands: readonly unknown[]): unknown {
  return operands.reduce<number>(
    (sum, next) => parseFloat(String(sum)) + parseFloat(textOf(next)),
    0,
  );
}

/** Of no operands there is no product: that throws. */
function multiply(operands: readonly unknown[]): unknown {
  return operands.reduce((product, next) =>
    parseFloat(textOf(product)) * parseFloat(textOf(next))
  );
}

/** As `parseFloat` coerces; `String` differs for symbols only, which JSON has not. */
function textOf(value: unknown): string {
  return String(value);
}

function contains([item, within]: readonly unknown[]): boolean {
  if (typeof within === "string" && within !== "") {
    return within.includes(textOf(item));
  }
  if (Array.isArray(within)) return within.indexOf(item) !== -1;
  return readOwn(within, "indexOf") === undefined
    ? false
    : failLogic("Invalid Arguments");
}

function concatenate(operands: readonly unknown[]): string {
  const text = operands.join("");
  if (text.length > MAX_TEXT) throw new LogicLimit("Text Too Long");
  return text;
}

/** A negative length leaves so many characters off, as in PHP. */
function cut([source, start, length]: readonly unknown[]): string {
  const text = textOf(source);
  const from = start as number;
  const many = length as number;
  if (!(many < 0)) return text.substr(from, many);
  const rest = text.substr(from);
  return rest.substr(0, rest.length + many);
}

function readVariable(
  [path, fallback]: readonly unknown[],
  { data }: Scope,
): unknown {
  if (path === undefined || path === "" || path === null) return data;
  const otherwise = fallback === undefined ? null : fallback;
  let found = data;
  for (const name of textOf(path).split(".")) {
    found = readOwn(found, name);
    if (found === undefined) return otherwise;
  }
  return found;
}

function listMissing(
  operands: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown[] {
  const [first] = operands;
  const names: readonly unknown[] = Array.isArray(first) ? first : operands;
  return names.filter((name) => {
    const value = machine.evaluate({ var: name }, scope);
    return value === null || value === "";
  });
}

function listMissingUnlessSome(
  [needed, names]: readonly unknown[],
  scope: Scope,
  machine: Machine,
): unknown {
  const missing = machine.evaluate({ missing: names }, scope) as unknown[];
  if (names === null || names === undefined) {
    return failLogic("Invalid Arguments");
  }
  const present = (readOwn(names, "length") as number) - missing.length;
  return present >= (needed as number) ? [] : missing;
}
