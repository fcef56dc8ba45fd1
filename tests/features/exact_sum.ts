/**
 * Sums of decimals without rounding, as databases add them.
 *
 * @module
 */

/** Text of a number: up to 30 digits before and after the point. */
const DECIMAL =
  /^[+-]?(\d{1,30}(?:\.(\d{0,30}))?|\.(\d{1,30}))(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * Whether a text is a decimal number.
 *
 * @param text Any text.
 * @returns False for hexadecimals, infinities, blanks and very long numbers.
 */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/**
 * Adds decimals.
 *
 * @param decimals Texts for which {@link isDecimal} holds.
 * @returns The exact sum, rounded once to a float.
 */
export function sumExactly(decimals: readonly string[]): number {
  const scaled = decimals.map(toScaled);
  const places = scaled.reduce((most, one) => Math.max(most, one.places), 0);
  let sum = 0n;
  for (const one of scaled) {
    sum += one.digits * 10n ** BigInt(places - one.places);
  }
  return Number(`${sum}e-${places}`);
}

function toScaled(text: string): { digits: bigint; places: number } {
  const [mantissa = "", exponent = "0"] = text.split(/[eE]/);
  const [whole = "", fraction = ""] = mantissa.replace(/^[+-]/, "").split(".");
  const sign = mantissa.startsWith("-") ? -1n : 1n;
  const places = fraction.length - Number(exponent);
  const digits = sign * BigInt(whole + fraction);
  return places >= 0
    ? { digits, places }
    : { digits: digits * 10n ** BigInt(-places), places: 0 };
}
