/**
 * The spool of one node: what is answered lies in files, whole, until the log has it.
 *
 * @module
 */
import type { Appended, LogEntry } from "../../ports/decisions.ts";
import type { Spool, SpoolBatch, SpoolStanding } from "../../ports/spool.ts";
import type { SpoolDisk } from "./disk.ts";
import { openFrame, parseFrame } from "./frame.ts";
import { closeActive, growSpool, spoolBytes } from "./growth.ts";
import { type Reading, readOldest } from "./oldest.ts";
import {
  keepMark,
  loadState,
  placeKey,
  type SpoolOptions,
  type SpoolState,
} from "./state.ts";

const SEGMENT_BYTES = 8_388_608;
/** Some seconds of a busy node. */
const HELD_BYTES = 16_777_216;
/** A bound leaves room for several files, so that those that are done make room. */
const SEGMENTS_LEAST = 4;

/**
 * Opens a spool; what a killed process left is in it.
 *
 * @param disk Its folder, which nobody else may have open.
 */
export async function openSpool(
  disk: SpoolDisk,
  { maxBytes, segmentBytes, cipher = null, heldBytes = HELD_BYTES }:
    SpoolOptions,
): Promise<Spool> {
  const state = await loadState(disk, cipher);
  const bounds = {
    ...{ maxBytes, heldBytes },
    segmentBytes: segmentBytes ??
      Math.min(SEGMENT_BYTES, maxBytes / SEGMENTS_LEAST),
  };
  let growing: Promise<unknown> = Promise.resolve();
  return {
    append(entries) {
      const grown = growing.then(() => growSpool(state, entries, bounds));
      growing = grown.catch(() => {});
      return grown.then(() => entries.map((): Appended => SPOOLED));
    },
    find: (tenant, id) => findSpooled(state, placeKey(tenant, id)),
    oldest: (most) => takeOldest(state, most),
    standing: () => ({ ...standingOf(state), maxBytes }),
    close: async () => {
      await growing;
      closeActive(state);
      disk.close();
    },
  };
}

const SPOOLED: Appended = { kind: "spooled" };

async function findSpooled(
  { waiting, disk, cipher }: SpoolState,
  key: string,
): Promise<LogEntry | null> {
  const place = waiting.get(key);
  if (place === undefined) return null;
  const { segment, offset, length } = place;
  const frame = segment.held.get(offset)?.frame ??
    parseFrame(
      await disk.read(segment.name, offset, offset + length)
        .catch(unlessRemoved),
    );
  if (frame === null) return null;
  await cipher?.prepare(new Set([frame.tenant]));
  return openFrame(frame, cipher);
}

/** An entry that is carried on meanwhile is found in the log. */
function unlessRemoved(error: unknown): Uint8Array {
  if (error instanceof Deno.errors.NotFound) return new Uint8Array();
  throw error;
}

async function takeOldest(
  state: SpoolState,
  most: number,
): Promise<SpoolBatch | null> {
  const tenants = new Set(state.segments.flatMap((one) => [...one.tenants]));
  if (state.waiting.size > 0) await state.cipher?.prepare(tenants);
  const reading = await readOldest(state, most);
  const { entries, gaps, finished, expected } = reading;
  if (
    entries.length === 0 && gaps.length === 0 && finished.size === 0 &&
    expected === state.expected
  ) return null;
  return {
    ...{ entries, gaps, more: entries.length >= most },
    carried: (refused = []) => letGo(state, reading, refused),
  };
}

/** What the log has is marked before its file goes: it would count as lost. */
async function letGo(
  state: SpoolState,
  { finished, offset, expected }: Reading,
  refused: readonly LogEntry[],
): Promise<void> {
  const { disk, waiting, segments } = state;
  for (const { tenant, id } of refused) {
    const place = waiting.get(placeKey(tenant, id));
    if (place) place.segment.damaged = true;
  }
  state.carried = expected - 1;
  keepMark(state);
  if (finished.size > 0) await disk.syncMark();
  for (const [key, { number }] of waiting) {
    if (number >= expected) break;
    waiting.delete(key);
  }
  release(state, expected);
  Object.assign(state, { offset, expected });
  const left = segments.filter((segment) => !finished.has(segment));
  segments.splice(0, segments.length, ...left);
  for (const { name, damaged } of finished) {
    if (damaged) await disk.rename(name, `${name}.damaged`);
    else await disk.remove(name);
  }
  // There is room again, which nothing else tells while the log takes all there is.
  if (finished.size > 0) state.problem = null;
}

/** Nothing before a number is read again. */
function release(state: SpoolState, expected: number): void {
  for (const { held } of state.segments) {
    for (const [offset, { frame, length }] of held) {
      if (frame.number >= expected) return;
      held.delete(offset);
      state.heldBytes -= length;
    }
  }
}

function standingOf(state: SpoolState): Omit<SpoolStanding, "maxBytes"> {
  const [oldest] = state.waiting.values();
  return {
    waiting: state.waiting.size,
    oldestAt: oldest?.at ?? null,
    bytes: spoolBytes(state),
    problem: state.problem,
  };
}
