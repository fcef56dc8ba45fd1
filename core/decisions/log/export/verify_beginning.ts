/**
 * Why an export begins where it does.
 *
 * @module
 */
import type { Instant } from "../../../domain/day.ts";
import type { ToldRetention } from "../verifying/walk.ts";
import type { ExportHeader } from "./export_file.ts";

/**
 * Why an export begins where it does. `first`: with the log's first record. `retention`:
 * a record in it tells that those before were retired. `checkpoint`: that record may lie
 * behind its end, but a checkpoint signed the one before its first, as of all that
 * retention reaches. `asked`: it was asked for from a moment on. `unexplained`: nothing
 * tells.
 */
export type BeginningCause =
  | "first"
  | "retention"
  | "checkpoint"
  | "asked"
  | "unexplained";

/** Where an export begins. */
export interface Beginning {
  /** The record before its first; 0 for none. */
  readonly after: number;
  readonly cause: BeginningCause;
  /** Whether a checkpoint signed that record. */
  readonly signed: boolean;
  /** Of `retention`, when it told so. */
  readonly at: Instant | null;
}

/** What tells why. */
export interface BeginningSigns {
  /** The latest retention that the export tells of; null for none. */
  readonly retired: ToldRetention | null;
  /** What checkpoints signed at their places. */
  readonly hashes: ReadonlyMap<number, string>;
}

/** Finds why an export begins where it does. */
export function findBeginning(
  { anchor, from, until }: Pick<ExportHeader, "anchor" | "from" | "until">,
  { retired, hashes }: BeginningSigns,
): Beginning {
  const { seq, hash } = anchor;
  const signed = hashes.get(seq) === hash;
  const told = retired !== null && retired.upTo >= seq ? retired : null;
  const cause = seq === 0
    ? "first"
    : told !== null
    ? "retention"
    : from !== undefined
    ? "asked"
    : until !== undefined && signed
    ? "checkpoint"
    : "unexplained";
  return {
    ...{ after: seq, cause, signed },
    at: cause === "retention" ? told?.at ?? null : null,
  };
}
