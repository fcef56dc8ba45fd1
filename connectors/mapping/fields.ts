/**
 * Readers of single fields: texts, numbers, properties, conditions. Each is made
 * once for a file or stream and then run on every row.
 *
 * @module
 */
import { METRICS, RecordFault, scaledFromDecimal } from "@moe/plugin";
import type { Metric, Scalar } from "@moe/plugin";
import type { Columns } from "./columns.ts";
import type { Condition, Property, Quantity } from "./mapping.ts";

/** One row of a file, or one record of a stream. */
export interface Row {
  /** Texts by column; null where the source says that there is no value. */
  readonly fields: readonly (string | null)[];
  /** Counted from 1, the header not counted; 0 where rows are not counted. */
  readonly number: number;
}

/** Reads something from a row; throws a `RecordFault` if it is not there. */
export type Read<T> = (row: Row) => T;

/** What a reader needs to know of its place. */
export interface Place {
  readonly columns: Columns;
  readonly nulls: ReadonlySet<string>;
  /** Path of the mapping's member. */
  readonly path: string;
}

/** Place of a member within another. */
export function inside(place: Place, member: string): Place {
  return { ...place, path: `${place.path}.${member}` };
}

/** Text of a column, null where the source says that there is none. */
export function readColumn(name: string, place: Place): Read<string | null> {
  const at = place.columns.find(name, place.path);
  return ({ fields }) => {
    const text = fields[at]?.trim() ?? null;
    return text === null || place.nulls.has(text) ? null : text;
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
  if (part === "{#}") return readNumber(place);
  if (!/^\{.+\}$/.test(part)) return () => part;
  return readColumn(part.slice(1, -1), place);
}

function readNumber({ columns, path }: Place): Read<string> {
  if (!columns.numbered) {
    columns.faults.push(`${path}: records have no numbers, so no {#}`);
  }
  return ({ number }) => String(number);
}

/** Makes a reader insist on a value. */
export function required<T>(read: Read<T | null>, path: string): Read<T> {
  return (row) => {
    const value = read(row);
    if (value === null) {
      throw new RecordFault("column_missing", `${path}: the row has no value`);
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
      throw new RecordFault("count_negative", `${place.path}: below zero`);
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
  throw new RecordFault(
    "number_invalid",
    `${path}: column "${column}" is not a ${kind} number`,
  );
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

/** A property of an event; null where the source says that there is none. */
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
    throw new RecordFault(
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
    throw new RecordFault(
      "number_invalid",
      `${place.path}: column "${condition.column}" is not a number`,
    );
  };
}
