/**
 * What trusted checkpoints say of a log: which record stood at which place.
 *
 * @module
 */
import type { ChainHead } from "../../../ports/decisions.ts";
import type { LogOwner } from "../../../ports/log.ts";
import {
  type Checkpoint,
  type CheckpointFault,
  openCheckpoint,
} from "./checkpoint.ts";
import type { NoteVerifier } from "./signed_note.ts";

/**
 * What is wrong with checkpoints, or by them. `form`, `key`, `signature`, `origin`: the
 * checkpoint itself cannot be trusted. `forked`: two of them tell of different logs.
 * `rewritten`: another record stands at its place. `cut`: the log ends before it.
 */
export type MarkFaultKind = CheckpointFault | "forked" | "rewritten" | "cut";

/** One fault. */
export interface MarkFault {
  readonly kind: MarkFaultKind;
  /** Records that the checkpoint covers; 0 where it cannot be read. */
  readonly seq: number;
  /** For a person. */
  readonly detail: string;
}

/** The checkpoints of one log. */
export interface Marks {
  /** Hash of the record at each place that a checkpoint signed, in order. */
  readonly hashes: ReadonlyMap<number, string>;
  /** Faults of the checkpoints themselves. */
  readonly faults: readonly MarkFault[];
  /** Checkpoints that can be trusted, in order. */
  readonly trusted: readonly Checkpoint[];
}

/** A log without checkpoints. */
export const NO_MARKS: Marks = { hashes: new Map(), faults: [], trusted: [] };

const SAID: Readonly<Record<CheckpointFault, string>> = {
  form: "is no checkpoint",
  key: "is signed by a key that is not known",
  signature: "has a wrong signature",
  origin: "is of another log",
};

/** Either log of an owner. */
export type LogPart = "decisions" | "acts";

/** Checkpoints of an owner, opened: each covers both of its logs. */
export type OpenedCheckpoints = Pick<Marks, "faults" | "trusted">;

/** Whose checkpoints are opened, and by which keys. */
export interface CheckpointsAsked {
  readonly owner: LogOwner;
  /** Keys that are trusted. */
  readonly verifiers: readonly NoteVerifier[];
}

/**
 * Reads the checkpoints of one of an owner's logs.
 *
 * @param notes In the order in which they were made.
 */
export function readMarks(
  notes: readonly string[],
  { part, ...asked }: CheckpointsAsked & { readonly part: LogPart },
): Marks {
  return marksOf(openCheckpoints(notes, asked), part);
}

/**
 * Opens the checkpoints of an owner.
 *
 * @param notes In the order in which they were made.
 */
export function openCheckpoints(
  notes: readonly string[],
  { owner, verifiers }: CheckpointsAsked,
): OpenedCheckpoints {
  const faults: MarkFault[] = [];
  const trusted: Checkpoint[] = [];
  notes.forEach((note, place) => {
    const opened = openCheckpoint(note, owner, verifiers);
    if ("fault" in opened) {
      const { fault: kind, ids = [] } = opened;
      const by = ids.length === 0 ? "" : `: ${ids.join(", ")}`;
      const detail = `checkpoint ${place + 1} ${SAID[kind]}${by}`;
      faults.push({ kind, seq: 0, detail });
    } else trusted.push(opened);
  });
  trusted.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  return { faults, trusted };
}

/** What opened checkpoints say of one of the logs. */
export function marksOf(
  { faults, trusted }: OpenedCheckpoints,
  part: LogPart,
): Marks {
  const all = [...faults];
  return { ...joinHeads(trusted, part, all), faults: all, trusted };
}

/**
 * The last record within a part of a log that a checkpoint signed; 0 for none.
 *
 * @param within From where to where, both in; anywhere unless given.
 */
export function coveredBy(
  { hashes }: Pick<Marks, "hashes">,
  { from = 0, upTo = Infinity }: {
    readonly from?: number;
    readonly upTo?: number;
  } = {},
): number {
  let covered = 0;
  for (const seq of hashes.keys()) {
    if (seq >= from && seq <= upTo) covered = Math.max(covered, seq);
  }
  return covered;
}

/** A later checkpoint covers no less, and tells of the same record at the same place. */
function joinHeads(
  trusted: readonly Checkpoint[],
  part: LogPart,
  faults: MarkFault[],
): Pick<Marks, "hashes"> {
  const hashes = new Map<number, string>();
  let most = 0;
  for (const { at, [part]: { seq, hash } } of trusted) {
    const known = hashes.get(seq);
    if (seq < most) {
      const detail =
        `the checkpoint of ${at} covers ${seq} records, one before it ${most}`;
      faults.push({ kind: "forked", seq, detail });
    } else if (known !== undefined && known !== hash) {
      const detail = `two checkpoints tell of different records ${seq}`;
      faults.push({ kind: "forked", seq, detail });
    } else hashes.set(seq, hash);
    most = Math.max(most, seq);
  }
  hashes.delete(0);
  return { hashes };
}

/**
 * Compares checkpoints with the records that stand at their places.
 *
 * @param marks What was signed.
 * @param found Hashes of the records at those places, as far as they are there.
 * @param log From where to where the log goes.
 * @returns The faults.
 */
export function compareMarks(
  { hashes }: Pick<Marks, "hashes">,
  found: ReadonlyMap<number, string>,
  { anchor, last }: { readonly anchor: ChainHead; readonly last: ChainHead },
): MarkFault[] {
  const faults: MarkFault[] = [];
  for (const [seq, hash] of hashes) {
    const there = seq === anchor.seq ? anchor.hash : found.get(seq);
    if (there === hash || seq < anchor.seq) continue;
    const cut = seq > last.seq;
    if (there === undefined && !cut) continue;
    faults.push({
      kind: cut ? "cut" : "rewritten",
      seq,
      detail: cut
        ? `a checkpoint covers ${seq} records, the log ends at ${last.seq}`
        : `record ${seq} is not the one that a checkpoint signed`,
    });
  }
  return faults;
}
