/**
 * What the decision log holds beside decisions, and what every record says of itself
 * whether or not the rest of it can be read.
 *
 * @module
 */
import type { Instant } from "./day.ts";

/**
 * What a record of the log is.
 *
 * - `decision`: what was decided, and all that its replay needs
 * - `outcome`: what came of a decision, told later
 * - `gap`: that records are missing, how many, and why
 */
export const LOG_KINDS = ["decision", "outcome", "gap"] as const;

/** What a record of the log is. */
export type LogKind = (typeof LOG_KINDS)[number];

/**
 * What a record of the audit log is, beside a gap.
 *
 * - `act`: what somebody did by hand, as it began or ended
 * - `change`: what happened to a change
 */
export const AUDIT_KINDS = ["act", "change"] as const;

/** What a record of the audit log is, beside a gap. */
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** What came of a decision. */
export interface DecisionOutcome {
  /** Id as its sender gave it; one of a decision counts once. */
  readonly id: string;
  /** Id of the decision. */
  readonly decision: string;
  /** When it happened. */
  readonly at: Instant;
  /** `visit`, `conversion`, `revenue` or another name in snake_case. */
  readonly kind: string;
  /** How much, as decimal text; null where an amount of money or the fact says it. */
  readonly value: string | null;
  /** Money that it brought; null for none. */
  readonly money: {
    /** Whole micros as text. */
    readonly micros: string;
    /** ISO 4217. */
    readonly currency: string;
  } | null;
}

/** What the log keeps of an outcome. */
export interface OutcomeRecord {
  /** Form of this record. */
  readonly v: 1;
  /** What kind of record. */
  readonly kind: "outcome";
  /** Whose. */
  readonly tenant: string;
  /** Id of the record. */
  readonly id: string;
  /** When it was told. */
  readonly at: Instant;
  /** Name of the key that told it. */
  readonly by: string;
  /** What was told. */
  readonly outcome: DecisionOutcome;
}

/** That records are missing from the log. */
export interface GapRecord {
  /** Form of this record. */
  readonly v: 1;
  /** What kind of record. */
  readonly kind: "gap";
  /** Whose. */
  readonly tenant: string;
  /** Id of the record, `gap_…`. */
  readonly id: string;
  /** When it was found, or made. */
  readonly at: Instant;
  /** `retention`, or what was damaged. */
  readonly reason: string;
  /** How many records; null if nobody can tell. */
  readonly count: number | null;
  /** Of retention: the last record that may be gone. */
  readonly upTo?: number;
  /** For a person; without personal data. */
  readonly detail?: string;
}

/** What a record says of itself, in the clear even where the rest is sealed. */
export interface LogHeader {
  /** Whose. */
  readonly tenant: string;
  /** Its id. */
  readonly id: string;
  /** When it was taken or told. */
  readonly at: Instant;
  /** What it is. */
  readonly kind: LogKind;
}

/**
 * Reads what a record says of itself.
 *
 * @param text The record as it is kept, sealed or not.
 * @returns Its header, or null if it is no record of the log.
 */
export function readLogHeader(text: string): LogHeader | null {
  const record = parseMembers(text);
  if (record === null) return null;
  const kind = record.kind === "sealed" ? record.of : record.kind;
  const said = record.kind === "decision" ? record.decision : record;
  if (!isMembers(said) || !isLogKind(kind)) return null;
  const { tenant } = record;
  const { id, at } = said;
  return typeof tenant === "string" && typeof id === "string" &&
      typeof at === "string"
    ? { tenant, id, at, kind }
    : null;
}

/**
 * Whether a value names a kind of record.
 *
 * @param value Any value.
 * @returns True for a name in {@link LOG_KINDS}.
 */
export function isLogKind(value: unknown): value is LogKind {
  return (LOG_KINDS as readonly unknown[]).includes(value);
}

/**
 * Whether a value names a kind of record that the audit log alone has.
 *
 * @param value Any value.
 * @returns True for a name in {@link AUDIT_KINDS}.
 */
export function isAuditKind(value: unknown): value is AuditKind {
  return (AUDIT_KINDS as readonly unknown[]).includes(value);
}

function parseMembers(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : null;
  } catch {
    return null;
  }
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
