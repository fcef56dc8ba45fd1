/**
 * Rows in the text format of Postgres' `copy`: tabs between values, `\N` for none.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html, read on 2026-11-26
 * @module
 */
import { storable } from "./storable.ts";

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
  const text = storable(value);
  return SPECIAL.test(text)
    ? text.replace(/[\\\t\n\r]/g, (special) => ESCAPES[special] ?? special)
    : text;
}
