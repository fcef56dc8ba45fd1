/**
 * JSON with its whole numbers whole: an integer that a double cannot hold comes as
 * the text that it was written with, so that ids keep their last digits.
 *
 * @module
 */
const LONG_DIGITS = /\d{16}/;
const WHOLE = /^-?\d+$/;

/** `JSON.parse` hands the source text of a number to its reviver. */
type Reviver = (
  key: string,
  value: unknown,
  context: { readonly source?: string },
) => unknown;

/**
 * Parses JSON.
 *
 * @param text JSON text.
 * @returns The value; integers above 2^53 as text.
 * @throws {SyntaxError} If it is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  const revive: Reviver = (_key, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) &&
      source !== undefined && WHOLE.test(source)
      ? source
      : value;
  return JSON.parse(text, revive as Parameters<typeof JSON.parse>[1]);
}
