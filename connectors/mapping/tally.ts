/**
 * Counts what an operator should hear of a run of messages.
 *
 * @module
 */
import type { Report } from "@moe/plugin";
import type { StreamReader } from "./streams.ts";

/** Counts of one run. */
export interface Tally {
  /** Counts a record of a stream; `mapped` if there is a mapping for it. */
  record(stream: string, mapped: boolean): void;
  /** Counts something of note. */
  note(text: string): void;
  /** Notes that the source has said its state. */
  state(): void;
  /** Tells how far the run is. */
  tellProgress(): void;
  /** Tells, at the end, what was left out and what the mapping looked for in vain. */
  tellEnd(streams: ReadonlyMap<string, StreamReader>): void;
}

/**
 * Begins to count.
 *
 * @param report Who is told.
 * @returns Counts at zero.
 */
export function openTally(report: Report): Tally {
  const notes = new Map<string, number>();
  const read = new Set<string>();
  let records = 0;
  let sinceState = 0;
  function count(text: string): void {
    notes.set(text, (notes.get(text) ?? 0) + 1);
  }
  return {
    record(stream, mapped) {
      records++;
      sinceState++;
      read.add(stream);
      if (!mapped) count(`records of ${stream}, which the mapping leaves out`);
    },
    note: count,
    state() {
      sinceState = 0;
    },
    tellProgress: () => report(`${records} records`, null),
    tellEnd(streams) {
      for (const [text, times] of notes) report(`${times} ${text}`, null);
      for (const [name, reader] of streams) {
        const unseen = reader.unseen();
        if (!read.has(name)) report(`no record of ${name}`, null);
        else if (unseen.length > 0) {
          report(`no record of ${name} has ${unseen.join(", ")}`, null);
        }
      }
      if (sinceState > 0) {
        report(`${sinceState} records after the last state`, null);
      }
    },
  };
}
