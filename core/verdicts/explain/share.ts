/**
 * Units as they are told, and multiples that read best as shares.
 *
 * @module
 */
import type { Expression } from "../language/expression.ts";
import { unitOf as measure } from "../language/units.ts";

/** A sum, product or the like. */
export type Reckoned = Extract<Expression, { op: "arithmetic" }>;

/** Units whose multiples are told as shares: `120% of the amount in force`. */
const SHARED = ["micros", "permille", "ppm"];

/** Unit in which a value is told; null where it has none, or one that is compound. */
export function unitOf(expression: Expression): string | null {
  const [only, ...more] = measure(expression) ?? [];
  return only && more.length === 0 && only[1] === 1 ? only[0] : null;
}

/**
 * Finds of what, and how much of it, a product is a plain share.
 *
 * @param unit Unit in which it is meant.
 * @returns Null where it is better told factor by factor.
 */
export function findShare(
  reckoned: Reckoned,
  unit: string | null,
): { readonly of: Expression; readonly percent: number } | null {
  const { of, factor } = unscale(reckoned);
  const percent = Number((factor * 100).toFixed(4));
  const plain = Math.abs(percent - factor * 100) < 1e-9;
  if (of === reckoned || !plain || !SHARED.includes(unit ?? "")) return null;
  return { of, percent };
}

/** Takes literal factors off: `(x * 6) / 5` is 1.2 of x. */
function unscale(expression: Expression): { of: Expression; factor: number } {
  const whole = { of: expression, factor: 1 };
  if (expression.op !== "arithmetic") return whole;
  const { how, of: [left, right, ...more] } = expression;
  if (!left || !right || more.length > 0) return whole;
  if (how === "*" && left.op === "literal") {
    return scaled(right, Number(left.value));
  }
  if (right.op !== "literal") return whole;
  if (how === "*") return scaled(left, Number(right.value));
  return how === "/" ? scaled(left, 1 / Number(right.value)) : whole;
}

function scaled(expression: Expression, by: number) {
  const { of, factor } = unscale(expression);
  return { of, factor: factor * by };
}
