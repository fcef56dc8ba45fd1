/**
 * Conditions in words. A negation is carried down to what it denies, which keeps the
 * meaning in three-valued logic; a group within a group of another kind stands in
 * parentheses, so that a sentence can be read in one way only.
 *
 * @module
 */
import type { Expression } from "../language/expression.ts";
import { typeOf } from "../language/expression.ts";
import { MIRRORED, OPPOSITE, sayOrdering, sayWindow } from "./ordering.ts";
import { findShare, type Reckoned, unitOf } from "./share.ts";
import { joinWords, sayFact, sayFlag, sayValue } from "./spoken.ts";

/** Most items of a shared list that are told one by one. */
const MAX_TOLD = 12;

/** A clause, and by what its parts are joined. */
interface Clause {
  readonly text: string;
  /** `one` if nothing is joined; what is `mixed` is never joined bare. */
  readonly by: "and" | "or" | "one" | "mixed";
}

/** Says a condition, such as `the channel is sms or push`. */
export function sayCondition(condition: Expression): string {
  return say(condition, true).text;
}

/** Says conditions that must all hold; nothing where there are none. */
export function sayAll(conditions: readonly Expression[]): string {
  const [only = null] = conditions;
  if (only !== null && conditions.length === 1) return sayCondition(only);
  return conditions.map((part) => inside(say(part, true), "and")).join(" and ");
}

/** What a condition joins by `and`, however nested. */
export function conjunctsOf(condition: Expression): readonly Expression[] {
  if (condition.op !== "and") return [condition];
  return condition.of.flatMap(conjunctsOf);
}

function say(condition: Expression, holds: boolean): Clause {
  switch (condition.op) {
    case "literal":
      return one(condition.value === holds ? "always" : "never");
    case "fact":
      return sayFlagFact(condition, holds);
    case "missing":
      return sayMissing(condition.facts.map(({ path }) => path), holds);
    case "not":
      return say(condition.of, !holds);
    case "and":
    case "or":
      return sayJunction(condition, holds);
    case "if":
      return sayChoice(condition, holds);
    case "order":
      return sayOrder(condition, holds);
    case "equal":
      return sayEqual(condition, holds);
    case "in":
      return sayIn(condition, holds);
    case "quantifier":
      return sayQuantifier(condition, holds);
    default:
      return one(`${sayTerm(condition, null)} is ${holds ? "" : "not "}set`);
  }
}

function one(text: string): Clause {
  return { text, by: "one" };
}

function inside({ text, by }: Clause, parent: "and" | "or"): string {
  return by === "one" || by === parent ? text : `(${text})`;
}

function sayFlagFact(
  { fact, fallback }: Extract<Expression, { op: "fact" }>,
  holds: boolean,
): Clause {
  const text = sayFlag(fact.path, holds);
  if (fallback === null) return one(text);
  return one(`${text} (${fallback === holds ? "yes" : "no"} if unknown)`);
}

function sayMissing(paths: readonly string[], holds: boolean): Clause {
  const state = holds ? "unknown" : "known";
  const by = holds ? "or" : "and";
  const said = paths.map((path) => `${sayFact(path)} is ${state}`);
  const text = said.join(` ${by} `);
  return said.length === 1 ? one(text) : { text, by };
}

function sayJunction(
  { op, of }: Extract<Expression, { op: "and" | "or" }>,
  holds: boolean,
): Clause {
  const by = (op === "and") === holds ? "and" : "or";
  const only = of.length === 1 ? of[0] : undefined;
  if (only) return say(only, holds);
  const window = sayWindow(of, by, holds);
  if (window !== null) return one(window);
  const parts = of.map((part) => inside(say(part, holds), by));
  return { text: parts.join(` ${by} `), by };
}

function sayChoice(
  { condition, yes, no }: Extract<Expression, { op: "if" }>,
  holds: boolean,
): Clause {
  const [then, otherwise] = [yes, no].map((branch) =>
    inside(say(branch, holds), "and")
  );
  const text = `${then} if ${
    inside(say(condition, true), "and")
  }, else ${otherwise}`;
  return { text, by: "mixed" };
}

function sayOrder(
  { how, of }: Extract<Expression, { op: "order" }>,
  holds: boolean,
): Clause {
  const unit = of.map(unitOf).find((found) => found !== null) ?? null;
  const [left, middle, right] = of;
  if (!left || !middle) return one("always");
  if (right) {
    const low = `${sayOrdering(MIRRORED[how], unit)} ${sayTerm(left, unit)}`;
    const high = `${sayOrdering(how, unit)} ${sayTerm(right, unit)}`;
    const is = holds ? "is" : "is not both";
    return {
      text: `${sayTerm(middle, unit)} ${is} ${low} and ${high}`,
      by: "and",
    };
  }
  const turned = left.op === "literal";
  const asked = turned ? MIRRORED[how] : how;
  const word = sayOrdering(holds ? asked : OPPOSITE[asked], unit);
  const [subject, bound] = turned ? [middle, left] : [left, middle];
  return one(`${sayTerm(subject, unit)} is ${word} ${sayTerm(bound, unit)}`);
}

