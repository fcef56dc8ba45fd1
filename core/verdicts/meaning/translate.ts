/**
 * From checked expressions to terms.
 *
 * @module
 */
import { type Expression, typeOf } from "../language/expression.ts";
import { interpret } from "../language/interpret.ts";
import { arithmetic, equalNumbers, less, step } from "./number_term.ts";
import {
  among,
  and,
  choose,
  constant,
  defined,
  itemOf,
  not,
  or,
  read,
  surely,
  type Term,
} from "./term.ts";

/** What a condition sees beside the facts. */
export interface View {
  /** The amount, where `amount.micros` is read. */
  readonly amount: Term;
  /** The item of a quantifier. */
  readonly item?: Term;
}

/** The amount that is proposed. */
export const PROPOSED = read({ path: "amount.micros", type: "integer" });
/** The amount in force today. */
export const CURRENT = read({ path: "amount.currentMicros", type: "integer" });

/** Translates an expression. */
export function toTerm(
  expression: Expression,
  view: View = { amount: PROPOSED },
): Term {
  function term(inner: Expression): Term {
    return toTerm(inner, view);
  }
  switch (expression.op) {
    case "literal":
      return constant(expression.value);
    case "fact":
      return toRead(expression, view);
    case "missing":
      return or(...expression.facts.map((fact) => {
        const found = toRead({ fact, fallback: null }, view);
        return not(surely(defined(found)));
      }));
    case "not":
      return not(term(expression.of));
    case "and":
      return and(...expression.of.map(term));
    case "or":
      return or(...expression.of.map(term));
    case "if": {
      const { condition, yes, no } = expression;
      return choose(term(condition), term(yes), term(no));
    }
    case "order":
      return order(expression.how, expression.of.map(term));
    case "equal":
      return equal(expression, view);
    case "in":
      return isIn(term(expression.item), expression.list, view);
    case "quantifier":
      return quantify(expression, view);
    case "item":
      return view.item ?? itemOf(expression.type);
    case "arithmetic":
      return calculate(expression, expression.of.map(term));
    case "list":
      throw new TypeError("Cannot compare a list: it stands only in look-ups");
  }
}

/** Numbers written out are worked out. */
function calculate(
  expression: Extract<Expression, { op: "arithmetic" }>,
  of: readonly Term[],
): Term {
  return expression.of.every(({ op }) => op === "literal")
    ? constant(interpret(expression, {}) as number | null)
    : arithmetic(expression.how, of);
}

function toRead(
  { fact, fallback }: Pick<
    Extract<Expression, { op: "fact" }>,
    "fact" | "fallback"
  >,
  { amount }: View,
): Term {
  const found = fact.path === "amount.micros"
    ? amount
    : fact.path === "amount.stepPermille"
    ? step(amount, CURRENT)
    : null;
  if (found === null) return read(fact, fallback);
  if (fallback === null) return found;
  return choose(surely(defined(found)), found, constant(fallback));
}

function order(how: string, of: readonly Term[]): Term {
  return and(
    ...of.slice(1).map((right, index) => {
      const left = of[index] ?? right;
      switch (how) {
        case "<":
          return less(left, right);
        case ">":
          return less(right, left);
        case "<=":
          return not(less(right, left));
        default:
          return not(less(left, right));
      }
    }),
  );
}

function equal(
  { left, right }: Extract<Expression, { op: "equal" }>,
  view: View,
): Term {
  const [a, b] = [toTerm(left, view), toTerm(right, view)];
  switch (typeOf(left)) {
    case "number":
      return equalNumbers(a, b);
    case "boolean":
      return or(and(a, b), and(not(a), not(b)));
    default:
      return same(a, b);
  }
}

function same(left: Term, right: Term): Term {
  if (left.op === "constant" || right.op === "constant") {
    const [item, other] = left.op === "constant"
      ? [right, left]
      : [left, right];
    const { value } = other as Extract<Term, { op: "constant" }>;
    return value === null ? constant(null) : among(item, [value as string]);
  }
  if (left.op === "if") {
    const { condition, yes, no } = left;
    return choose(condition, same(yes, right), same(no, right));
  }
  if (right.op === "if") return same(right, left);
  const [a, b] = left.key < right.key ? [left, right] : [right, left];
  return { op: "same", left: a, right: b, key: `same(${a.key},${b.key})` };
}

function isIn(item: Term, list: Expression, view: View): Term {
  switch (list.op) {
    case "list":
      return among(item, list.items);
    case "if":
      return choose(
        toTerm(list.condition, view),
        isIn(item, list.yes, view),
        isIn(item, list.no, view),
      );
    default:
      return includes(item, toTerm(list, view));
  }
}

/** Whether a list that is a fact holds an item. */
function includes(item: Term, list: Term): Term {
  if (item.op === "if") {
    const { condition, yes, no } = item;
    return choose(condition, includes(yes, list), includes(no, list));
  }
  const key = `includes(${list.key},${item.key})`;
  return { op: "includes", item, list, key };
}

type Quantifier = Extract<Expression, { op: "quantifier" }>;

function quantify({ how, list, holds }: Quantifier, view: View): Term {
  if (how === "none") {
    return not(quantify({ op: "quantifier", how: "some", list, holds }, view));
  }
  if (list.op === "if") {
    return choose(
      toTerm(list.condition, view),
      quantify({ op: "quantifier", how, list: list.yes, holds }, view),
      quantify({ op: "quantifier", how, list: list.no, holds }, view),
    );
  }
  if (list.op === "list") {
    const each = list.items.map((value) =>
      toTerm(holds, { ...view, item: constant(value) })
    );
    if (how === "some") return or(...each);
    return each.length === 0 ? constant(false) : and(...each);
  }
  const found = toTerm(list, view);
  const inner = toTerm(holds, view);
  const key = `${how}(${found.key},${inner.key})`;
  return { op: how, list: found, holds: inner, key };
}
