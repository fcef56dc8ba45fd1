/**
 * When a search has to end.
 *
 * @module
 */

/** A time limit, and the clock it is measured by. */
export interface Deadline {
  /** Milliseconds after which the best so far is the answer; what proves it holds as always. */
  readonly deadlineMs?: number;
  /** The clock, milliseconds; without one there is no deadline. */
  readonly now?: () => number;
}

/** Starts the clock; the answer says whether time is over. */
export function startClock(
  { deadlineMs = Infinity, now = () => 0 }: Deadline,
): () => boolean {
  const end = now() + deadlineMs;
  return () => now() >= end;
}
