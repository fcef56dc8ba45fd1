/**
 * Rows of a table without identifiers, each field under the name of its column.
 *
 * @module
 */
import { pseudonymize, type Pseudonyms } from "./pseudonym.ts";
import { kindOf } from "./telling_names.ts";

const FIELDS: Readonly<Record<string, RegExp>> = {
  ",": /(?<=^|,)(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)/g,
  ";": /(?<=^|;)(?:"(?:[^"]|"")*"|[^";]*)(?=;|$)/g,
  "\t": /(?<=^|\t)(?:"(?:[^"]|"")*"|[^"\t]*)(?=\t|$)/g,
  "|": /(?<=^|\|)(?:"(?:[^"]|"")*"|[^"|]*)(?=\||$)/g,
};
/** As many digits as a phone number has with its area's. */
const DIGITS = /(?<![\w.-])\d{8,15}(?![\w.-])/g;

/**
 * Replaces direct identifiers in a row: by the names of its columns and by form. Of
 * a row that does not have as many fields, plain digits are taken for phone numbers
 * if a column is named so.
 *
 * @param row The row's text.
 * @param columns Names of the columns.
 * @param pseudonyms The tenant's.
 * @returns The row, as it was but for identifiers.
 */
export function pseudonymizeRow(
  row: string,
  columns: readonly string[],
  pseudonyms: Pseudonyms,
): string {
  for (const [delimiter, pattern] of Object.entries(FIELDS)) {
    const fields = row.match(pattern) ?? [];
    if (fields.length !== columns.length) continue;
    return fields.map((field, at) =>
      visitField(columns[at] ?? "", field, pseudonyms)
    ).join(delimiter);
  }
  return columns.some((name) => kindOf(name) === "phone")
    ? row.replaceAll(DIGITS, (digits) => pseudonyms.of("phone", digits))
    : row;
}

function visitField(
  name: string,
  field: string,
  pseudonyms: Pseudonyms,
): string {
  const quoted = /^"[^]*"$/.test(field);
  const text = quoted ? field.slice(1, -1).replaceAll('""', '"') : field;
  const clear = pseudonymize(name, text, pseudonyms);
  if (clear === text) return field;
  return quoted ? `"${clear.replaceAll('"', '""')}"` : clear;
}
