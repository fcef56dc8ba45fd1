/**
 * Records as the log keeps them: canonical JSON, read back exactly.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../domain/canonical.ts";
import type { DecisionRecord, LoggedRecord } from "../domain/decision.ts";
import { EngineError } from "../domain/error.ts";

/**
 * Prints a record.
 *
 * @throws {TypeError} If it holds what JSON cannot: nothing then reaches the log.
 */
export function printRecord(record: DecisionRecord): string {
  return canonicalJson(record);
}

/**
 * Reads a record; the inverse of {@link printRecord}.
 *
 * @throws {EngineError} `log_tampered` if it is no decision's record.
 */
export function parseRecord({ id, record }: LoggedRecord): DecisionRecord {
  const parsed = parseJson(record);
  if (
    parsed?.v === 1 && parsed.kind === "decision" && parsed.decision?.id === id
  ) return parsed;
  throw tampered(id, "its record is not that of this decision");
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
  { prev, seq, record }: Pick<LoggedRecord, "prev" | "seq" | "record">,
): string {
  return sha256(`${prev}\n${seq}\n${record}`);
}

function parseJson(text: string): DecisionRecord | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function tampered(id: string, reason: string): EngineError {
  return new EngineError(
    "log_tampered",
    `Cannot trust decision "${id}": ${reason}; run verify-log`,
    { facts: { decision: id } },
  );
}
