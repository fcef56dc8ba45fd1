/**
 * The oldest entries of a spool, and what is missing among them: numbers run on, so what
 * was damaged, cut off or removed is counted exactly.
 *
 * @module
 */
import { sha256 } from "../../domain/canonical.ts";
import { isRefusal } from "../../domain/error.ts";
import type { LogEntry } from "../../ports/decisions.ts";
import type { SpoolGap } from "../../ports/spool.ts";
import { type Frame, openFrame, parseFrame } from "./frame.ts";
import { type Line, readLines, type Segment } from "./segment.ts";
import type { SpoolState } from "./state.ts";

/** What was read, and where reading went on to. */
export interface Reading {
  readonly entries: LogEntry[];
  readonly gaps: SpoolGap[];
  /** Segments that were read to their end. */
  readonly finished: Set<Segment>;
  /** Up to where the next segment was read. */
  offset: number;
  /** The number that comes next, unless entries are lost. */
  expected: number;
}

/** A line of a segment, and its entry if that is at hand. */
interface Taken {
  readonly segment: Segment;
  readonly frame: Frame;
  readonly entry?: LogEntry | null;
}

/** Reads entries from where the last batch ended, so many at most. */
export async function readOldest(
  state: SpoolState,
  most: number,
): Promise<Reading> {
  const reading: Reading = {
    ...{ entries: [], gaps: [], finished: new Set() },
    offset: state.offset,
    expected: Math.max(state.expected, state.carried + 1),
  };
  while (reading.entries.length < most) {
    const segment = state.segments.find((one) => !reading.finished.has(one));
    if (segment === undefined) break;
    if (reading.offset === 0) enter(state, reading, segment);
    if (reading.offset < segment.size) {
      if (takeHeld(state, reading, { segment, most })) continue;
      const { lines, end } = await readLines(
        state.disk,
        segment,
        reading.offset,
      );
      reading.offset = end;
      takeLines(state, reading, { segment, lines, most });
    } else if (isGrowing(state, segment)) break;
    else {
      reading.finished.add(segment);
      reading.offset = 0;
    }
  }
  if (isAtEnd(state, reading)) miss(state, reading, state.acked + 1);
  return reading;
}

function isGrowing(state: SpoolState, segment: Segment): boolean {
  return state.active !== null && segment === state.segments.at(-1);
}

/** Asked without a pause after the last read: what is answered meanwhile is not missing. */
function isAtEnd(state: SpoolState, { finished, offset }: Reading): boolean {
  const rest = state.segments.filter((segment) => !finished.has(segment));
  const [last] = rest;
  return last === undefined || (rest.length === 1 && offset >= last.size);
}

/** Numbers between what was answered before a segment and its first went to refused entries. */
function enter(state: SpoolState, reading: Reading, segment: Segment): void {
  miss(state, reading, segment.after + 1);
  reading.expected = Math.max(reading.expected, segment.first);
}

function takeLines(
  state: SpoolState,
  reading: Reading,
  { segment, lines, most }: {
    readonly segment: Segment;
    readonly lines: readonly Line[];
    readonly most: number;
  },
): void {
  for (const { bytes, offset } of lines) {
    if (reading.entries.length >= most) {
      reading.offset = offset;
      return;
    }
    const frame = parseFrame(bytes);
    if (frame === null) segment.damaged = true;
    else take(state, reading, { segment, frame });
  }
}

/**
 * Takes what was just written from memory.
 *
 * @returns Whether there was any; the rest is to be read.
 */
function takeHeld(
  state: SpoolState,
  reading: Reading,
  { segment, most }: { readonly segment: Segment; readonly most: number },
): boolean {
  const from = reading.offset;
  while (reading.entries.length < most) {
    const held = segment.held.get(reading.offset);
    if (held === undefined) break;
    take(state, reading, { segment, ...held });
    reading.offset += held.length + 1;
  }
  return reading.offset > from;
}

function take(
  state: SpoolState,
  reading: Reading,
  { segment, frame, entry = null }: Taken,
): void {
  if (frame.number <= state.carried) return;
  miss(state, reading, frame.number);
  reading.expected = frame.number + 1;
  if (entry === null) open(state, reading, { segment, frame });
  else reading.entries.push(entry);
}

function open(
  { cipher, spool }: SpoolState,
  { entries, gaps }: Reading,
  { segment, frame }: Taken,
): void {
  try {
    entries.push(openFrame(frame, cipher));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    segment.damaged = true;
    const { number, tenant } = frame;
    const tenants = [tenant];
    const id = gapId([spool, number, number]);
    const file = segment.name;
    gaps.push({ id, reason: "unreadable", count: 1, tenants, file });
  }
}

/** Everything from the number that is expected up to another is lost. */
function miss(
  { spool, segments }: SpoolState,
  reading: Reading,
  until: number,
): void {
  const { expected: from, gaps } = reading;
  if (until <= from) return;
  reading.expected = until;
  const segment = segments.findLast(({ first }) => first <= from);
  if (segment) segment.damaged = true;
  const known = segment?.tenants.size
    ? segment.tenants
    : new Set(segments.flatMap(({ tenants }) => [...tenants]));
  gaps.push({
    id: gapId([spool, from, until - 1]),
    ...{ reason: "damaged", count: until - from },
    tenants: [...known],
    file: segment?.name ?? "(removed)",
  });
}

const GAP_ID_DIGITS = 26;

function gapId(parts: readonly [spool: string, from: number, to: number]) {
  return `gap_${sha256(parts.join("\n")).slice(0, GAP_ID_DIGITS)}`;
}
