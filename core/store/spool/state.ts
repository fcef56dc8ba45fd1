/**
 * What a spool knows of its files: found at start, and kept while it runs.
 *
 * @module
 */
import type { Instant } from "../../domain/day.ts";
import type { SpoolCipher } from "../../ports/spool.ts";
import type { SpoolDisk, SpoolFile } from "./disk.ts";
import {
  createFramePrinter,
  type Frame,
  type FramePrinter,
  parseFrame,
} from "./frame.ts";
import { readMark, writeMark } from "./mark.ts";
import { listSegments, readLines, type Segment } from "./segment.ts";

/** Where an entry lies. */
export interface Place {
  readonly number: number;
  readonly at: Instant;
  readonly segment: Segment;
  readonly offset: number;
  readonly length: number;
}

/** How a spool is set up. */
export interface SpoolOptions {
  /** Most that it takes on the disk. */
  readonly maxBytes: number;
  /** From this size on, a file is left for the next; 8 MiB, or a quarter of all, unless given. */
  readonly segmentBytes?: number;
  /** Most that is kept in memory until it is carried on; 16 MiB unless given. */
  readonly heldBytes?: number;
  /** Seals entries; they lie in clear unless given. */
  readonly cipher?: SpoolCipher | null;
}

/** What a spool knows. */
export interface SpoolState {
  readonly disk: SpoolDisk;
  readonly cipher: SpoolCipher | null;
  readonly print: FramePrinter;
  /** Names it; gaps are named after it. */
  readonly spool: string;
  /** Oldest first. */
  readonly segments: Segment[];
  /** Entries that the log has yet to take, oldest first. */
  readonly waiting: Map<string, Place>;
  /** Bytes of those that are still in memory. */
  heldBytes: number;
  /** The last segment while it grows. */
  active: SpoolFile | null;
  /** The last number that was answered. */
  acked: number;
  /** The next number to give. */
  next: number;
  /** The last number that the log has. */
  carried: number;
  /** Up to where the oldest segment is carried on. */
  offset: number;
  /** The number that comes next, unless entries are lost. */
  expected: number;
  problem: string | null;
}

/** Name of an entry among those that wait. */
export function placeKey(tenant: string, id: string): string {
  return `${tenant}\n${id}`;
}

/** Reads what a folder holds. */
export async function loadState(
  disk: SpoolDisk,
  cipher: SpoolCipher | null,
): Promise<SpoolState> {
  const mark = readMark(disk);
  const segments = await listSegments(disk);
  const carried = mark?.carried ?? segments[0]?.after ?? 0;
  const state: SpoolState = {
    ...{ disk, cipher, segments, carried },
    spool: mark?.spool ?? crypto.randomUUID(),
    print: createFramePrinter(cipher),
    waiting: new Map(),
    heldBytes: 0,
    active: null,
    acked: Math.max(mark?.acked ?? 0, carried),
    next: 0,
    offset: 0,
    expected: carried + 1,
    problem: null,
  };
  for (const segment of segments) await scan(state, segment);
  const lastFirst = segments.at(-1)?.first ?? 0;
  state.next = Math.max(state.acked, lastFirst) + 1;
  keepMark(state);
  return state;
}

/** Writes down how far the spool was answered and carried on. */
export function keepMark({ disk, spool, carried, acked }: SpoolState): void {
  writeMark(disk, { spool, carried, acked });
}

/** What a killed process wrote and did not sync counts as well, so it is synced now. */
async function scan(state: SpoolState, segment: Segment): Promise<void> {
  await state.disk.sync(segment.name);
  state.acked = Math.max(state.acked, segment.after);
  for (let from = 0; from < segment.size;) {
    const { lines, end } = await readLines(state.disk, segment, from);
    for (const { bytes, offset } of lines) {
      const frame = parseFrame(bytes);
      if (frame === null) continue;
      const { number, at } = frame;
      const length = bytes.length;
      note(state, frame, { number, at, segment, offset, length });
    }
    from = end;
  }
}

function note(state: SpoolState, frame: Frame, place: Place): void {
  const { number, tenant, id } = frame;
  place.segment.tenants.add(tenant);
  state.acked = Math.max(state.acked, number);
  if (number > state.carried) state.waiting.set(placeKey(tenant, id), place);
}
