/**
 * Records' original texts without identifiers: of JSON the strings and numbers alone
 * are touched, so that everything else stays as it was written. Text that is cut off
 * or is no JSON is read as far as it goes, and by form.
 *
 * @module
 */
import {
  pseudonymize,
  pseudonymOfNumber,
  type Pseudonyms,
} from "./pseudonym.ts";
import { pseudonymizeRow } from "./pseudonym_row.ts";
import { kindOf } from "./telling_names.ts";

const JSON_LIKE = /^\s*[[{]/;
const TOKEN =
  /"(?:[^"\\]|\\[^])*(?:"|$)|-?\d[\d.eE+-]*|[{}[\],:]|\s+|[^\s"{}[\],:]+/g;
const LITERAL = /^(?:true|false|null|[{}[\],:]|\s+)$/;
const COLON = /\s*:/y;
/** What stands between the marks of lists, tables and markup. */
const FIELD = /[^,;|\t\r\n"<>{}[\]]+/g;
const TOLD = /([\w.-]{1,60}["']?\s*[:=]\s*["']?)(\+?\d[\d ().\/-]{4,24}\d)/g;
const NAME = /^[\w.-]+/;

/**
 * Replaces direct identifiers in a record's original text: by name and form where it
 * is JSON, otherwise by form, and by names that stand before digits.
 *
 * @param original The record's text.
 * @param pseudonyms The tenant's.
 * @param columns Names of the columns, where it is a row of a table.
 * @returns The text, as it was but for identifiers.
 */
export function pseudonymizeOriginal(
  original: string,
  pseudonyms: Pseudonyms,
  columns: readonly string[] = [],
): string {
  if (!JSON_LIKE.test(original)) {
    const row = columns.length > 0
      ? pseudonymizeRow(original, columns, pseudonyms)
      : original;
    return visitFields(row, pseudonyms);
  }
  const clear = visitJson(original, pseudonyms);
  return isJson(original) ? clear : visitFields(clear, pseudonyms);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function visitFields(text: string, pseudonyms: Pseudonyms): string {
  return text.replaceAll(FIELD, (field) => {
    const told = field.replaceAll(TOLD, (whole, before: string, number) => {
      const name = NAME.exec(before)?.[0] ?? "";
      return kindOf(name) === "phone"
        ? before + pseudonymize(name, number, pseudonyms)
        : whole;
    });
    return pseudonymize("", told, pseudonyms);
  });
}

/** The name that holds, and those around it. */
interface Place {
  readonly around: string[];
  name: string;
}

function visitJson(text: string, pseudonyms: Pseudonyms): string {
  const place: Place = { around: [], name: "" };
  return text.replaceAll(TOKEN, (token, at: number) => {
    if (LITERAL.test(token)) {
      move(place, token);
      return token;
    }
    if (!token.startsWith('"')) {
      const number = pseudonymOfNumber(place.name, token, pseudonyms);
      if (number !== null) return JSON.stringify(number);
      return /^-?\d/.test(token) ? token : pseudonymize("", token, pseudonyms);
    }
    const held = parseString(token);
    COLON.lastIndex = at + token.length;
    const isName = COLON.test(text);
    const clear = isName
      ? pseudonymize("", held, pseudonyms)
      : visitText(place.name, held, pseudonyms);
    if (isName) place.name = `${place.around.at(-1) ?? ""}.${held}`;
    return clear === held ? token : JSON.stringify(clear);
  });
}

function move(place: Place, mark: string): void {
  if (mark === "{" || mark === "[") {
    place.around.push(place.name.slice(place.name.lastIndexOf(".") + 1));
  } else if (mark === "}" || mark === "]") {
    place.name = place.around.pop() ?? "";
  }
}

/** A text inside may be JSON again. */
function visitText(name: string, text: string, pseudonyms: Pseudonyms): string {
  return JSON_LIKE.test(text) && isJson(text)
    ? pseudonymizeOriginal(text, pseudonyms)
    : pseudonymize(name, text, pseudonyms);
}

function parseString(token: string): string {
  const closed = token.length > 1 && token.endsWith('"');
  try {
    return String(JSON.parse(closed ? token : `${token}"`));
  } catch {
    return token.slice(1, closed ? -1 : undefined);
  }
}
