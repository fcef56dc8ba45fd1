/**
 * Values on their way to Postgres and back, the same for every driver.
 *
 * All parameters travel as text. What comes back: int8 as bigint, numeric as
 * text, int4 and float8 as number, json as parsed, timestamptz as instant, date
 * as day, bytea as bytes, arrays as arrays.
 *
 * @module
 */

/** One element of an array parameter. */
type Element = string | number | bigint | boolean | null;

/** What a query can be given. Objects become JSON; text for a JSON column is JSON already. */
export type Param =
  | Element
  | undefined
  | Uint8Array
  | readonly Element[]
  | { readonly [member: string]: unknown };

/** Prints a parameter as Postgres reads it. */
export function encodeParam(param: Param): string | null {
  if (param === null || param === undefined) return null;
  if (typeof param !== "object") return String(param);
  if (param instanceof Uint8Array) return `\\x${param.toHex()}`;
  return Array.isArray(param)
    ? printArray(param)
    : JSON.stringify(param as object);
}

function printArray(elements: readonly Element[]): string {
  const printed = elements.map((element) =>
    element === null
      ? "NULL"
      : typeof element === "string"
      ? quote(element)
      : String(element)
  );
  return `{${printed.join(",")}}`;
}

/** Few have anything to escape. */
function quote(text: string): string {
  return ESCAPED.test(text)
    ? `"${text.replace(/[\\"]/g, "\\$&")}"`
    : `"${text}"`;
}

const ESCAPED = /[\\"]/;

type Decode = (text: string) => unknown;

/** How values are read from text, by the number of their Postgres type. */
export const DECODERS: Readonly<Record<number, Decode>> = {
  16: (text) => text === "t",
  17: (text) => Uint8Array.fromHex(text.slice(2)),
  20: BigInt,
  21: Number,
  23: Number,
  25: String,
  26: Number,
  114: JSON.parse,
  700: Number,
  701: Number,
  1007: readArray(Number),
  1009: readArray(String),
  1016: readArray(BigInt),
  1022: readArray(Number),
  1043: String,
  1082: String,
  1114: readInstant,
  1184: readInstant,
  1700: String,
  2951: readArray(String),
  3802: JSON.parse,
};

/** Reads `2026-01-31 09:00:00.5+00`; sessions run in UTC. */
function readInstant(text: string): string {
  const [, millis = ""] = /\.(\d{1,3})/.exec(text) ?? [];
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${millis.padEnd(3, "0")}Z`;
}

/** Reads arrays of one dimension, such as `{a,"b \"c\"",NULL}`. */
function readArray(read: Decode): Decode {
  const element = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/g;
  return (text) =>
    [...text.matchAll(element)].map(([, quoted, bare]) =>
      quoted !== undefined
        ? read(quoted.replace(/\\(.)/g, "$1"))
        : bare === "NULL"
        ? null
        : read(bare ?? "")
    );
}
