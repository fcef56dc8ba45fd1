/**
 * Rows in the text format of Postgres' `copy`: tabs between values, `\N` for none.
 * What Postgres cannot hold (the zero character, halves of surrogate pairs) becomes
 * the replacement character.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html, read on 2026-11-26
 * @module
 */

/** A value of a row; JSON is given as its text. */
export type CopyValue = string | number | bigint | boolean | null | undefined;

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

/**
 * Prints one row.
 *
 * @param values In the order of the columns.
 * @returns A line with its line break.
 */
export function printCopyRow(values: readonly CopyValue[]): string {
  let line = "";
  for (let at = 0; at < values.length; at++) {
    if (at > 0) line += "\t";
    line += printValue(values[at]);
  }
  return line + "\n";
}

function printValue(value: CopyValue): string {
  if (value === null || value === undefined) return "\\N";
  if (typeof value !== "string") return String(value);
  const text = value.includes("\0") || !value.isWellFormed()
    ? value.replaceAll("\0", "\uFFFD").toWellFormed()
    : value;
  return SPECIAL.test(text)
    ? text.replace(/[\\\t\n\r]/g, (special) => ESCAPES[special] ?? special)
    : text;
}

/**
 * Prints JSON for a row.
 *
 * @param value Plain members.
 * @returns JSON text that Postgres takes.
 */
export function printJson(value: object): string {
  const text = JSON.stringify(value);
  return text.includes("\\u")
    ? text.replace(/\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, "\uFFFD")
    : text;
}
