/**
 * The audit log: one chain of hashes for each tenant, and one for the deployment. Whoever
 * holds a copy of a head can tell whether the log before it is as it was.
 *
 * @module
 */
import { canonicalJson, sha256 } from "./canonical.ts";
import {
  type ActEvent,
  type ActsRetired,
  isActEvent,
  isActsRetired,
} from "./act.ts";
import type { ChangeEvent } from "./change_event.ts";
import type { Instant } from "./day.ts";
import type { AuditKind } from "./log_record.ts";

/** What the log holds. */
export type AuditEvent = ChangeEvent | ActEvent | ActsRetired;

/** One record of the log. */
export interface AuditRecord {
  /** 1, 2, 3, … without gaps. */
  readonly seq: number;
  /** Hash of the record before; 64 zeros for the first. */
  readonly prev: string;
  /** SHA-256 over `prev`, `seq` and `record`. */
  readonly hash: string;
  /** The event as canonical JSON. */
  readonly record: string;
}

/** Where a log ends; a copy elsewhere tells when the end is cut off. */
export type AuditHead = Pick<AuditRecord, "seq" | "hash">;

/** Before the first record. */
export const AUDIT_START: AuditHead = { seq: 0, hash: "0".repeat(64) };

/**
 * From where a log goes on after acts were retired. What is told of changes stays, so
 * that what is in force can be compared with it; it follows from nothing any more, and is
 * covered by a hash of its own.
 */
export interface AuditAnchor extends AuditHead {
  /**
   * SHA-256 over the one before, and `seq` and `hash` of a record that stays, for each of
   * them up to there in order; 64 zeros for none.
   */
  readonly stayed: string;
}

/** Of a log from which nothing was retired. */
export const UNRETIRED: AuditAnchor = {
  ...AUDIT_START,
  stayed: AUDIT_START.hash,
};

/** A place at which a log is not as it was written. */
export interface AuditDamage {
  /** Number that the record has, or should have; of a change, its version. */
  readonly seq: number;
  /**
   * `removed`: a record is missing. `changed`: a record does not have its hash, or what
   * stayed before a record that was retired is not what it was.
   * `unlogged`: a change or a pointer moved without a record, or records were cut off.
   */
  readonly kind: "removed" | "changed" | "unlogged";
  /** What it is about: a change's id or a subject; null for the log itself. */
  readonly about: string | null;
}

/**
 * Appends events to a log.
 *
 * @param head Where the log ends.
 * @param events What happened, in order.
 * @returns The records to add.
 */
export function chainEvents(
  head: AuditHead,
  events: readonly AuditEvent[],
): AuditRecord[] {
  let { seq, hash } = head;
  return events.map((event) => {
    const record = canonicalJson(event);
    const prev = hash;
    seq += 1;
    hash = hashRecord(prev, seq, record);
    return { seq, prev, hash, record };
  });
}

/** A walk along a log, from its first record on. */
export interface AuditWalk {
  /**
   * Takes the next record.
   *
   * @param record The record.
   * @returns What it tells of a change; null if it tells of none.
   */
  take(record: AuditRecord): ChangeEvent | null;
  /** The last record taken; the anchor before that. */
  readonly head: AuditHead;
  /** Covers all that was told of changes so far, as an anchor's does. */
  readonly stayed: string;
  /** Records behind the anchor so far that would leave if acts were retired. */
  readonly leaving: number;
  /** Every place at which records do not follow from those before. */
  end(): readonly AuditDamage[];
}

/**
 * Starts a walk.
 *
 * @param anchor From where the log goes on; its first record unless given.
 */
