/**
 * What a term can be while its facts are known only in part.
 *
 * @module
 */
import type { Box, Domain } from "./domain.ts";
import {
  combine,
  hull,
  type Interval,
  isPossible,
  NOWHERE,
  point,
  roundMicros,
  scaleMicros,
  stepBetween,
  takePortion,
} from "./interval.ts";
import { isAtMost } from "./dominance.ts";
import {
  amongNumbers,
  amongTexts,
  includesNumber,
  includesText,
  sameText,
  sameTexts,
  type Texts,
} from "./lookups.ts";
import { conjoin, F, negate, quantify, T, U } from "./outcomes.ts";
import type { Term } from "./term.ts";

/** Facts as far as they are known, and comparisons that are taken as decided. */
export interface Known {
  readonly box: Box;
  /** Outcomes by the key of a comparison. */
  readonly assumed: ReadonlyMap<string, number>;
  /** The item that a quantifier looks at. */
  readonly item?: string | number;
  /** Outcomes that were worked out before, by the key of a comparison. */
  readonly memo?: Map<string, number>;
}

const MISSING: Domain = { missing: true, values: null };

/** Outcomes that a condition can have. */
export function outcomesOf(term: Term, known: Known): number {
  switch (term.op) {
    case "constant":
      return term.value === null ? U : term.value ? T : F;
    case "read":
      return flagOutcomes(term, known);
    case "not":
      return negate(outcomesOf(term.of, known));
    case "and":
      return allOutcomes(term.of, known);
    case "or":
      return negate(allOutcomes(term.of, known, negate));
    case "if": {
      const holds = outcomesOf(term.condition, known);
      return (holds & U) |
        (holds & T ? outcomesOf(term.yes, known) : 0) |
        (holds & F ? outcomesOf(term.no, known) : 0);
    }
    case "surely": {
      const found = outcomesOf(term.of, known);
      return (found & T) | (found & (F | U) ? F : 0);
    }
    case "possibly": {
      const found = outcomesOf(term.of, known);
      return (found & F) | (found & (T | U) ? T : 0);
    }
    default:
      return comparisonOutcomes(term, known);
  }
}

function comparisonOutcomes(term: Term, known: Known): number {
  const memo = known.item === undefined ? known.memo : undefined;
  const before = memo?.get(term.key);
  if (before !== undefined) return before;
  const assumed = known.assumed.get(term.key) ?? (T | F | U);
  const found = compare(term, known) & assumed;
  memo?.set(term.key, found);
  return found;
}

/** Outcomes of a comparison by the facts alone, whatever is assumed of it. */
export function compare(term: Term, known: Known): number {
  switch (term.op) {
    case "defined":
      return definedOutcomes(term.of, known);
    case "less":
      return lessOutcomes(term, known);
    case "among":
      return isTextual(term.items)
        ? amongTexts(textsOf(term.item, known), term.items)
        : amongNumbers(numberOf(term.item, known), term.items);
    case "same":
      return sameOutcomes(term, known);
    case "includes":
      return includesOutcomes(term, known);
    case "some":
    case "all":
      return quantifierOutcomes(term, known);
    default:
      throw new TypeError(
        `Cannot decide a term "${term.op}": it is no condition`,
      );
  }
}

/** Outcomes of "all of these", each perhaps negated. */
function allOutcomes(
  of: readonly Term[],
  known: Known,
  turn: (found: number) => number = (found) => found,
): number {
  let result = T;
  for (const part of of) {
    const found = turn(outcomesOf(part, known));
    if (found === F || found === 0) return found;
    result = conjoin(result, found);
  }
  return result;
}

function domainOf(
  { slot }: Extract<Term, { op: "read" }>,
  { box }: Known,
): Domain {
  return box.get(slot) ?? MISSING;
}

function flagOutcomes(
  term: Extract<Term, { op: "read" }>,
  known: Known,
): number {
  const { missing, values } = domainOf(term, known);
  const without = term.fallback === null ? U : term.fallback ? T : F;
  const options = values?.kind === "options" ? values.options : [];
  return (missing ? without : 0) | (options.includes(true) ? T : 0) |
    (options.includes(false) ? F : 0);
}

function definedOutcomes(of: Term, known: Known): number {
  if (of.op === "read" && of.fact.type !== "integer") {
    const { missing, values } = domainOf(of, known);
    return (missing ? U : 0) | (values === null ? 0 : T);
  }
  const found = numberOf(of, known);
  return (found.unknown ? U : 0) | (isPossible(found) ? T : 0);
}

