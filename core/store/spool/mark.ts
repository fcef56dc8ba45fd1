/**
 * The mark of a spool: how far it was answered, and how far carried on. What lies between
 * and is not there was lost, whichever file it was in.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import type { SpoolDisk } from "./disk.ts";

/** What the mark says. */
export interface Mark {
  /** The spool, as long as its mark is kept. */
  readonly spool: string;
  /** The last entry that the log has. */
  readonly carried: number;
  /** The last entry that was answered. */
  readonly acked: number;
}

/** One length, so that what is written over leaves nothing of the old. */
const WIDTH = 128;

/** Writes the mark. */
export function writeMark(disk: SpoolDisk, mark: Mark): void {
  const { spool, carried, acked } = mark;
  const text = JSON.stringify([spool, carried, acked]);
  disk.writeMark(`${checksum(text)} ${text}`.padEnd(WIDTH));
}

/** Reads the mark; null if there is none, or it is damaged. */
export function readMark(disk: SpoolDisk): Mark | null {
  const [sum, text = ""] = disk.readMark().trimEnd().split(" ", 2);
  if (text === "" || sum !== checksum(text)) return null;
  const [spool, carried, acked] = JSON.parse(text);
  return { spool, carried, acked };
}

function checksum(text: string): string {
  return crc32(text).toString(16);
}
