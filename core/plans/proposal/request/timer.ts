/**
 * What is left of the time that a request may take.
 *
 * @module
 */

/** Time of one request. */
export interface Timer {
  /** Milliseconds since an unknown moment. */
  nowMs(): number;
  /** Milliseconds until the answer is due, negative once it is late; infinite if it may take any time. */
  leftMs(): number;
}

/** Starts. */
export function startTimer(
  deadlineMs = Infinity,
  nowMs = () => performance.now(),
): Timer {
  const end = nowMs() + deadlineMs;
  return { nowMs, leftMs: () => end - nowMs() };
}
