/**
 * Whether one number is never above another, by the form of both: a cap of a tenth
 * less is below, whatever the amount. Says nothing of numbers that are unknown.
 *
 * @module
 */
import { type Interval, isPossible } from "./interval.ts";
import { F, T } from "./outcomes.ts";
import { LARGEST, type Term } from "./term.ts";

/** What is known of numbers, of conditions, and what is assumed of comparisons. */
export interface Insight {
  readonly assumed: ReadonlyMap<string, number>;
  number(term: Term): Interval;
  outcomes(term: Term): number;
}

/** Whether the first is at most the second wherever both are known. */
export function isAtMost(a: Term, b: Term, known: Insight): boolean {
  if (a.key === b.key) return true;
  if (isPortionAtMost(a, b) || isAssumed(a, b, known)) return true;
  const [low, high] = [known.number(a), known.number(b)];
  if (isPossible(low) && isPossible(high) && low.hi <= high.lo) return true;
  return isScaledAtMost(a, b, known) || isRoundedAtMost(a, b, known) ||
    isOperationAtMost(a, b, known);
}

function isAssumed(a: Term, b: Term, { assumed }: Insight): boolean {
  if (assumed.size === 0) return false;
  return assumed.get(`(${a.key}<${b.key})`) === T ||
    assumed.get(`(${b.key}<${a.key})`) === F;
}

/** Fractions of one amount, which is not negative. */
function isPortionAtMost(a: Term, b: Term): boolean {
  if (a.op !== "portion" && b.op !== "portion") return false;
  const [left, right] = [portionOf(a), portionOf(b)];
  const [n, d] = left.fraction;
  const [m, c] = right.fraction;
  const isStricter = left.how !== "up" || right.how === "up" ||
    b.op !== "portion";
  return left.of.key === right.of.key && isStricter && n * c <= m * d;
}

function portionOf(term: Term) {
  const whole = { of: term, how: "any", fraction: [1, 1] as const };
  return term.op === "portion" ? term : whole;
}

/** The amount and the thousandths that apply to it for sure; null if in doubt. */
function scaleOf(
  term: Term,
  known: Insight,
): { of: Term; permille: number } | null {
  if (term.op !== "scaled") return null;
  const holds = known.outcomes(term.when);
  if ((holds & T) === 0) return { of: term.of, permille: 1000 };
  return holds === T ? { of: term.of, permille: term.permille } : null;
}

function isScaledAtMost(a: Term, b: Term, known: Insight): boolean {
  const [left, right] = [scaleOf(a, known), scaleOf(b, known)];
  const amounts = [left?.of, right?.of].filter((one) => one !== undefined);
  if (amounts.some((one) => known.number(one).lo < 0)) return false;
  if (left && right && left.permille <= right.permille) {
    if (isAtMost(left.of, right.of, known)) return true;
  }
  if (left && left.permille <= 1000 && isAtMost(left.of, b, known)) return true;
  return right !== null && right.permille >= 1000 &&
    isAtMost(a, right.of, known);
}

function isRoundedAtMost(a: Term, b: Term, known: Insight): boolean {
  if (a.op === "whole" && b.op === "whole") {
    const stricter = a.how === b.how || a.how === "down";
    if (stricter && isAtMost(a.of, b.of, known)) return true;
  }
  if (a.op === "whole" && a.how === "down") {
    const { lo } = known.number(b);
    if (lo >= 0 && isAtMost(a.of, b, known)) return true;
  }
  if (b.op !== "whole" || b.how !== "up") return false;
  return known.number(a).hi <= LARGEST && isAtMost(a, b.of, known);
}

function isOperationAtMost(a: Term, b: Term, known: Insight): boolean {
  if (a.op !== "arithmetic" || b.op !== "arithmetic") return false;
  if (a.how !== b.how || a.of.length !== b.of.length) return false;
  const pairs = a.of.map((left, index) => [left, b.of[index] ?? left] as const);
  const [first, ...rest] = pairs;
  if (first === undefined) return false;
  switch (a.how) {
    case "+":
      return pairs.every(([left, right]) => isAtMost(left, right, known));
    case "*":
      return pairs.every(([left, right]) =>
        known.number(left).lo >= 0 && isAtMost(left, right, known)
      );
    case "-":
      return rest.length > 0 && isAtMost(first[0], first[1], known) &&
        rest.every(([left, right]) => isAtMost(right, left, known));
    case "/":
      return isAtMost(first[0], first[1], known) &&
        known.number(first[0]).lo >= 0 &&
        rest.every(([left, right]) =>
          known.number(right).lo > 0 && isAtMost(right, left, known)
        );
    default:
      return false;
  }
}
