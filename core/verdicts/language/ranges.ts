/**
 * Between what an expression's numbers lie.
 *
 * Bounds follow the catalogue's ranges and the rules of floating-point numbers, whose
 * rounding keeps order; what is not finite is unknown and so outside every claim.
 *
 * @module
 */
import type { Catalogue, Range } from "./catalogue.ts";
import type { Expression } from "./expression.ts";

/** Of which nothing is known. */
export const ANY: Range = [-Infinity, Infinity];
const WHOLE: Range = [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/** Least and most that a number can be when it is known. */
export function rangeOf(expression: Expression, catalogue: Catalogue): Range {
  switch (expression.op) {
    case "literal": {
      const { value } = expression;
      return typeof value === "number" ? [value, value] : ANY;
    }
    case "fact": {
      const { fact, fallback } = expression;
      const whole = fact.type === "integer" ? WHOLE : ANY;
      const range = catalogue.find(fact.path)?.range ?? whole;
      return typeof fallback === "number"
        ? hull([range, [fallback, fallback]])
        : range;
    }
    case "if":
      return hull(
        [expression.yes, expression.no].map((e) => rangeOf(e, catalogue)),
      );
    case "arithmetic":
      return compute(
        expression.how,
        expression.of.map((part) => rangeOf(part, catalogue)),
      );
    default:
      return ANY;
  }
}

function hull(of: readonly Range[]): Range {
  return [
    Math.min(...of.map(([least]) => least)),
    Math.max(...of.map(([, most]) => most)),
  ];
}

function compute(how: string, of: readonly Range[]): Range {
  const [first = ANY, ...rest] = of;
  if (how === "-" && rest.length === 0) return [-first[1], -first[0]];
  return rest.reduce((left, right) => combine(how, left, right), first);
}

function combine(how: string, a: Range, b: Range): Range {
  switch (how) {
    case "+":
      return sound([a[0] + b[0], a[1] + b[1]]);
    case "-":
      return sound([a[0] - b[1], a[1] - b[0]]);
    case "*":
      return corners(a, b, (x, y) => x * y);
    case "/":
      return b[0] > 0 || b[1] < 0 ? corners(a, b, (x, y) => x / y) : ANY;
    case "%": {
      const most = Math.min(
        Math.max(Math.abs(b[0]), Math.abs(b[1])),
        Math.max(Math.abs(a[0]), Math.abs(a[1])),
      );
      return [a[0] < 0 ? -most : 0, a[1] > 0 ? most : 0];
    }
    case "min":
      return [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
    default:
      return [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  }
}

function corners(a: Range, b: Range, by: (x: number, y: number) => number) {
  const all = a.flatMap((x) => b.map((y) => by(x, y)));
  return sound([Math.min(...all), Math.max(...all)]);
}

/** Sums and products of infinities say nothing. */
function sound([least, most]: Range): Range {
  return [
    Number.isNaN(least) ? -Infinity : least,
    Number.isNaN(most) ? Infinity : most,
  ];
}
