/**
 * What rules and verdicts come to, in a form that can be compared: few operators,
 * operands in one order, equal meaning mostly under one key.
 *
 * Conditions are three-valued as in the language; `surely` and `possibly` make them
 * two-valued, and are pushed down to the comparisons.
 *
 * @module
 */
import type { FactRead, Literal } from "../language/expression.ts";

/** Largest amount that a verdict may hold, in micros. */
export const LARGEST = Number.MAX_SAFE_INTEGER;
/** Above every amount: the bound where no rule sets one. */
export const UNBOUNDED = LARGEST + 1;
/** Largest amount of which fractions are exact: a billion. */
export const MOST_MICROS = 1e15;

/** One condition, number, text or list; terms of one key mean the same. */
export type Term = { readonly key: string } & Shape;

type Shape =
  | { readonly op: "constant"; readonly value: Literal | null }
  | {
    readonly op: "read";
    readonly fact: FactRead;
    /** Names the fact, as what it is read: path and type. */
    readonly slot: string;
    /** Taken when the fact is missing; null if then unknown. */
    readonly fallback: Literal | null;
  }
  | { readonly op: "item"; readonly type: "string" | "number" }
  | { readonly op: "not"; readonly of: Term }
  | { readonly op: "and" | "or"; readonly of: readonly Term[] }
  | {
    readonly op: "if";
    readonly condition: Term;
    readonly yes: Term;
    readonly no: Term;
  }
  /** True if the condition is true; true unless it is false. */
  | { readonly op: "surely" | "possibly"; readonly of: Term }
  /** True where a number is known, unknown elsewhere. */
  | { readonly op: "defined"; readonly of: Term }
  | { readonly op: "less"; readonly left: Term; readonly right: Term }
  | { readonly op: "same"; readonly left: Term; readonly right: Term }
  | {
    readonly op: "among";
    readonly item: Term;
    /** Texts only or numbers only. */
    readonly items: ReadonlySet<string | number>;
  }
  | { readonly op: "includes"; readonly item: Term; readonly list: Term }
  | {
    readonly op: "some" | "all";
    readonly list: Term;
    readonly holds: Term;
  }
  | {
    readonly op: "arithmetic";
    readonly how: string;
    readonly of: readonly Term[];
  }
  /** Whole micros from 0 to the largest, rounded down or up. */
  | { readonly op: "whole"; readonly how: "down" | "up"; readonly of: Term }
  /** A fraction of an amount in micros, exact, rounded down or up. */
  | {
    readonly op: "portion";
    readonly how: "down" | "up";
    readonly of: Term;
    readonly fraction: readonly [numerator: number, denominator: number];
  }
  /** Thousandths of an amount, rounded down, where a condition holds. */
  | {
    readonly op: "scaled";
    readonly of: Term;
    readonly when: Term;
    readonly permille: number;
  }
  /** Distance from the amount in force in thousandths of it, rounded up. */
  | { readonly op: "step"; readonly amount: Term; readonly current: Term };

/** True. */
export const TRUE = constant(true);
/** False. */
export const FALSE = constant(false);

/** A literal, or null for what is always unknown. */
export function constant(value: Literal | null): Term {
  const zero = Object.is(value, -0) ? "-0" : JSON.stringify(value);
  return { op: "constant", value, key: zero };
}

/** A fact, or its fallback. */
export function read(fact: FactRead, fallback: Literal | null = null): Term {
  const or = fallback === null ? "" : `|${JSON.stringify(fallback)}`;
  const type = fact.type === "integer" ? "number" : fact.type;
  const slot = `${fact.path}:${type}`;
  return { op: "read", fact, slot, fallback, key: slot + or };
}

/** The item that a quantifier looks at. */
export function itemOf(type: "string" | "number"): Term {
  return { op: "item", type, key: `item:${type}` };
}

/** Negation. */
export function not(of: Term): Term {
  if (of.op === "constant") {
    return of.value === null ? of : constant(!of.value);
  }
  return of.op === "not" ? of.of : { op: "not", of, key: `!${of.key}` };
}

/** All of these. */
export function and(...of: readonly Term[]): Term {
  return junction("and", of);
}

/** Any of these. */
export function or(...of: readonly Term[]): Term {
  return junction("or", of);
}

