/**
 * The specification: what a rule means, node by node.
 *
 * Three-valued after Kleene: `null` is unknown, and unknown stays unknown unless
 * the rest decides (`false and unknown` is false). A fact that is absent, null or
 * of another type is unknown. So is a division by zero and any number that is not
 * finite. Nothing is coerced. Slow and plain; what runs is compiled, and compared with
 * this on random programs.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import { admits, readFact } from "./catalogue.ts";
import type { Expression, FactRead } from "./expression.ts";

/** A value, or null when unknown. */
export type Outcome =
  | string
  | number
  | boolean
  | readonly (string | number)[]
  | null;

/** Evaluates an expression; the meaning of every operator is here. */
export function interpret(
  expression: Expression,
  facts: Facts,
  item: Outcome = null,
): Outcome {
  function value(inner: Expression): Outcome {
    return interpret(inner, facts, item);
  }
  switch (expression.op) {
    case "literal":
      return expression.value;
    case "list":
      return expression.items;
    case "fact":
      return findFact(expression.fact, facts) ?? expression.fallback;
    case "missing":
      return expression.facts.some((fact) => findFact(fact, facts) === null);
    case "not":
      return not(value(expression.of));
    case "and":
      return all(expression.of.map(value));
    case "or":
      return not(all(expression.of.map(value).map(not)));
    case "if": {
      const holds = value(expression.condition);
      if (holds === null) return null;
      return value(holds ? expression.yes : expression.no);
    }
    case "order":
      return isOrdered(expression.how, expression.of.map(value));
    case "equal":
      return isEqual(value(expression.left), value(expression.right));
    case "in":
      return contains(value(expression.item), value(expression.list));
    case "quantifier":
      return quantify(expression, facts, item);
    case "item":
      return item;
    case "arithmetic":
      return compute(expression.how, expression.of.map(value));
  }
}

/** The fact as its field promises it, or null. */
export function findFact({ path, type }: FactRead, facts: Facts): Outcome {
  const found = readFact(facts, path);
  return admits(type, found) ? found as Outcome : null;
}

function not(value: Outcome): Outcome {
  return value === null ? null : !value;
}

function all(values: readonly Outcome[]): Outcome {
  if (values.includes(false)) return false;
  return values.includes(null) ? null : true;
}

function isEqual(left: Outcome, right: Outcome): Outcome {
  return left === null || right === null ? null : left === right;
}

function contains(item: Outcome, list: Outcome): Outcome {
  if (item === null || list === null) return null;
  return (list as readonly Outcome[]).some((one) => one === item);
}

function quantify(
  { how, list, holds }: Extract<Expression, { op: "quantifier" }>,
  facts: Facts,
  item: Outcome,
): Outcome {
  const items = interpret(list, facts, item) as readonly Outcome[] | null;
  if (items === null) return null;
  const each = items.map((one) => interpret(holds, facts, one));
  if (how === "all") return each.length === 0 ? false : all(each);
  const some = not(all(each.map(not)));
  return how === "some" ? some : not(some);
}

function isOrdered(how: string, values: readonly Outcome[]): Outcome {
  return all(
    values.slice(1).map((right, index) =>
      ordered(how, values[index] ?? null, right)
    ),
  );
}

function ordered(how: string, left: Outcome, right: Outcome): Outcome {
  if (left === null || right === null) return null;
  if (how === "<") return left < right;
  if (how === "<=") return left <= right;
  return how === ">" ? left > right : left >= right;
}

function compute(how: string, values: readonly Outcome[]): Outcome {
  if (values.includes(null)) return null;
  const [first = 0, ...rest] = values as number[];
  if (how === "-" && rest.length === 0) return -first;
  return rest.reduce<number | null>((left, right) => {
    const result = left === null ? NaN : calculate(how, left, right);
    return Number.isFinite(result) ? result : null;
  }, first);
}

function calculate(how: string, left: number, right: number): number {
  switch (how) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "min":
      return Math.min(left, right);
    default:
      return Math.max(left, right);
  }
}
