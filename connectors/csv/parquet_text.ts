/**
 * Values of a Parquet column to text, exactly: decimals and whole numbers never
 * pass through a float.
 *
 * Moments that the file says are in UTC print as ISO 8601 with `Z`; local ones, of
 * which the file does not know the zone, as `YYYY-MM-DD HH:mm:ss`, with a fraction
 * where there is one. INT96 moments (Impala, Spark) are in UTC.
 *
 * @see https://github.com/apache/parquet-format/blob/master/LogicalTypes.md, read
 * on 2026-11-26
 * @module
 */
import type { SchemaElement } from "hyparquet";

/** Prints a value of one column; null for none. */
export type Print = (value: unknown) => string | null;

const NANOS_PER_UNIT = { MILLIS: 1_000_000n, MICROS: 1000n, NANOS: 1n };
const NANOS_PER_MILLI = 1_000_000n;
const LAST_MILLI = 8_640_000_000_000_000n;

/**
 * Makes the printer of a column.
 *
 * @param element The column in the file's schema.
 * @returns Prints what the file holds, in its physical type.
 */
export function printColumn(element: SchemaElement): Print {
  const print = printPresent(element);
  return (value) => value === null || value === undefined ? null : print(value);
}

function printPresent(element: SchemaElement): (value: unknown) => string {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") {
    const scale = element.scale ??
      (logical?.type === "DECIMAL" ? logical.scale : 0);
    return (value) => printDecimal(toInteger(value), scale);
  }
  if (converted === "DATE" || logical?.type === "DATE") return printDay;
  const moment = readUnit(element);
  if (moment !== null) {
    return (value) => printMoment(toInteger(value) * moment.nanos, moment.utc);
  }
  if (type === "INT32" || type === "INT64") return printInteger(element);
  if (type === "FLOAT") return (value) => printFloat32(Number(value));
  if (logical?.type === "UUID") return printUuid;
  return isText(element) ? printText : printPlain;
}

function readUnit(
  { type, converted_type: converted, logical_type: logical }: SchemaElement,
): { readonly nanos: bigint; readonly utc: boolean } | null {
  if (type === "INT96") return { nanos: 1n, utc: true };
  if (logical?.type === "TIMESTAMP") {
    return {
      nanos: NANOS_PER_UNIT[logical.unit],
      utc: logical.isAdjustedToUTC,
    };
  }
  const unit = converted === "TIMESTAMP_MILLIS"
    ? "MILLIS"
    : converted === "TIMESTAMP_MICROS"
    ? "MICROS"
    : null;
  return unit && { nanos: NANOS_PER_UNIT[unit], utc: true };
}

/** Whole number of a physical value; bytes are big-endian, in two's complement. */
function toInteger(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  if (value.length === 0) return 0n;
  return BigInt.asIntN(value.length * 8, BigInt(`0x${printHex(value)}`));
}

function printDecimal(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled)
    .padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale);
  const sign = unscaled < 0n ? "-" : "";
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function printDay(days: unknown): string {
  return printMillis(toInteger(days) * 86_400_000n).slice(0, 10);
}

function printMoment(nanos: bigint, utc: boolean): string {
  const iso = printMillis(floorDivide(nanos, NANOS_PER_MILLI));
  return utc ? iso : iso.replace("T", " ").replace(/(\.000)?Z$/, "");
}

/** ISO 8601; what no calendar holds prints as it is, and is no day for any reader. */
function printMillis(millis: bigint): string {
  const known = millis <= LAST_MILLI && millis >= -LAST_MILLI;
  return known ? new Date(Number(millis)).toISOString() : String(millis);
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

function printInteger(
  { type, converted_type: converted, logical_type: logical }: SchemaElement,
): (value: unknown) => string {
  const bits = type === "INT64" ? 64 : 32;
  const unsigned = converted?.startsWith("UINT_") ||
    (logical?.type === "INTEGER" && !logical.isSigned);
  return (value) =>
    String(unsigned ? BigInt.asUintN(bits, toInteger(value)) : value);
}

/** The shortest decimal that is this float32: 0.1, not 0.10000000149011612. */
function printFloat32(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function printUuid(bytes: unknown): string {
  return printHex(bytes as Uint8Array)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function isText(
  { type, converted_type: converted, logical_type: logical }: SchemaElement,
): boolean {
  return type === "BYTE_ARRAY" && converted !== "BSON" &&
    (logical === undefined ||
      ["STRING", "ENUM", "JSON"].includes(logical.type));
}

const decoder = new TextDecoder();

function printText(bytes: unknown): string {
  return decoder.decode(bytes as Uint8Array);
}

function printPlain(value: unknown): string {
  return value instanceof Uint8Array ? printHex(value) : String(value);
}

function printHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
