/**
 * Time that never goes back.
 *
 * @module
 */
import type { Clock } from "../../ports/clock.ts";

/** Milliseconds since 1970 that go on where they were when the clock is set back. */
export function steadyTime(clock: Clock): () => number {
  let last = Date.parse(clock.now());
  let lostMs = 0;
  return () => {
    const now = Date.parse(clock.now());
    lostMs += Math.max(0, last - now);
    last = now;
    return now + lostMs;
  };
}
