/**
 * Checkpoints: where both logs of an owner ended at a moment, as the text of a signed
 * note. Whoever keeps one can tell later whether the logs up to there are as they were.
 *
 *     <deployment>/<owner>
 *     <decisions>
 *     <hash of the last decision, base64>
 *     acts <acts> <hash of the last act, base64>
 *     at <moment>
 *
 * The form is that of C2SP's checkpoints; the hash is the head of a chain and no root of
 * a tree, and covers all records before it as well.
 *
 * @see https://c2sp.org/tlog-checkpoint, as of 2026-11-26
 * @module
 */
import { Buffer } from "node:buffer";
import { type Instant, isInstant } from "../../../domain/day.ts";
import type { ChainHead } from "../../../ports/decisions.ts";
import type { LogHeads, LogOwner } from "../../../ports/log.ts";
import { type NoteVerifier, openNote } from "./signed_note.ts";

/** The head of a log without records. */
export const GENESIS: ChainHead = { seq: 0, hash: "0".repeat(64) };

/** A checkpoint, read. */
export interface Checkpoint extends LogHeads {
  readonly deployment: string;
  readonly owner: LogOwner;
  readonly at: Instant;
}

/** What is wrong with a checkpoint by itself. */
export type CheckpointFault = "form" | "key" | "signature" | "origin";

/** A checkpoint that cannot be trusted. */
export interface UntrustedCheckpoint {
  readonly fault: CheckpointFault;
  /** Of one by keys that are not known: their ids. */
  readonly ids?: readonly string[];
}

const TEXT =
  /^([^/\n]+)\/([^\n]+)\n(\d{1,15})\n([A-Za-z0-9+/]{43}=)\nacts (\d{1,15}) ([A-Za-z0-9+/]{43}=)\nat ([^\n]+)\n$/;

/** Prints the text that is signed. */
export function printCheckpoint(
  { deployment, owner, at, decisions, acts }: Checkpoint,
): string {
  return [
    `${deployment}/${owner}`,
    decisions.seq,
    base64Of(decisions.hash),
    `acts ${acts.seq} ${base64Of(acts.hash)}`,
    `at ${at}`,
    "",
  ].join("\n");
}

/** Reads a text; the inverse of {@link printCheckpoint}, null for any other text. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [, deployment, owner, ...rest] = TEXT.exec(text) ?? [];
  const [size, head, actsSize, actsHead, at] = rest;
  if (
    deployment === undefined || owner === undefined || head === undefined ||
    actsHead === undefined || at === undefined || !isInstant(at)
  ) return null;
  const checkpoint = {
    ...{ deployment, owner, at },
    decisions: { seq: Number(size), hash: hexOf(head) },
    acts: { seq: Number(actsSize), hash: hexOf(actsHead) },
  };
  return printCheckpoint(checkpoint) === text ? checkpoint : null;
}

/**
 * Opens a checkpoint of an owner.
 *
 * @param verifiers Keys that are trusted.
 */
export function openCheckpoint(
  note: string,
  owner: LogOwner,
  verifiers: readonly NoteVerifier[],
): Checkpoint | UntrustedCheckpoint {
  const opened = openNote(note, verifiers);
  if ("fault" in opened) return opened;
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint === null) return { fault: "form" };
  return checkpoint.owner === owner ? checkpoint : { fault: "origin" };
}

function base64Of(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}

function hexOf(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}
