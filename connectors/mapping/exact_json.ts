/**
 * JSON whose numbers keep every digit.
 *
 * A number of up to 15 digits comes back from a double as it was; a longer one
 * comes as the text that it was written with.
 *
 * @module
 */

/** `JSON.parse` hands the source text of a number to its reviver. */
type Reviver = (
  key: string,
  value: unknown,
  context: { readonly source?: string },
) => unknown;
type Standard = Parameters<typeof JSON.parse>[1];

const LONG_NUMBER = /\d[\d.]{15}/;
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Parses JSON.
 *
 * @param text JSON text.
 * @returns The value; numbers that a double may not hold as text.
 * @throws {SyntaxError} If it is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  const revive: Reviver = (_key, value, { source }) =>
    typeof value === "number" && source !== undefined &&
      LONG_NUMBER.test(source)
      ? source
      : value;
  return JSON.parse(text, revive as Standard);
}

/**
 * Prints a part of a JSON text canonically: members sorted, numbers as they were
 * written.
 *
 * @param text JSON text.
 * @param pick Takes the part out of the parsed value; its numbers are not to be looked at.
 * @returns JSON text on one line.
 * @throws {SyntaxError} If it is not JSON.
 */
export function printExactJson(
  text: string,
  pick: (value: unknown) => unknown,
): string {
  const revive: Reviver = (_key, value, { source }) => {
    if (typeof value === "number" && source !== undefined) {
      return rawJSON(source);
    }
    return isObject(value) && !Array.isArray(value)
      ? sortMembers(value)
      : value;
  };
  return JSON.stringify(pick(JSON.parse(text, revive as Standard)) ?? null);
}

function sortMembers(value: object): object {
  const members = Object.entries(value);
  return Object.fromEntries(members.sort(([a], [b]) => a < b ? -1 : 1));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
