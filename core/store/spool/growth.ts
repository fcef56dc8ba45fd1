/**
 * Adding entries to a spool: one write and one sync for all that came together. What
 * fails leaves nothing behind that could be taken for an entry that was answered.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { LogEntry } from "../../ports/decisions.ts";
import type { PrintedLine } from "./frame.ts";
import { type Segment, startSegment } from "./segment.ts";
import { keepMark, type Place, placeKey, type SpoolState } from "./state.ts";

/** How large a spool and its files may be. */
export interface SpoolBounds {
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly heldBytes: number;
}

/**
 * Adds entries, all or none.
 *
 * @throws {EngineError} `store_unavailable` if there is no room, or the disk fails.
 */
export async function growSpool(
  state: SpoolState,
  entries: readonly LogEntry[],
  { maxBytes, segmentBytes, heldBytes }: SpoolBounds,
): Promise<void> {
  await state.cipher?.prepare(new Set(entries.map(({ tenant }) => tenant)));
  const { bytes, lines } = state.print(entries, state.next);
  if (spoolBytes(state) + bytes.length > maxBytes) {
    throw refuse(state, "the spool has reached its bound", null);
  }
  const first = state.next;
  state.next += entries.length;
  try {
    const segment = await write(state, first, bytes);
    acknowledge(state, lines, { segment, heldBytes });
    if (segment.size >= segmentBytes) closeActive(state);
  } catch (cause) {
    await abandon(state);
    throw refuse(state, "the disk does not take it", cause);
  }
}

/** Bytes on the disk. */
export function spoolBytes({ segments }: SpoolState): number {
  return segments.reduce((sum, { size }) => sum + size, 0);
}

/** Leaves the file that grows: the next entries begin another. */
export function closeActive(state: SpoolState): void {
  state.active?.close();
  state.active = null;
}

async function write(
  state: SpoolState,
  first: number,
  bytes: Uint8Array,
): Promise<Segment> {
  if (state.active === null) await startFile(state, first);
  const { active, segments } = state;
  const segment = segments.at(-1);
  if (active === null || segment === undefined) {
    throw new TypeError("A spool grows without a file");
  }
  active.write(bytes);
  await active.sync();
  return segment;
}

/** A reader takes a segment for done that has no file: both are there at once. */
async function startFile(state: SpoolState, first: number): Promise<void> {
  const segment = startSegment(state.acked, first);
  const file = await state.disk.create(segment.name);
  state.segments.push(segment);
  state.active = file;
}

function acknowledge(
  state: SpoolState,
  lines: readonly PrintedLine[],
  { segment, heldBytes }: {
    readonly segment: Segment;
    readonly heldBytes: number;
  },
): void {
  for (const line of lines) {
    const { frame: { number, tenant, id, at }, length } = line;
    const place = { number, at, segment, offset: segment.size, length };
    state.waiting.set(placeKey(tenant, id), place);
    // The oldest are held, as they are carried on first; the rest is read again.
    if (state.heldBytes + length <= heldBytes) hold(state, place, line);
    segment.tenants.add(tenant);
    segment.size += length + 1;
  }
  state.acked = state.next - 1;
  state.problem = null;
  try {
    keepMark(state);
  } catch {
    // The mark only proves losses; the entries are safe without it.
  }
}

function hold(
  state: SpoolState,
  { segment, offset, length }: Place,
  line: PrintedLine,
): void {
  segment.held.set(offset, line);
  state.heldBytes += length;
}

/** What was half written is cut off where the disk lets it, and never read while this runs. */
async function abandon(state: SpoolState): Promise<void> {
  const { active, segments, disk } = state;
  const segment = segments.at(-1);
  if (active === null || segment === undefined) return;
  try {
    await active.truncate(segment.size);
  } catch {
    // A disk that fails keeps it; nothing of it was answered.
  }
  closeActive(state);
  if (segment.size > 0) return;
  segments.pop();
  try {
    await disk.remove(segment.name);
  } catch {
    // An empty file is passed over.
  }
}

function refuse(
  state: SpoolState,
  reason: string,
  cause: unknown,
): EngineError {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  const problem = typeof code === "string" ? `${reason} (${code})` : reason;
  state.problem = problem;
  return new EngineError(
    "store_unavailable",
    `Cannot spool decision: ${problem}; make room, and try again`,
    { cause },
  );
}
