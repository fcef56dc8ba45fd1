/**
 * One spooled entry as one line: a checksum of the rest, its number, whose it is, and its
 * text, clear or sealed. A line that is damaged does not touch the next.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import type { Instant } from "../../domain/day.ts";
import type { LogEntry } from "../../ports/decisions.ts";
import type { SpoolCipher } from "../../ports/spool.ts";

/** A line. */
export interface Frame {
  /** Its place among all of the spool; what is missing between two is lost. */
  readonly number: number;
  readonly tenant: string;
  readonly id: string;
  readonly at: Instant;
  readonly sealed: boolean;
  readonly body: string;
}

/** Separates lines. */
export const LINE_END = 10;

const CHECKSUM_DIGITS = 8;
const NO_SUM = "0".repeat(CHECKSUM_DIGITS);
const TEXT_AT = CHECKSUM_DIGITS + 1;
/** For a few entries at once; more make it grow. */
const ROOM_BYTES = 65_536;
/** Most bytes that UTF-8 takes for one unit of a text. */
const UTF8_MOST = 3;
const HEADER = /^(\d+)\t([cs])\t([^\t]*)\t/;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Entries as lines, each with its end. */
export interface Printed {
  /** Overwritten when the next are printed. */
  readonly bytes: Uint8Array;
  /** In order. */
  readonly lines: readonly PrintedLine[];
}

/** A line, and its bytes without its end. */
export interface PrintedLine {
  readonly frame: Frame;
  /** What it was printed of; null if it is sealed, as its key may be destroyed meanwhile. */
  readonly entry: LogEntry | null;
  readonly length: number;
}

/**
 * Prints entries as lines.
 *
 * @param entries The entries.
 * @param first Number of the first; the rest follow.
 * @throws {TypeError} If a record is no JSON text in one line.
 */
export type FramePrinter = (
  entries: readonly LogEntry[],
  first: number,
) => Printed;

/**
 * Makes a printer, which prints into the same bytes again and again.
 *
 * @param cipher Seals entries, if given.
 */
export function createFramePrinter(cipher: SpoolCipher | null): FramePrinter {
  let room = new Uint8Array(ROOM_BYTES);
  return (entries, first) => {
    let end = 0;
    const lines = entries.map((entry, place): PrintedLine => {
      const frame = frameOf(first + place, entry, cipher);
      const text = `${NO_SUM}\t${printText(frame)}\n`;
      room = enlarge(room, end, text.length * UTF8_MOST);
      const from = end;
      end += encoder.encodeInto(text, room.subarray(from)).written;
      const line = room.subarray(from, end - 1);
      encoder.encodeInto(checksum(line.subarray(TEXT_AT)), line);
      const { length } = line;
      return { frame, entry: cipher === null ? entry : null, length };
    });
    return { bytes: room.subarray(0, end), lines };
  };
}

function enlarge(room: Uint8Array<ArrayBuffer>, used: number, more: number) {
  if (room.length - used >= more) return room;
  const larger = new Uint8Array(Math.max(room.length * 2, used + more));
  larger.set(room.subarray(0, used));
  return larger;
}

function frameOf(
  number: number,
  { tenant, id, at, kind, entities, record }: LogEntry,
  cipher: SpoolCipher | null,
): Frame {
  if (record.includes("\n")) {
    throw new TypeError("Cannot spool record: it has a line break");
  }
  const clear = `${
    JSON.stringify([kind ?? null, entities ?? null])
  }\t${record}`;
  const body = cipher?.seal(tenant, clear).toBase64() ?? clear;
  return { number, tenant, id, at, sealed: cipher !== null, body };
}

function printText({ number, tenant, id, at, sealed, body }: Frame): string {
  const form = sealed ? "s" : "c";
  return `${number}\t${form}\t${JSON.stringify([tenant, id, at])}\t${body}`;
}

/** Reads a line without its end; null if it is not as it was printed. */
export function parseFrame(line: Uint8Array): Frame | null {
  const text = line.subarray(TEXT_AT);
  const sum = decoder.decode(line.subarray(0, CHECKSUM_DIGITS));
  if (line.length < TEXT_AT || sum !== checksum(text)) return null;
  const printed = decoder.decode(text);
  const [header = "", number, form, whose] = HEADER.exec(printed) ?? [];
  if (whose === undefined) return null;
  const [tenant, id, at] = JSON.parse(whose);
  const body = printed.slice(header.length);
  const sealed = form === "s";
  return { number: Number(number), tenant, id, at, sealed, body };
}

/**
 * The entry of a line.
 *
 * @throws {EngineError} `record_erased` if it is sealed and the key is gone.
 */
export function openFrame(
  { tenant, id, at, sealed, body }: Frame,
  cipher: SpoolCipher | null,
): LogEntry {
  const clear = sealed ? unseal(tenant, body, cipher) : body;
  const end = clear.indexOf("\t");
  const [kind, entities] = JSON.parse(clear.slice(0, end));
  return {
    ...{ tenant, id, at, record: clear.slice(end + 1), idempotent: null },
    ...kind !== null && { kind },
    ...entities !== null && { entities },
  };
}

function unseal(
  tenant: string,
  body: string,
  cipher: SpoolCipher | null,
): string {
  if (cipher === null) {
    throw new TypeError("Cannot open spooled record: there are no keys");
  }
  return cipher.open(tenant, Uint8Array.fromBase64(body));
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(CHECKSUM_DIGITS, "0");
}
