/**
 * What a failure of a destination means for the work that is left.
 *
 * @module
 */
import { EngineError, type ErrorCode } from "../../domain/error.ts";

/** First wait after a failure that says nothing of when to come again, milliseconds. */
const FIRST_WAIT_MS = 1000;

/** A failed call. */
export interface Failure {
  readonly code: ErrorCode;
  /** Whether it may go through later. */
  readonly retryable: boolean;
  /** Seconds that the destination asks for; null if it does not say. */
  readonly retryAfterSeconds: number | null;
}

/** Answered, and yet the value was not there when it was read back. */
export const FORGOTTEN: Failure = {
  code: "connector_failed",
  retryable: true,
  retryAfterSeconds: null,
};

/** Reads what was thrown; an error without a code may have come from anywhere. */
export function toFailure(thrown: unknown): Failure {
  if (!(thrown instanceof EngineError)) return FORGOTTEN;
  const { code, facts, retryable } = thrown;
  const told = Number(facts.retryAfterSeconds);
  return {
    code,
    // A value moved: the others go out without it.
    retryable: retryable || code === "change_drifted",
    retryAfterSeconds: Number.isFinite(told) ? told : null,
  };
}

/**
 * How long to wait before another try, milliseconds.
 *
 * @param tries Tries that have failed, at least 1.
 */
export function waitAfter(
  { code, retryable, retryAfterSeconds }: Failure,
  tries: number,
): number {
  if (!retryable || code === "change_drifted") return 0;
  return retryAfterSeconds === null
    ? FIRST_WAIT_MS * 2 ** (tries - 1)
    : retryAfterSeconds * 1000;
}
