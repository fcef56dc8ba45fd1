/**
 * The audit log: one chain of hashes for each tenant, and one for the deployment. Whoever
 * holds a copy of a head can tell whether the log before it is as it was.
 *
 * @module
 */
import { canonicalJson, sha256 } from "./canonical.ts";
import type { ActEvent } from "./act.ts";
import type { ChangeEvent } from "./change_event.ts";

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

/** A place at which a log is not as it was written. */
export interface AuditDamage {
  /** Number that the record has, or should have; of a change, its version. */
  readonly seq: number;
  /**
   * `removed`: a record is missing. `changed`: a record does not have its hash.
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
  events: readonly (ChangeEvent | ActEvent)[],
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

/**
 * Finds every place at which records do not follow from those before.
 *
 * @param records In order, from the one after `head` on.
 * @param head Where the part before ends; the start unless given.
 * @returns Damages; none for a log as it was written.
 */
export function findAuditDamage(
  records: readonly AuditRecord[],
  head: AuditHead = AUDIT_START,
): AuditDamage[] {
  const damages: AuditDamage[] = [];
  let { seq, hash } = head;
  for (const { seq: given, prev, hash: stated, record } of records) {
    seq += 1;
    if (given !== seq) damages.push({ seq, kind: "removed", about: null });
    seq = given;
    const whole = prev === hash && hashRecord(prev, seq, record) === stated;
    if (!whole) damages.push({ seq, kind: "changed", about: null });
    hash = stated;
  }
  return damages;
}

function hashRecord(prev: string, seq: number, record: string): string {
  return sha256(`${prev}\n${seq}\n${record}`);
}
