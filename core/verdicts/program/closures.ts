/**
 * Expressions as closures, three-valued and exact: what runs where a fact is missing,
 * and everywhere on hosts that forbid generated code.
 *
 * Booleans are 0 false, 1 true, 2 unknown; an unknown number is NaN; an unknown
 * text or list is null.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import { admits } from "../language/catalogue.ts";
import {
  type Expression,
  type FactRead,
  type Literal,
  typeOf,
  type ValueType,
} from "../language/expression.ts";
import {
  and3,
  equal3,
  equalFlags,
  finite,
  group,
  in3,
  less,
  lessOrEqual,
  type List,
  not3,
  or3,
  quantify,
  type Ternary,
} from "./three_valued.ts";

type Value = Ternary | string | number | List;
type Item = string | number | null;
type Closure<T extends Value> = (facts: Facts, item: Item) => T;
type Node<Op> = Extract<Expression, { op: Op }>;

const UNKNOWN: Readonly<Record<ValueType, Value>> = {
  boolean: 2,
  number: NaN,
  string: null,
  scalar: null,
  strings: null,
  numbers: null,
};

/** Closes a checked boolean expression; it never throws, whatever the facts are. */
export function closeCondition(
  expression: Expression,
): (facts: Facts) => Ternary {
  const closed = close<Ternary>(expression);
  return (facts) => closed(facts, null);
}

/** Closes a checked number expression; NaN where the number is unknown. */
export function closeNumber(expression: Expression): (facts: Facts) => number {
  const closed = close<number>(expression);
  return (facts) => closed(facts, null);
}

/** Yields what the expression's type says; the caller knows it. */
function close<T extends Value>(expression: Expression): Closure<T> {
  return closeValue(expression) as Closure<T>;
}

function closeValue(expression: Expression): Closure<Value> {
  switch (expression.op) {
    case "literal": {
      const value = valueOf(expression.value);
      return () => value;
    }
    case "list":
      return () => expression.items;
    case "fact":
      return closeFact(expression);
    case "missing":
      return closeMissing(expression.facts);
    case "not": {
      const of = close<Ternary>(expression.of);
      return (facts, item) => not3(of(facts, item));
    }
    case "and":
    case "or":
      return closeJunction(expression);
    case "if":
      return closeIf(expression);
    case "order":
      return closeOrder(expression);
    case "equal":
      return closeEqual(expression);
    case "in":
      return closeIn(expression);
    case "quantifier":
      return closeQuantifier(expression);
    case "item":
      return (_facts, item) => item;
    case "arithmetic":
      return closeArithmetic(expression);
  }
}

function valueOf(literal: Literal): Value {
  return typeof literal === "boolean" ? (literal ? 1 : 0) : literal;
}

function closeFact({ fact, fallback }: Node<"fact">): Closure<Value> {
  const read = readerOf(fact);
  const flag = fact.type === "boolean";
  const type = fact.type === "integer" ? "number" : fact.type;
  const missing = fallback === null ? UNKNOWN[type] : valueOf(fallback);
  return (facts) => {
    const found = read(facts);
    if (found === null) return missing;
    return flag ? (found ? 1 : 0) : found as Value;
  };
}

/** Reads a fact as its field promises it, or null. */
function readerOf({ path, type }: FactRead): (facts: Facts) => unknown {
  const groups = path.split(".");
  const name = groups.pop() ?? "";
  return (facts) => {
    let at = facts as Readonly<Record<string, unknown>>;
    for (const one of groups) at = group(at[one]);
    const found = at[name];
    return admits(type, found) ? found : null;
  };
}

function closeMissing(facts: readonly FactRead[]): Closure<Ternary> {
  const reads = facts.map(readerOf);
  return (given) => reads.some((read) => read(given) === null) ? 1 : 0;
}

function closeJunction({ op, of }: Node<"and" | "or">): Closure<Ternary> {
  const parts = of.map((part) => close<Ternary>(part));
  const decided = op === "and" ? 0 : 1;
  const join = op === "and" ? and3 : or3;
  return (facts, item) => {
    let joined: Ternary = op === "and" ? 1 : 0;
    for (const part of parts) {
      joined = join(joined, part(facts, item));
      if (joined === decided) break;
    }
    return joined;
  };
}

function closeIf(expression: Node<"if">): Closure<Value> {
  const condition = close<Ternary>(expression.condition);
  const yes = closeValue(expression.yes);
  const no = closeValue(expression.no);
  const unknown = UNKNOWN[typeOf(expression)];
  return (facts, item) => {
    const holds = condition(facts, item);
    return holds === 2 ? unknown : (holds === 1 ? yes : no)(facts, item);
  };
}

function closeOrder({ how, of }: Node<"order">): Closure<Ternary> {
  const rising = how.startsWith("<") ? of : of.toReversed();
  const compare = how.endsWith("=") ? lessOrEqual : less;
  const [low, middle, high] = rising.map((part) => close<number>(part)) as [
    Closure<number>,
    Closure<number>,
    Closure<number>?,
  ];
  if (high === undefined) {
    return (facts, item) => compare(low(facts, item), middle(facts, item));
  }
  return (facts, item) => {
    const between = middle(facts, item);
    return and3(
      compare(low(facts, item), between),
      compare(between, high(facts, item)),
    );
  };
}

function closeEqual(expression: Node<"equal">): Closure<Ternary> {
  const left = close<Ternary>(expression.left);
  const right = close<Ternary>(expression.right);
  const flags = typeOf(expression.left) === "boolean";
  const compare = flags ? equalFlags : equal3;
  return (facts, item) => compare(left(facts, item), right(facts, item));
}

function closeIn(expression: Node<"in">): Closure<Ternary> {
  const wanted = close<Item>(expression.item);
  if (expression.list.op === "list") {
    const items = new Set(expression.list.items);
    return (facts, item) => {
      const found = wanted(facts, item);
      if (found === null || found !== found) return 2;
      return items.has(found) ? 1 : 0;
    };
  }
  const list = close<List>(expression.list);
  return (facts, item) => in3(wanted(facts, item), list(facts, item));
}

function closeQuantifier(expression: Node<"quantifier">): Closure<Ternary> {
  const { how } = expression;
  const list = close<List>(expression.list);
  const holds = close<Ternary>(expression.holds);
  return (facts, item) =>
    quantify(how, list(facts, item), (one) => holds(facts, one));
}

function closeArithmetic({ how, of }: Node<"arithmetic">): Closure<number> {
  const [first, ...rest] = of.map((part) => close<number>(part)) as [
    Closure<number>,
    ...Closure<number>[],
  ];
  if (how === "-" && rest.length === 0) {
    return (facts, item) => -first(facts, item);
  }
  const compute = COMPUTE[how];
  return (facts, item) => {
    let result = first(facts, item);
    for (const part of rest) {
      result = finite(compute(result, part(facts, item)));
    }
    return result;
  };
}

const COMPUTE: Readonly<
  Record<Node<"arithmetic">["how"], (left: number, right: number) => number>
> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  min: Math.min,
  max: Math.max,
};
