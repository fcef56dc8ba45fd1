/**
 * Values of a fact at which a rule may turn: literals that it is compared with, and
 * roots of what is reckoned, each on both sides.
 *
 * They only say where to look. Whether a verdict turns there is judged.
 *
 * @module
 */
import type { Facts } from "../../domain/verdict.ts";
import {
  children,
  type Expression,
  type FactRead,
  factsOf,
} from "../language/expression.ts";
import { interpret, type Outcome } from "../language/interpret.ts";

/** Distance between the two points from which a root is reckoned. */
const SPAN = 1000;

/** What a rule asks, and the facts it would see for a value of the fact. */
export interface Inquiry {
  readonly expression: Expression;
  seen(value: Outcome): Facts;
}

/**
 * Texts that a fact is compared with.
 *
 * @param path The fact.
 * @param inquiry What asks, and what it sees.
 */
export function turningTexts(
  path: string,
  { expression, seen }: Inquiry,
): readonly string[] {
  const facts = seen(null);
  return comparisonsOf(expression, path).flatMap((comparison) =>
    children(comparison).flatMap((side) => {
      const value = interpret(side, facts);
      return Array.isArray(value) ? value : [value];
    })
  ).filter((value) => typeof value === "string");
}

/**
 * Numbers at which comparisons with a fact may turn.
 *
 * @param starts Values from which roots are sought.
 * @returns Not rounded, not sorted.
 */
export function turningNumbers(
  path: string,
  { expression, seen }: Inquiry,
  starts: readonly number[],
): readonly number[] {
  return comparisonsOf(expression, path).flatMap((comparison) => {
    if (comparison.op === "in") {
      const items = interpret(comparison.list, seen(null));
      return Array.isArray(items) ? items.map(Number) : [];
    }
    const sides = children(comparison);
    return sides.slice(1).flatMap((right, place) => {
      const left = sides[place] ?? right;
      return starts.flatMap((start) =>
        findRoot(start, (value) => {
          const facts = seen(value);
          const [a, b] = [interpret(left, facts), interpret(right, facts)];
          return typeof a === "number" && typeof b === "number" ? a - b : NaN;
        })
      );
    });
  });
}

/** Where a line through two points crosses zero. */
function findRoot(start: number, gap: (value: number) => number): number[] {
  const at = gap(start);
  const slope = (gap(start + SPAN) - at) / SPAN;
  const root = start - at / slope;
  return Number.isFinite(root) ? [root] : [];
}

/** Comparisons and look-ups in which a fact stands, the innermost ones too. */
function comparisonsOf(
  expression: Expression,
  path: string,
): readonly Expression[] {
  const inner = children(expression).flatMap((part) =>
    comparisonsOf(part, path)
  );
  const compares = ["order", "equal", "in"].includes(expression.op);
  const reads = compares &&
    factsOf(expression).some((fact) => dependsOn(fact, path));
  return reads ? [expression, ...inner] : inner;
}

/** The step follows from both amounts, and what results from the one proposed. */
export function dependsOn(fact: FactRead, path: string): boolean {
  return fact.path === path ||
    (path.startsWith("amount.") && fact.path.startsWith("amount."));
}
