/**
 * Money: whole millionths of a currency unit, never a float, never without its currency.
 *
 * @module
 */

/** Millionths in one unit of currency. */
export const MICROS_PER_UNIT = 1_000_000n;

/** ISO 4217 code, three capital letters. */
export type Currency = string;

/** An amount with its currency. In JSON the micros are a string. */
export interface Money {
  /** Millionths of the currency's unit. */
  readonly micros: bigint;
  /** ISO 4217 code. */
  readonly currency: Currency;
}

const DECIMAL = /^([+-]?)(\d{1,18})?(?:\.(\d{1,18}))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * Reads decimal text exactly, without floats, exponents included.
 *
 * @param text Amount in currency units, such as `12.34`, `-0.5`, `1.2E3`.
 * @returns Micros; digits below one micro are rounded half away from zero.
 * @throws {SyntaxError} If the text is not a decimal number.
 * @example
 * ```ts
 * import { microsFromDecimal } from "./money.ts";
 * microsFromDecimal("12.34"); // 12_340_000n
 * microsFromDecimal("1.5e-2"); // 15_000n
 * ```
 */
export function microsFromDecimal(text: string): bigint {
  return scaledFromDecimal(text, 6);
}

/**
 * Reads decimal text as a whole number of 10^-places.
 *
 * @param text Decimal text, exponents included.
 * @param places Decimal places to keep, 0 to 18.
 * @returns The scaled integer, rounded half away from zero.
 * @throws {SyntaxError} If the text is not a decimal number.
 */
export function scaledFromDecimal(text: string, places: number): bigint {
  const match = DECIMAL.exec(text.trim());
  if (!match || (match[2] === undefined && match[3] === undefined)) {
    throw new SyntaxError("Cannot read decimal number");
  }
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction);
  const shift = places + Number(exponent) - fraction.length;
  const magnitude = shift >= 0
    ? digits * 10n ** BigInt(shift)
    : divideRounded(digits, 10n ** BigInt(-shift));
  return sign === "-" ? -magnitude : magnitude;
}

function divideRounded(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n);
}

/**
 * Prints micros as decimal currency units; the inverse of {@link microsFromDecimal}.
 *
 * @param micros Millionths of a unit.
 * @param places Decimal places to print at least, 0 to 6.
 * @returns Decimal text without exponent, such as `12.34`.
 */
export function decimalFromMicros(micros: bigint, places = 0): string {
  const magnitude = micros < 0n ? -micros : micros;
  const fraction = String(magnitude % MICROS_PER_UNIT).padStart(6, "0")
    .replace(/0+$/, "").padEnd(places, "0");
  const whole = `${micros < 0n ? "-" : ""}${magnitude / MICROS_PER_UNIT}`;
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/**
 * Whether a text has the form of an ISO 4217 code.
 *
 * @param text Any text.
 * @returns True for three capital letters.
 */
export function isCurrency(text: string): text is Currency {
  return /^[A-Z]{3}$/.test(text);
}
