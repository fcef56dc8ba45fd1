/**
 * Plain values as features see them: the text and the number of each, the same here as
 * in the database.
 *
 * @module
 */
import type { Scalar } from "./signal.ts";

/**
 * Text that is a number: a decimal with up to 30 digits before and after the point, as
 * a regular expression that JavaScript and Postgres read alike.
 */
export const DECIMAL =
  "^[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})([eE][+-]?[0-9]{1,2})?$";

const decimal = new RegExp(DECIMAL);

/**
 * A value as text.
 *
 * @param value Any plain value.
 * @returns Text as it is, numbers by their digits without an exponent, truth values as
 * `true` or `false`; null for null.
 * @example
 * ```ts
 * import { scalarText } from "./scalar.ts";
 * scalarText(1e21); // "1000000000000000000000"
 * ```
 */
export function scalarText(value: Scalar | bigint): string | null {
  if (value === null) return null;
  return typeof value === "number" ? digitsOf(value) : String(value);
}

/**
 * A value as a number.
 *
 * @param value Any plain value.
 * @returns The number whose text it has; null if that is no {@link DECIMAL}, as for
 * truth values.
 */
export function scalarNumber(value: Scalar | bigint): number | null {
  const text = scalarText(value);
  return text !== null && decimal.test(text) ? Number(text) + 0 : null;
}

/** The shortest digits that give the number back, without an exponent. */
function digitsOf(value: number): string {
  const [mantissa = "", exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.slice(sign.length).split(".");
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  return point > 0
    ? sign + digits.padEnd(point, "0")
    : `${sign}0.${"0".repeat(-point)}${digits}`;
}
