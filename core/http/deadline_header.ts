/**
 * How long a caller waits, from `x-deadline-ms`.
 *
 * @module
 */
import { FieldsInvalid } from "./problem.ts";

/** The header's name. */
export const DEADLINE_HEADER = "x-deadline-ms";

/** Most that a caller may allow, milliseconds. */
export const MOST_DEADLINE_MS = 60_000;

/**
 * Reads the header.
 *
 * @param header What was sent.
 * @param otherwiseMs How long a request may take whose caller says nothing, milliseconds.
 * @returns How long it may take, milliseconds.
 * @throws {FieldsInvalid} If it is no whole number from 1 to {@link MOST_DEADLINE_MS}.
 */
export function parseDeadline(
  header: string | undefined,
  otherwiseMs: number,
): number {
  if (header === undefined) return otherwiseMs;
  const ms = /^[0-9]{1,5}$/.test(header) ? Number(header) : 0;
  if (ms >= 1 && ms <= MOST_DEADLINE_MS) return ms;
  throw new FieldsInvalid([{
    path: DEADLINE_HEADER,
    message: `must be whole milliseconds from 1 to ${MOST_DEADLINE_MS}`,
  }]);
}