function sayEqual(
  { left, right }: Extract<Expression, { op: "equal" }>,
  holds: boolean,
): Clause {
  if (typeOf(left) === "boolean") return saySameTruth(left, right, holds);
  const unit = unitOf(left) ?? unitOf(right);
  const [subject, value] = left.op === "literal"
    ? [right, left]
    : [left, right];
  const is = holds ? "is" : "is not";
  return one(`${sayTerm(subject, unit)} ${is} ${sayTerm(value, unit)}`);
}

function saySameTruth(
  left: Expression,
  right: Expression,
  holds: boolean,
): Clause {
  if (right.op === "literal") return say(left, right.value === holds);
  if (left.op === "literal") return say(right, left.value === holds);
  const [first, second] = [say(left, true), say(right, holds)]
    .map((clause) => inside(clause, "and"));
  return { text: `${first} exactly when ${second}`, by: "mixed" };
}

function sayIn(
  { item, list }: Extract<Expression, { op: "in" }>,
  holds: boolean,
): Clause {
  const unit = unitOf(item);
  const subject = sayTerm(item, unit);
  if (list.op !== "list") {
    return one(
      `${subject} is ${holds ? "" : "not "}among ${sayTerm(list, unit)}`,
    );
  }
  if (list.name !== undefined) {
    return one(`${subject} is ${holds ? "" : "not "}on the list ${list.name}`);
  }
  const words = list.items.map((one) => sayValue(one, unit));
  if (words.length === 1) {
    return one(`${subject} is ${holds ? "" : "not "}${words[0]}`);
  }
  return holds
    ? { text: `${subject} is ${joinWords(words, "or")}`, by: "or" }
    : one(`${subject} is neither ${words.join(" nor ")}`);
}

/** Items of a shared list, the first of them where there are many. */
export function sayItems(
  items: readonly (string | number)[],
  unit: string | null,
): readonly string[] {
  const told = items.length > MAX_TOLD ? items.slice(0, MAX_TOLD) : items;
  const words = told.map((item) => sayValue(item, unit));
  const untold = items.length - told.length;
  return untold === 0 ? words : [...words, `${untold} more`];
}

function sayQuantifier(
  { how, list, holds: each }: Extract<Expression, { op: "quantifier" }>,
  holds: boolean,
): Clause {
  const items = sayTerm(list, null);
  const { text } = say(each, true);
  if (how === "all") {
    const not = holds ? "" : "not ";
    return {
      text: `${not}for each item of ${items}, which has at least one: ${text}`,
      by: "mixed",
    };
  }
  const which = (how === "some") === holds ? "some" : "no";
  return { text: `for ${which} item of ${items}: ${text}`, by: "mixed" };
}

/**
 * Says a value that is no condition.
 *
 * @param unit Unit in which its bare numbers are meant; null if none.
 */
export function sayTerm(expression: Expression, unit: string | null): string {
  switch (expression.op) {
    case "literal":
      return sayValue(expression.value, unit);
    case "fact": {
      const { fact, fallback } = expression;
      const name = sayFact(fact.path);
      if (fallback === null) return name;
      return `${name} (${sayValue(fallback, expression.unit)} if unknown)`;
    }
    case "list":
      return expression.name === undefined
        ? joinWords(expression.items.map((one) => sayValue(one, unit)), "and")
        : `the list ${expression.name}`;
    case "item":
      return "the item";
    case "if": {
      const { condition, yes, no } = expression;
      const otherwise = sayTerm(no, unit);
      return `(${sayTerm(yes, unit)} if ${
        sayCondition(condition)
      }, else ${otherwise})`;
    }
    case "arithmetic":
      return sayReckoned(expression, unit);
    default:
      return `whether (${sayCondition(expression)})`;
  }
}

const SIGNS = { "+": "plus", "-": "minus", "*": "times", "/": "divided by" };

function sayReckoned(reckoned: Reckoned, meant: string | null): string {
  const { how, of } = reckoned;
  const unit = unitOf(reckoned) ?? meant;
  const share = findShare(reckoned, unit);
  if (share) return `${share.percent}% of ${sayPart(share.of, unit)}`;
  const scales = how === "*" || how === "/";
  const parts = of.map((part) => sayPart(part, scales ? null : unit));
  const [first = "", second = ""] = parts;
  if (how === "min" || how === "max") return sayExtreme(how, parts);
  if (how === "%") return `the remainder of ${first} divided by ${second}`;
  return of.length === 1 ? `minus ${first}` : parts.join(` ${SIGNS[how]} `);
}

function sayExtreme(how: "min" | "max", parts: readonly string[]): string {
  if (parts.length === 1) return parts.join();
  const word = how === "min" ? "smallest" : "largest";
  return `the ${word} of ${joinWords(parts, "and")}`;
}

function sayPart(part: Expression, unit: string | null): string {
  const said = sayTerm(part, unit);
  return part.op === "arithmetic" && part.of.length > 1 ? `(${said})` : said;
}
