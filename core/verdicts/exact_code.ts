/**
 * A condition as JavaScript that knows unknown: every node one call, so the text
 * grows with the rule and no further.
 *
 * @module
 */
import { type Expression, typeOf } from "./expression.ts";
import { printPresent, printTest, type Slots, UNKNOWN } from "./slots.ts";

/**
 * Translates an expression.
 *
 * @returns JavaScript; booleans as 0, 1, 2, unknown numbers as NaN, else null.
 */
export function printExact(expression: Expression, slots: Slots): string {
  function print(inner: Expression): string {
    return printExact(inner, slots);
  }
  switch (expression.op) {
    case "literal":
      return printLiteral(expression.value);
    case "list":
      return JSON.stringify(expression.items);
    case "fact":
      return printFact(expression, slots);
    case "missing":
      return `(${printPresent(expression.facts, slots)} ? 0 : 1)`;
    case "not":
      return `not3(${print(expression.of)})`;
    case "and":
    case "or":
      return fold(`${expression.op}3`, expression.of.map(print));
    case "if":
      return printIf(expression, slots);
    case "order":
      return printOrder(expression, slots);
    case "equal": {
      const flags = typeOf(expression.left) === "boolean";
      const { left, right } = expression;
      return call(flags ? "equalFlags" : "equal3", [print(left), print(right)]);
    }
    case "in":
      return call("in3", [print(expression.item), print(expression.list)]);
    case "arithmetic":
      return printArithmetic(expression.how, expression.of.map(print));
  }
}

function call(name: string, args: readonly string[]): string {
  return `${name}(${args.join(", ")})`;
}

function fold(name: string, args: readonly string[]): string {
  return args.reduce((left, right) => call(name, [left, right]));
}

function printLiteral(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "number" ? `(${value})` : JSON.stringify(value);
}

function printFact(
  { fact, fallback }: Extract<Expression, { op: "fact" }>,
  slots: Slots,
): string {
  const read = slots.read(fact.path);
  const missing = fallback === null
    ? UNKNOWN[fact.type]
    : printLiteral(fallback);
  const value = fact.type === "boolean" ? `(${read} ? 1 : 0)` : read;
  return `(${printTest(fact.type, read)} ? ${value} : ${missing})`;
}

function printIf(
  expression: Extract<Expression, { op: "if" }>,
  slots: Slots,
): string {
  const parts = [expression.condition, expression.yes, expression.no];
  const [condition, yes, no] = parts.map((part) => printExact(part, slots));
  const unknown = UNKNOWN[typeOf(expression)];
  return `[${no}, ${yes}, ${unknown}][${condition}]`;
}

function printOrder(
  { how, of }: Extract<Expression, { op: "order" }>,
  slots: Slots,
): string {
  const args = of.map((part) => printExact(part, slots));
  const name = how.endsWith("=") ? "lessOrEqual" : "less";
  const rising = how.startsWith("<") ? args : args.reverse();
  return call(rising.length === 3 ? `${name}Chain` : name, rising);
}

function printArithmetic(how: string, args: readonly string[]): string {
  if (how === "min" || how === "max") return fold(`Math.${how}`, args);
  if (args.length === 1) return `(-${args[0]})`;
  return args.reduce((left, right) => `finite(${left} ${how} ${right})`);
}
