/**
 * What people and services do by hand, other than to changes: kept in the audit log,
 * before it is done and again as it ended. An act without an end is one whose node
 * stopped in between.
 *
 * @module
 */
import type { Instant } from "./day.ts";
import type { GapRecord } from "./log_record.ts";

/** Who does what to which thing. */
export interface Act {
  /** Route or command: `POST /keys/{id}/revoke`, `moe keys revoke`. */
  readonly act: string;
  /** What it is done to, as the path or the operands name it; empty if nothing is named. */
  readonly about: string;
  /** Name of who does it. */
  readonly by: string;
  /** Whether that is a person. */
  readonly human: boolean;
  /** Id of the API key, or null at the command line. */
  readonly key: string | null;
  /** Why, as they said; empty if they did not. */
  readonly reason: string;
  /** Ties the beginning to its end. */
  readonly request: string;
}

/** How an act ended: well, or by the code of its failure. */
export type ActEnd = "done" | (string & Record<never, never>);

/** One record of an act. */
export interface ActEvent extends Act {
  /** Form of this record. */
  readonly v: 1;
  /** Tells it from what happens to changes. */
  readonly kind: "act";
  /** When. */
  readonly at: Instant;
  /** Null as it begins. */
  readonly end: ActEnd | null;
}

/**
 * That retention took acts: the log goes on from the last of them. What is told of
 * changes before it stays.
 */
export interface ActsRetired extends GapRecord {
  /** Why. */
  readonly reason: "retention";
  /** Number of the last record that left, or would have. */
  readonly upTo: number;
  /** Its hash. */
  readonly anchor: string;
  /** Covers what stayed up to there: see `AuditAnchor`. */
  readonly stayed: string;
}

/** Longest text that an act keeps of what a caller sent. */
const MOST_TEXT = 500;

/**
 * Makes a record of an act.
 *
 * @param act The act.
 * @param at When.
 * @param end How it ended; null as it begins.
 * @returns The record, with texts cut to a bounded length.
 */
export function actEvent(
  act: Act,
  at: Instant,
  end: ActEnd | null,
): ActEvent {
  const { about, by, reason } = act;
  const cut = (text: string) => text.slice(0, MOST_TEXT).toWellFormed();
  const texts = { about: cut(about), by: cut(by), reason: cut(reason) };
  return { v: 1, kind: "act", ...act, ...texts, at, end };
}

/** Whether a record of the audit log is of an act. */
export function isActEvent(event: unknown): event is ActEvent {
  return typeof event === "object" && event !== null &&
    "kind" in event && event.kind === "act" && "end" in event;
}

/** Whether a record of the audit log tells that acts were retired. */
export function isActsRetired(event: unknown): event is ActsRetired {
  return typeof event === "object" && event !== null &&
    "kind" in event && event.kind === "gap" && "stayed" in event;
}
