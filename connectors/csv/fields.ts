/**
 * Readers of single fields: texts, numbers, days, moments, properties, conditions.
 * Each is made once for a file and then run on every row.
 *
 * @module
 */
import { isDay, METRICS, parseInstant, scaledFromDecimal } from "@moe/plugin";
import type { Day, Instant, Metric, Scalar } from "@moe/plugin";
import type { Columns } from "./columns.ts";
import type { Condition, Moment, Property, Quantity } from "./mapping.ts";

/** One row of the file. */
export interface Row {
  readonly fields: readonly string[];
  /** Counted from 1, the header not counted. */
  readonly number: number;
}

/** Reads something from a row; throws a {@link RowFault} if it is not there. */
export type Read<T> = (row: Row) => T;

/** What a reader needs to know of its place. */
export interface Place {
  readonly columns: Columns;
  readonly nulls: ReadonlySet<string>;
  /** Path of the mapping's member. */
  readonly path: string;
}

/** Why a row cannot be read; never holds the value. */
export class RowFault extends Error {
  readonly reason: string;

  constructor(reason: string, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** Place of a member within another. */
export function inside(place: Place, member: string): Place {
  return { ...place, path: `${place.path}.${member}` };
}

/** Text of a column, null where the file says that there is none. */
function readColumn(name: string, place: Place): Read<string | null> {
  const at = place.columns.find(name, place.path);
  return ({ fields }) => {
    const text = (fields[at] ?? "").trim();
    return place.nulls.has(text) ? null : text;
  };
}

/** A template: `{column}` stands for its text, `{#}` for the row's number. */
export function readTemplate(
  template: string,
  place: Place,
): Read<string | null> {
  const parts = template.split(/(\{[^{}]+\})/).filter((part) => part !== "")
    .map((part) => readPart(part, place));
  return (row) => {
    let text = "";
    for (const part of parts) {
      const piece = part(row);
      if (piece === null) return null;
      text += piece;
    }
    return text;
  };
}

function readPart(part: string, place: Place): Read<string | null> {
  if (part === "{#}") return ({ number }) => String(number);
  if (!/^\{.+\}$/.test(part)) return () => part;
  return readColumn(part.slice(1, -1), place);
}

/** Makes a reader insist on a value. */
export function required<T>(read: Read<T | null>, path: string): Read<T> {
  return (row) => {
    const value = read(row);
    if (value === null) {
      throw new RowFault("column_missing", `${path}: the row has no value`);
    }
    return value;
  };
}

/** A metric's whole number. Without `as`, counts are whole and the others decimal. */
export function readQuantity(
  quantity: Quantity,
  metric: Metric | "value_micros",
  place: Place,
): Read<bigint | null> {
  const whole = metric !== "value_micros" && METRICS[metric] === "count";
  const { column, as } = typeof quantity === "string"
    ? { column: quantity, as: whole ? "whole" : "decimal" } as const
    : quantity;
  if (whole && as === "decimal") {
    place.columns.faults.push(
      `${place.path}.as: a count cannot be decimal; use "whole" or "rounded"`,
    );
  }
  const read = readColumn(column, place);
  return (row) => {
    const text = read(row);
    if (text === null) return null;
    const number = toWhole(text, { as, column, path: place.path });
    if (whole && number < 0n) {
      throw new RowFault("count_negative", `${place.path}: below zero`);
    }
    return number;
  };
}

function toWhole(
  text: string,
  { as, column, path }: {
    as: "decimal" | "whole" | "rounded";
    column: string;
    path: string;
  },
): bigint {
  try {
    if (as === "decimal") return scaledFromDecimal(text, 6);
    if (as === "rounded") return scaledFromDecimal(text, 0);
    if (/^[+-]?\d{1,18}(\.0*)?$/.test(text)) return scaledFromDecimal(text, 0);
  } catch {
    // Named below, together with a fraction where a whole number was expected.
  }
  const kind = as === "whole" ? "whole" : "decimal";
  throw new RowFault(
    "number_invalid",
    `${path}: column "${column}" is not a ${kind} number`,
  );
}

/** A day, as the format says. */
export function readDay(
  { column, format }: { readonly column: string; readonly format: string },
  place: Place,
): Read<Day> {
  const read = required(readColumn(column, place), place.path);
  const match = readPattern(format, place);
  return (row) => {
    const moment = match(read(row));
    if (moment === null) throw dayInvalid(place.path, format);
    return moment.slice(0, 10);
  };
}

/** A moment: constant, ISO 8601, seconds or milliseconds since 1970, or a pattern in UTC. */
export function readMoment(moment: Moment, place: Place): Read<Instant> {
  const plusMs = moment.plusSeconds * 1000;
  if ("at" in moment) {
    const fixed = shift(parseInstant(moment.at), plusMs);
    return () => fixed;
  }
  const read = required(readColumn(moment.column, place), place.path);
  const match = momentFormat(moment.format, place);
  return (row) => {
    const at = match(read(row));
    if (at === null) throw dayInvalid(place.path, moment.format);
    return shift(at, plusMs);
  };
}

type Match = (text: string) => Instant | null;

function momentFormat(format: string, place: Place): Match {
  if (format === "iso") return (text) => attempt(() => parseInstant(text));
  const unit = { unix_seconds: 1000, unix_millis: 1 }[format];
  if (unit === undefined) return readPattern(format, place);
  return (text) =>
    /^\d{1,13}(\.\d+)?$/.test(text)
      ? attempt(() => parseInstant(Math.round(Number(text) * unit)))
      : null;
}

const PARTS = {
  YYYY: "\\d{4}",
  MM: "\\d{1,2}",
  DD: "\\d{1,2}",
  HH: "\\d{1,2}",
  mm: "\\d{2}",
  ss: "\\d{2}",
} as const;

function readPattern(format: string, place: Place): Match {
  const pattern = toPattern(format);
  const whole = ["YYYY", "MM", "DD"].every((part) => format.includes(part));
  if (!whole) {
    place.columns.faults.push(
      `${place.path}.format: expected YYYY, MM and DD in it, as in YYYY-MM-DD`,
    );
  }
  return (text) => {
    const parts = pattern.exec(text)?.groups;
    if (!parts) return null;
    const { YYYY = "", MM = "", DD = "", HH = "0", mm = "0", ss = "0" } = parts;
    const day = `${YYYY}-${pad(MM)}-${pad(DD)}`;
    const time = `${pad(HH)}:${pad(mm)}:${pad(ss)}`;
    return isDay(day) ? attempt(() => parseInstant(`${day}T${time}Z`)) : null;
  };
}

function toPattern(format: string): RegExp {
  const pieces = format.split(/(YYYY|MM|DD|HH|mm|ss)/).map((piece) =>
    Object.hasOwn(PARTS, piece)
      ? `(?<${piece}>${PARTS[piece as keyof typeof PARTS]})`
      : piece.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
  );
  return new RegExp(`^${pieces.join("")}$`);
}

function pad(part: string): string {
  return part.padStart(2, "0");
}

function shift(at: Instant, plusMs: number): Instant {
  return plusMs === 0 ? at : parseInstant(Date.parse(at) + plusMs);
}

function attempt(run: () => Instant): Instant | null {
  try {
    const at = run();
    return at >= "1970" && at < "2200" ? at : null;
  } catch {
    return null;
  }
}

function dayInvalid(path: string, format: string): RowFault {
  return new RowFault("day_invalid", `${path}: not a moment as ${format}`);
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  "1": true,
  "0": false,
  true: true,
  false: false,
  yes: true,
  no: false,
};

/** A property of an event; null where the file says that there is none. */
export function readProperty(property: Property, place: Place): Read<Scalar> {
  const { column, type } = typeof property === "string"
    ? { column: property, type: "text" }
    : property;
  const read = readColumn(column, place);
  return (row) => {
    const text = read(row);
    if (text === null || type === "text") return text;
    if (type === "number" && NUMBER.test(text)) return Number(text);
    const truth = BOOLEANS[text.toLowerCase()];
    if (type === "boolean" && truth !== undefined) return truth;
    throw new RowFault(
      `${type}_invalid`,
      `${place.path}: column "${column}" is not a ${type}`,
    );
  };
}

/** Whether a condition holds of a row; never of a missing value. */
export function readCondition(
  condition: Condition,
  place: Place,
): Read<boolean> {
  const read = readColumn(condition.column, place);
  if ("equals" in condition) {
    return (row) => (read(row) ?? "") === condition.equals;
  }
  return (row) => {
    const text = read(row);
    if (text === null) return false;
    if (NUMBER.test(text)) return Number(text) > condition.above;
    throw new RowFault(
      "number_invalid",
      `${place.path}: column "${condition.column}" is not a number`,
    );
  };
}
