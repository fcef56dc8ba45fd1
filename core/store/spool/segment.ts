/**
 * Files of a spool. A file's name says which entries it begins with, and how far the files
 * before it were answered; numbers between the two were given to entries that were refused.
 *
 * @module
 */
import { LINE_END, type PrintedLine } from "./frame.ts";
import type { SpoolDisk } from "./disk.ts";

/** A file. */
export interface Segment {
  readonly name: string;
  /** The last number that was answered before it. */
  readonly after: number;
  /** The first number in it. */
  readonly first: number;
  /** Bytes that were answered; of a file that was found, all. */
  size: number;
  /** Whose entries it holds. */
  readonly tenants: Set<string>;
  /** Whether something in it cannot be read: it is then kept aside. */
  damaged: boolean;
  /** What need not be read again, by where it begins. */
  readonly held: Map<number, PrintedLine>;
}

/** A line and where it begins. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

const NAME = /^(\d{15})-(\d{15})\.spool$/;
const DIGITS = 15;
const CHUNK_BYTES = 1_048_576;

/** Describes a file that is to be. */
export function startSegment(after: number, first: number): Segment {
  const [from, at] = [after, first].map((number) =>
    String(number).padStart(DIGITS, "0")
  );
  const name = `${from}-${at}.spool`;
  return {
    ...{ name, after, first, size: 0, damaged: false },
    ...{ tenants: new Set(), held: new Map() },
  };
}

/** The files of a folder, oldest first. */
export async function listSegments(disk: SpoolDisk): Promise<Segment[]> {
  const found = (await disk.list()).flatMap(({ name, size }) => {
    const [, after, first] = NAME.exec(name) ?? [];
    return after === undefined || first === undefined
      ? []
      : [{ ...startSegment(Number(after), Number(first)), size }];
  });
  return found.sort((a, b) => a.first - b.first);
}

/**
 * Reads whole lines from a place on, some at a time.
 *
 * @returns The lines, and where to go on: behind what no line ends, at the end of the file.
 */
export async function readLines(
  disk: SpoolDisk,
  segment: Segment,
  from: number,
): Promise<{ readonly lines: readonly Line[]; readonly end: number }> {
  for (let length = CHUNK_BYTES;; length *= 2) {
    const until = Math.min(segment.size, from + length);
    const bytes = await disk.read(segment.name, from, until);
    const lines = splitLines(bytes, from);
    const last = lines.at(-1);
    if (until < from + length) return { lines, end: until };
    if (last) return { lines, end: last.offset + last.bytes.length + 1 };
  }
}

function splitLines(bytes: Uint8Array, from: number): Line[] {
  const lines: Line[] = [];
  for (let start = 0;;) {
    const end = bytes.indexOf(LINE_END, start);
    if (end < 0) return lines;
    lines.push({ bytes: bytes.subarray(start, end), offset: from + start });
    start = end + 1;
  }
}