/** Numbers that a term can be. */
export function numberOf(term: Term, known: Known): Interval {
  switch (term.op) {
    case "constant":
      return term.value === null ? NOWHERE : point(Number(term.value));
    case "read": {
      const { missing, values } = domainOf(term, known);
      const found = values?.kind === "interval"
        ? { lo: values.lo, hi: values.hi, unknown: false }
        : { ...NOWHERE, unknown: false };
      if (!missing) return found;
      return hull(
        found,
        term.fallback === null ? NOWHERE : point(Number(term.fallback)),
      );
    }
    case "item":
      return typeof known.item === "number" ? point(known.item) : NOWHERE;
    case "if": {
      const holds = outcomesOf(term.condition, known);
      const none = { ...NOWHERE, unknown: (holds & U) !== 0 };
      const yes = holds & T ? numberOf(term.yes, known) : none;
      const no = holds & F ? numberOf(term.no, known) : none;
      return hull(none, hull(yes, no));
    }
    case "arithmetic":
      return combine(term.how, term.of.map((one) => numberOf(one, known)));
    case "whole":
      return roundMicros(term.how, numberOf(term.of, known));
    case "portion":
      return takePortion(term, numberOf(term.of, known));
    case "scaled": {
      const of = numberOf(term.of, known);
      const holds = outcomesOf(term.when, known);
      const after = scaleMicros(of, term.permille);
      return holds === T ? after : holds & T ? hull(of, after) : of;
    }
    case "step":
      return stepBetween(
        numberOf(term.amount, known),
        numberOf(term.current, known),
      );
    default:
      return NOWHERE;
  }
}

function lessOutcomes(
  { left, right }: Extract<Term, { op: "less" }>,
  known: Known,
): number {
  const [a, b] = [numberOf(left, known), numberOf(right, known)];
  const unknown = a.unknown || b.unknown ? U : 0;
  if (!isPossible(a) || !isPossible(b)) return unknown;
  const view = {
    assumed: known.assumed,
    number: (term: Term) => numberOf(term, known),
    outcomes: (term: Term) => outcomesOf(term, known),
  };
  const isTrue = a.lo < b.hi && !isAtMost(right, left, view) ? T : 0;
  const isFalse = a.hi >= b.lo ? F : 0;
  return unknown | isTrue | isFalse;
}

/** Whether a list holds texts. */
export function isTextual(items: ReadonlySet<string | number>): boolean {
  for (const first of items) return typeof first === "string";
  return false;
}

/** Texts that a term can be. */
function textsOf(term: Term, known: Known): Texts {
  switch (term.op) {
    case "constant":
      return { texts: [String(term.value)], unknown: false };
    case "item":
      return typeof known.item === "string"
        ? { texts: [known.item], unknown: false }
        : { texts: [], unknown: true };
    case "read": {
      const { missing, values } = domainOf(term, known);
      const options = values?.kind === "options"
        ? values.options as readonly string[]
        : [];
      if (!missing || term.fallback === null) {
        return { texts: options, unknown: missing };
      }
      return { texts: [...options, String(term.fallback)], unknown: false };
    }
    default:
      return { texts: [], unknown: true };
  }
}

function sameOutcomes(
  { left, right }: Extract<Term, { op: "same" }>,
  known: Known,
): number {
  const found = textsOf(left, known);
  if (left.key === right.key) return sameText(found);
  return sameTexts(found, textsOf(right, known));
}

function includesOutcomes(
  { item, list }: Extract<Term, { op: "includes" }>,
  known: Known,
): number {
  if (list.op !== "read") return T | F | U;
  const domain = domainOf(list, known);
  return list.fact.type === "strings"
    ? includesText(domain, textsOf(item, known))
    : includesNumber(domain, numberOf(item, known));
}

function quantifierOutcomes(
  { op, list, holds }: Extract<Term, { op: "some" | "all" }>,
  known: Known,
): number {
  if (list.op !== "read") return T | F | U;
  const { missing, values } = domainOf(list, known);
  const doubt = missing ? U : 0;
  if (values?.kind !== "list") return doubt;
  const [must, may] = [values.must, values.may].map((items) =>
    items.map((item) => outcomesOf(holds, { ...known, item }))
  ) as [number[], number[]];
  return doubt | quantify(op, must, may);
}