function junction(op: "and" | "or", given: readonly Term[]): Term {
  const [neutral, absorbing] = op === "and" ? [TRUE, FALSE] : [FALSE, TRUE];
  const parts = new Map<string, Term>();
  for (const part of given) {
    const inner = part.op === op ? part.of : [part];
    for (const one of inner) {
      if (one.key === absorbing.key) return absorbing;
      if (one.key !== neutral.key) parts.set(one.key, one);
    }
  }
  const of = [...parts.values()].sort((a, b) => a.key < b.key ? -1 : 1);
  const [first = neutral] = of;
  if (of.length < 2) return first;
  return { op, of, key: `${op}(${of.map(({ key }) => key).join()})` };
}

/** One or the other. */
export function choose(condition: Term, yes: Term, no: Term): Term {
  if (yes.key === no.key && isTwoValued(condition)) return yes;
  if (condition.op === "constant") {
    if (condition.value === null) return constant(null);
    return condition.value ? yes : no;
  }
  const key = `if(${condition.key},${yes.key},${no.key})`;
  return { op: "if", condition, yes, no, key };
}

/** Whether a condition is never unknown, by its form. */
function isTwoValued(term: Term): boolean {
  switch (term.op) {
    case "constant":
      return term.value !== null;
    case "surely":
    case "possibly":
      return true;
    case "not":
      return isTwoValued(term.of);
    case "and":
    case "or":
      return term.of.every(isTwoValued);
    default:
      return false;
  }
}

/** Whether a condition is true. */
export function surely(of: Term): Term {
  return settle("surely", of);
}

/** Whether a condition is not false. */
export function possibly(of: Term): Term {
  return settle("possibly", of);
}

function settle(op: "surely" | "possibly", of: Term): Term {
  const other = op === "surely" ? "possibly" : "surely";
  switch (of.op) {
    case "constant":
      return of.value === null ? constant(op === "possibly") : of;
    case "surely":
    case "possibly":
      return of;
    case "not":
      return not(settle(other, of.of));
    case "and":
    case "or":
      return junction(of.op, of.of.map((one) => settle(op, one)));
    case "if": {
      const { condition, yes, no } = of;
      const doubt = op === "possibly"
        ? and(possibly(condition), not(surely(condition)))
        : FALSE;
      return or(
        doubt,
        and(surely(condition), settle(op, yes)),
        and(not(possibly(condition)), settle(op, no)),
      );
    }
    case "defined":
      if (op === "possibly") return TRUE;
      break;
  }
  return { op, of, key: `${op}(${of.key})` };
}

/** True where a number or text is known, else unknown. */
export function defined(of: Term): Term {
  if (of.op === "constant") return constant(of.value === null ? null : true);
  if (of.op === "read" && of.fallback !== null) return TRUE;
  if (of.op === "whole" || of.op === "scaled" || of.op === "portion") {
    return defined(of.of);
  }
  if (of.op === "if") {
    return choose(of.condition, defined(of.yes), defined(of.no));
  }
  if (of.op === "arithmetic" && (of.how === "min" || of.how === "max")) {
    return and(...of.of.map(defined));
  }
  return { op: "defined", of, key: `defined(${of.key})` };
}

/** Whether a number is in a list, or a text. */
export function among(
  item: Term,
  given: readonly (string | number)[],
): Term {
  if (item.op === "constant") {
    const { value } = item;
    return constant(
      value === null ? null : given.some((one) => one === value),
    );
  }
  if (item.op === "if") {
    const { condition, yes, no } = item;
    return choose(condition, among(yes, given), among(no, given));
  }
  const items = new Set([...given].sort((a, b) => a < b ? -1 : 1));
  const key = `among(${item.key},${JSON.stringify([...items])})`;
  return { op: "among", item, items, key };
}

/** Facts that a term reads, each place once. */
export function readsOf(term: Term): readonly Extract<Term, { op: "read" }>[] {
  const found = new Map<string, Extract<Term, { op: "read" }>>();
  visit(term, (one) => {
    if (one.op === "read") found.set(one.key, one);
  });
  return [...found.values()];
}

/** Calls for a term and every term inside it. */
export function visit(term: Term, see: (one: Term) => void): void {
  see(term);
  partsOf(term).forEach((part) => visit(part, see));
}

/** Terms directly inside another. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.op) {
    case "constant":
    case "read":
    case "item":
      return [];
    case "and":
    case "or":
    case "arithmetic":
      return term.of;
    case "if":
      return [term.condition, term.yes, term.no];
    case "less":
    case "same":
      return [term.left, term.right];
    case "among":
      return [term.item];
    case "includes":
      return [term.item, term.list];
    case "some":
    case "all":
      return [term.list, term.holds];
    case "scaled":
      return [term.when, term.of];
    case "step":
      return [term.amount, term.current];
    default:
      return [term.of];
  }
}
