/**
 * The system's clock.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

/** Tells the time of the machine. */
export const systemClock: Clock = createSystemClock();

/** A moment is printed once in each millisecond. */
function createSystemClock(): Clock {
  let printedMs = NaN;
  let printed = "";
  return {
    now: () => {
      const nowMs = Date.now();
      if (nowMs !== printedMs) {
        printedMs = nowMs;
        printed = new Date(nowMs).toISOString();
      }
      return printed;
    },
  };
}
