/**
 * Records as the log keeps them: canonical JSON, read back exactly.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../../../domain/canonical.ts";
import { readAuditHeader } from "../../../domain/audit_log.ts";
import type {
  ChainRecord,
  DecisionRecord,
  LoggedRecord,
} from "../../../domain/decision.ts";
import { EngineError } from "../../../domain/error.ts";
import {
  type DecisionOutcome,
  type GapRecord,
  isAuditKind,
  type LogKind,
  type OutcomeRecord,
  readLogHeader,
} from "../../../domain/log_record.ts";
import { printDecision } from "./print_decision.ts";

/** A record of any kind. */
export type AnyRecord = DecisionRecord | OutcomeRecord | GapRecord;

/**
 * Prints a record.
 *
 * @returns Canonical JSON.
 * @throws {TypeError} If it holds what JSON cannot: nothing then reaches the log.
 */
export function printRecord(record: AnyRecord): string {
  return record.kind === "decision"
    ? printDecision(record)
    : canonicalJson(record);
}

/**
 * Reads a decision; the inverse of {@link printRecord}.
 *
 * @throws {EngineError} `log_tampered` if it is no decision's record; `record_erased` if
 * it is sealed under a key that is gone.
 */
export function parseRecord(logged: LoggedRecord): DecisionRecord {
  const { id, record, opened } = logged;
  const parsed = parseJson(opened ?? record);
  if (
    parsed?.v === 1 && parsed.kind === "decision" && parsed.decision?.id === id
  ) return parsed;
  if (isUnopened(logged)) throw erased(id);
  throw tampered(id, "its record is not that of this decision");
}

/** Reads the decisions of a page; what is none, or cannot be opened, is passed over. */
export function parseDecisions(
  page: readonly LoggedRecord[],
): readonly DecisionRecord[] {
  return page.filter((row) => row.kind === "decision" && !isUnopened(row))
    .map(parseRecord);
}

/** Reads the outcomes of a page; what is none, or cannot be opened, is passed over. */
export function parseOutcomes(
  page: readonly LoggedRecord[],
): readonly DecisionOutcome[] {
  return page.filter((row) => row.kind === "outcome" && !isUnopened(row))
    .map((row) => parseAs<OutcomeRecord>(row, "outcome").outcome);
}

/**
 * Reads a gap.
 *
 * @throws {EngineError} `log_tampered` if the record is none.
 */
export function parseGap(logged: ChainRecord): GapRecord {
  return parseAs(logged, "gap");
}

/** Whether a record is sealed, and its key is gone. */
export function isUnopened({ record, opened }: LoggedRecord): boolean {
  return opened === undefined && record.includes('"kind":"sealed"') &&
    parseJson(record)?.kind === "sealed";
}

/**
 * Reads a record whose text must be what was logged.
 *
 * @throws {EngineError} `log_tampered` if its hash says otherwise.
 */
export function parseIntact(logged: LoggedRecord): DecisionRecord {
  if (hashRecord(logged) !== logged.hash) {
    throw tampered(
      logged.id,
      "its record does not have the hash it was kept under",
    );
  }
  return parseRecord(logged);
}

/** Hash that a record has at its place in the chain. */
export function hashRecord(
  { prev, seq, record }: Pick<ChainRecord, "prev" | "seq" | "record">,
): string {
  return sha256(`${prev}\n${seq}\n${record}`);
}

/** Whether what stands beside a record is what the record says of itself. */
export function isOwnRow(row: ChainRecord, owner: string): boolean {
  const said = isAuditKind(row.kind)
    ? readAuditHeader(row)
    : readLogHeader(row.record);
  const isOthers = said !== null && "tenant" in said && said.tenant !== owner;
  return said !== null && !isOthers && said.id === row.id &&
    said.at === row.at && said.kind === row.kind;
}

function parseAs<R extends OutcomeRecord | GapRecord>(
  { id, record, opened }: ChainRecord & Pick<LoggedRecord, "opened">,
  kind: LogKind,
): R {
  const parsed = parseJson(opened ?? record) as Partial<R> | null;
  if (parsed?.v === 1 && parsed.kind === kind && parsed.id === id) {
    return parsed as R;
  }
  throw tampered(id, `its record is no ${kind}`);
}

// deno-lint-ignore no-explicit-any -- what is parsed is asked for its form by its reader
function parseJson(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function erased(id: string): EngineError {
  return new EngineError(
    "record_erased",
    `Cannot read decision "${id}": what it was about was erased`,
    { facts: { decision: id } },
  );
}

function tampered(id: string, reason: string): EngineError {
  return new EngineError(
    "log_tampered",
    `Cannot trust decision "${id}": ${reason}; run verify-log`,
    { facts: { decision: id } },
  );
}
