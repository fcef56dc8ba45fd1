/**
 * The unit of what an expression yields, and where units do not go together.
 *
 * Sums, differences, remainders, `min`, `max`, branches and comparisons need one unit;
 * a literal fits any. Products and quotients have the unit that follows: micros per
 * count, say. What a literal multiplies or divides keeps its unit, except that a
 * compound unit (millionths of micros) may become any, since that is how it is
 * converted.
 *
 * @module
 */
import { children, type Expression } from "./expression.ts";
import { printExpression } from "./print_expression.ts";

/** Exponents by unit, such as micros 1 and count -1; null fits every unit. */
export type Unit = ReadonlyMap<string, number> | null;

/** What is wrong with the units in an expression, and where; null if nothing is. */
export function findUnitMismatch(expression: Expression): string | null {
  for (const inner of children(expression)) {
    const found = findUnitMismatch(inner);
    if (found !== null) return found;
  }
  const names = [...new Set(alike(expression).map(unitOf).flatMap(nameOf))];
  if (names.length < 2) return null;
  const text = printExpression(expression);
  return `units differ: ${names.join(" and ")} in "${text}"`;
}

/** Parts that must be of one unit. */
function alike(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case "order":
      return expression.of;
    case "equal":
      return [expression.left, expression.right];
    case "in":
      return [expression.item, expression.list];
    case "if":
      return [expression.yes, expression.no];
    case "arithmetic":
      return isProduct(expression.how) ? [] : expression.of;
    default:
      return [];
  }
}

/** The unit of what an expression yields, if its own units go together. */
export function unitOf(expression: Expression): Unit {
  switch (expression.op) {
    case "fact":
      return expression.unit === null ? null : new Map([[expression.unit, 1]]);
    case "if":
      return unitOf(expression.yes) ?? unitOf(expression.no);
    case "arithmetic": {
      const { how, of } = expression;
      if (isProduct(how)) return multiply(of, how === "*" ? 1 : -1);
      return of.map(unitOf).find((unit) => unit !== null) ?? null;
    }
    default:
      return null;
  }
}

function isProduct(how: string): boolean {
  return how === "*" || how === "/";
}

function multiply(of: readonly Expression[], sign: 1 | -1): Unit {
  const exponents = new Map<string, number>();
  let converted = false;
  for (const [index, factor] of of.entries()) {
    const unit = unitOf(factor);
    if (unit === null && !isPlain(factor)) return null;
    converted ||= unit === null;
    for (const [name, exponent] of unit ?? []) {
      const signed = index === 0 ? exponent : sign * exponent;
      exponents.set(name, (exponents.get(name) ?? 0) + signed);
    }
  }
  const left = [...exponents].filter(([, exponent]) => exponent !== 0);
  const single = left.length === 1 && left[0]?.[1] === 1;
  return left.length === 0 || (converted && !single) ? null : new Map(left);
}

/** Whether a part is made of literals alone. */
function isPlain(expression: Expression): boolean {
  return expression.op === "literal" ||
    (expression.op === "arithmetic" && expression.of.every(isPlain));
}

/** As printed, such as `micros·ppm` or `micros/count`; none where any unit fits. */
function nameOf(unit: Unit): readonly string[] {
  if (unit === null) return [];
  const sorted = [...unit].sort(([a], [b]) => a < b ? -1 : 1);
  function side(sign: 1 | -1): string {
    return sorted.flatMap(([name, exponent]) =>
      sign * exponent > 0 ? Array(sign * exponent).fill(name) : []
    ).join("·");
  }
  const below = side(-1);
  return [`${side(1) || "1"}${below === "" ? "" : `/${below}`}`];
}

/** What is wrong with an amount that must be of a unit, or null. */
export function findOtherUnit(
  expression: Expression,
  unit: string,
): string | null {
  const [name = unit] = nameOf(unitOf(expression));
  return name === unit ? null : `expected ${unit}, found ${name}`;
}
