/**
 * Comparisons whose answer the ranges of their numbers fix, so that they decide nothing.
 *
 * @module
 */
import type { Catalogue, Range } from "./catalogue.ts";
import { children, type Expression } from "./expression.ts";
import { printExpression } from "./print_expression.ts";
import { ANY, rangeOf } from "./ranges.ts";

/**
 * Finds a comparison that is always or never true when it is known, an item that a list
 * is never searched for, or a division by zero.
 *
 * @returns What is wrong with it and how to put it right, or null.
 */
export function findConstant(
  expression: Expression,
  catalogue: Catalogue,
): string | null {
  const own = judge(expression, (part) => rangeOf(part, catalogue));
  if (own !== null) return own;
  for (const inner of children(expression)) {
    const found = findConstant(inner, catalogue);
    if (found !== null) return found;
  }
  return null;
}

type RangeIn = (part: Expression) => Range;

function judge(expression: Expression, range: RangeIn): string | null {
  switch (expression.op) {
    case "order": {
      const holds = ordered(expression.how, expression.of.map(range));
      return holds === null ? null : sayConstant(expression, holds, range);
    }
    case "equal": {
      const { left, right } = expression;
      const same = JSON.stringify(left) === JSON.stringify(right);
      if (same) return sayConstant(expression, true, range);
      const [a, b] = [range(left), range(right)];
      const apart = a[1] < b[0] || b[1] < a[0] ||
        (left.op === "literal" && right.op === "literal");
      return apart ? sayConstant(expression, false, range) : null;
    }
    case "in": {
      const { item, list } = expression;
      if (item.op !== "literal" || list.op !== "list") {
        return findStray(expression, range);
      }
      const holds = list.items.some((one) => one === item.value);
      return sayConstant(expression, holds, range);
    }
    case "arithmetic": {
      const [, [least, most] = ANY] = expression.of.map(range);
      const divides = expression.how === "/" || expression.how === "%";
      return divides && least === 0 && most === 0
        ? `"${printExpression(expression)}" divides by zero and is never known`
        : null;
    }
    default:
      return null;
  }
}

function sayConstant(
  comparison: Expression,
  holds: boolean,
  range: RangeIn,
): string {
  const lie = children(comparison)
    .filter((part) => part.op !== "literal" && range(part) !== ANY)
    .map((part) =>
      `${printExpression(part)} lies in ${printRange(range(part))}`
    );
  const why = lie.length === 0 ? "" : `: ${lie.join(", ")}`;
  const is = holds ? "always true" : "never true";
  const fix = holds ? "leave it out" : "correct it";
  return `"${printExpression(comparison)}" is ${is}${why}; ${fix}, ` +
    `or ask {"missing": [...]} if that is meant`;
}

/** A number that a list holds in vain. */
function findStray(
  { item, list }: Extract<Expression, { op: "in" }>,
  range: RangeIn,
): string | null {
  if (list.op !== "list") return null;
  const [least, most] = range(item);
  const stray = list.items.find((one) =>
    typeof one === "number" && (one < least || one > most)
  );
  if (stray === undefined) return null;
  const lies = printRange([least, most]);
  return `${stray} is never ${printExpression(item)}, which lies in ${lies}`;
}

/** Whether a chain of numbers in these ranges is always, or never, in order. */
function ordered(how: string, of: readonly Range[]): boolean | null {
  const rising = how.startsWith("<") ? of : of.toReversed();
  const strict = !how.endsWith("=");
  const pairs = rising.slice(1).map((right, index) => {
    const left = rising[index] ?? ANY;
    if (strict ? left[1] < right[0] : left[1] <= right[0]) return true;
    return (strict ? left[0] >= right[1] : left[0] > right[1]) ? false : null;
  });
  if (pairs.includes(false)) return false;
  return pairs.includes(null) ? null : true;
}

function printRange([least, most]: Range): string {
  return `${least} to ${most}`;
}
