/**
 * A condition as plain JavaScript, as if no fact were missing.
 *
 * Wherever a fact that is read proves missing, or a number not finite, the code
 * raises the rule's doubt and goes on with something harmless; the rule is then
 * settled by its exact code. Where no doubt is raised the result is exact, since
 * `and`, `or` and `if` skip only what cannot change it.
 *
 * @module
 */
import type { Expression } from "../language/expression.ts";
import {
  keyOf,
  NEUTRAL,
  printPresent,
  printTest,
  type Slots,
} from "./slots.ts";

/** Longest literal list that is compared item by item. */
export const CHAIN_ITEMS = 16;

/** Beyond this bound a result could overflow. */
const SAFE_MAGNITUDE = 1e300;

/** What the code of one rule refers to. */
export interface FastScope {
  readonly slots: Slots;
  /** Variables of facts that several places read, already tested. */
  readonly shared: ReadonlyMap<string, string>;
  /** JavaScript that raises the rule's doubt. */
  readonly doubt: string;
  /** Declares one more variable. */
  variable(): string;
  /** Keeps a literal list as a set and names it. */
  set(items: readonly (string | number)[]): string;
}

/** Translates an expression; the code never throws, whatever the facts are. */
export function printFast(expression: Expression, scope: FastScope): string {
  switch (expression.op) {
    case "literal":
      return printLiteral(expression.value);
    case "list":
      return JSON.stringify(expression.items);
    case "fact":
      return printFact(expression, scope);
    case "missing":
      return `!(${printPresent(expression.facts, scope.slots)})`;
    case "not":
      return `!${printFast(expression.of, scope)}`;
    case "and":
      return joined(expression.of, " && ", scope);
    case "or":
      return joined(expression.of, " || ", scope);
    case "if": {
      const { condition, yes, no } = expression;
      const [c, y, n] = [condition, yes, no].map((e) => printFast(e, scope));
      return `(${c} ? ${y} : ${n})`;
    }
    case "order":
      return printOrder(expression, scope);
    case "equal":
      return joined([expression.left, expression.right], " === ", scope);
    case "in":
      return printIn(expression, scope);
    case "quantifier":
      return printQuantifier(expression, scope);
    case "item":
      return "it";
    case "arithmetic":
      return printArithmetic(expression, scope);
  }
}

type Node<Op> = Extract<Expression, { op: Op }>;

function joined(
  of: readonly Expression[],
  by: string,
  scope: FastScope,
): string {
  return `(${of.map((part) => printFast(part, scope)).join(by)})`;
}

function printLiteral(value: string | number | boolean): string {
  return typeof value === "number" ? `(${value})` : JSON.stringify(value);
}

function printFact({ fact, fallback }: Node<"fact">, scope: FastScope): string {
  const shared = scope.shared.get(keyOf(fact));
  if (fallback === null && shared !== undefined) return shared;
  const test = printTest(fact.type, `(t = ${scope.slots.read(fact.path)})`);
  const missing = fallback === null
    ? `(${scope.doubt}, ${NEUTRAL[fact.type]})`
    : printLiteral(fallback);
  return `(${test} ? t : ${missing})`;
}

function printOrder({ how, of }: Node<"order">, scope: FastScope): string {
  if (of.length === 2) return joined(of, ` ${how} `, scope);
  const [low, middle, high] = of.map((part) => printFast(part, scope));
  const held = scope.variable();
  return `(${low} ${how} (${held} = ${middle}) && ${held} ${how} ${high})`;
}

function printIn({ item, list }: Node<"in">, scope: FastScope): string {
  const value = printFast(item, scope);
  if (list.op !== "list") {
    return `has(${printFast(list, scope)}, ${value})`;
  }
  if (list.items.length > CHAIN_ITEMS) {
    return `${scope.set(list.items)}.has(${value})`;
  }
  const plain = /^\w+$/.test(value);
  const held = plain ? value : scope.variable();
  const first = plain ? value : `(${held} = ${value})`;
  return `(${
    list.items.map((one, index) =>
      `${index === 0 ? first : held} === ${printLiteral(one)}`
    ).join(" || ")
  })`;
}

function printQuantifier(
  { how, list, holds }: Node<"quantifier">,
  scope: FastScope,
): string {
  const items = printFast(list, scope);
  const each = `((it) => ${printFast(holds, scope)})`;
  if (how === "some") return `${items}.some${each}`;
  if (how === "none") return `!${items}.some${each}`;
  const held = scope.variable();
  return `((${held} = ${items}).length > 0 && ${held}.every${each})`;
}

function printArithmetic(node: Node<"arithmetic">, scope: FastScope): string {
  const { how, of } = node;
  const args = of.map((part) => printFast(part, scope));
  const code = how === "min" || how === "max"
    ? `Math.${how}(${args.join(", ")})`
    : args.length === 1
    ? `(-${args[0]})`
    : `(${args.join(` ${how} `)})`;
  if (magnitude(node) < SAFE_MAGNITUDE) return code;
  const held = scope.variable();
  return `(Number.isFinite(${held} = ${code}) ? ${held} : (${scope.doubt}, 0))`;
}

/** A bound on how large a number can be; infinite when it may not be finite. */
function magnitude(expression: Expression): number {
  switch (expression.op) {
    case "literal":
      return Math.abs(Number(expression.value));
    case "fact":
      return expression.fact.type === "integer"
        ? Number.MAX_SAFE_INTEGER
        : Number.MAX_VALUE;
    case "if":
      return Math.max(magnitude(expression.yes), magnitude(expression.no));
    case "arithmetic":
      return bound(expression.how, expression.of);
    default:
      return Infinity;
  }
}

function bound(how: string, of: readonly Expression[]): number {
  const sizes = of.map(magnitude);
  const [first = Infinity, second = 0] = sizes;
  switch (how) {
    case "+":
    case "-":
      return sizes.reduce((sum, size) => sum + size);
    case "*":
      return sizes.reduce((product, size) => product * size);
    case "min":
    case "max":
      return Math.max(...sizes);
    default:
      return of[1]?.op === "literal" && second !== 0
        ? first / Math.min(second, 1)
        : Infinity;
  }
}