export function startAuditWalk(anchor: AuditAnchor = UNRETIRED): AuditWalk {
  const damages: AuditDamage[] = [];
  let { seq, hash } = anchor;
  let [stayed, leaving] = [UNRETIRED.stayed, 0];
  let isBehind = false;
  const note = (seq: number, kind: AuditDamage["kind"]) =>
    void damages.push({ seq, kind, about: null });
  function passAnchor(): void {
    if (!isBehind && stayed !== anchor.stayed) note(anchor.seq, "changed");
    isBehind = true;
  }
  function goOn(record: AuditRecord): void {
    passAnchor();
    seq += 1;
    if (record.seq !== seq) note(seq, "removed");
    seq = record.seq;
    if (record.prev !== hash || !isWhole(record)) note(seq, "changed");
    hash = record.hash;
  }
  return {
    take(record) {
      const event = readChangeEvent(record);
      if (record.seq > anchor.seq) goOn(record);
      else if (event !== null && !isWhole(record)) note(record.seq, "changed");
      if (event !== null) stayed = coverStayed(stayed, record);
      else if (record.seq > anchor.seq) leaving += 1;
      return event;
    },
    get head() {
      return { seq, hash };
    },
    get stayed() {
      return stayed;
    },
    get leaving() {
      return leaving;
    },
    end() {
      passAnchor();
      return damages;
    },
  };
}

/**
 * Finds every place at which the records of a log do not follow from those before.
 *
 * @param records All of them, in order.
 * @param anchor From where the log goes on; its first record unless given.
 * @returns Damages; none for a log as it was written.
 */
export function findAuditDamage(
  records: readonly AuditRecord[],
  anchor?: AuditAnchor,
): readonly AuditDamage[] {
  const walk = startAuditWalk(anchor);
  for (const record of records) walk.take(record);
  return walk.end();
}

/**
 * Reads from where a log goes on: as the record of retention says that reaches furthest.
 *
 * @param records Some of its records; those that tell of anything else are passed over.
 * @returns The anchor.
 */
export function readAuditAnchor(
  records: readonly Pick<AuditRecord, "record">[],
): AuditAnchor {
  let furthest = UNRETIRED;
  for (const retired of records.map(parse)) {
    if (!isActsRetired(retired) || retired.upTo <= furthest.seq) continue;
    const { upTo, anchor, stayed } = retired;
    furthest = { seq: upTo, hash: anchor, stayed };
  }
  return furthest;
}

/** What a record says of itself. */
export interface AuditHeader {
  /** The change, or the request of an act. */
  readonly id: string;
  /** When it happened. */
  readonly at: Instant;
  /** What it is. */
  readonly kind: AuditKind;
}

/**
 * Reads what a record says of itself.
 *
 * @param record The record.
 * @returns Its header; null if it tells neither of an act nor of a change.
 */
export function readAuditHeader(
  record: Pick<AuditRecord, "record">,
): AuditHeader | null {
  const event = parse(record);
  if (isActEvent(event)) {
    return { id: event.request, at: event.at, kind: "act" };
  }
  const told = readChangeEvent(record);
  return told === null
    ? null
    : { id: told.change, at: told.at, kind: "change" };
}

/**
 * Reads what happened to a change.
 *
 * @param record The record.
 * @returns The event; null for what is none, or no record any more, as its hash tells.
 */
export function readChangeEvent(
  record: Pick<AuditRecord, "record">,
): ChangeEvent | null {
  const event = parse(record) as Partial<ChangeEvent> | null;
  const named = [event?.change, event?.subject];
  return named.every((name) => typeof name === "string")
    ? event as ChangeEvent
    : null;
}

function parse({ record }: Pick<AuditRecord, "record">): unknown {
  try {
    return JSON.parse(record);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Covers one more of the records that stay; see {@link AuditAnchor}.
 *
 * @param stayed Covers those before.
 * @param record The next.
 * @returns Covers it as well.
 */
export function coverStayed(
  stayed: string,
  { seq, hash }: Pick<AuditRecord, "seq" | "hash">,
): string {
  return sha256(`${stayed}\n${seq}\n${hash}`);
}

function isWhole({ prev, seq, record, hash }: AuditRecord): boolean {
  return hashRecord(prev, seq, record) === hash;
}

function hashRecord(prev: string, seq: number, record: string): string {
  return sha256(`${prev}\n${seq}\n${record}`);
}
