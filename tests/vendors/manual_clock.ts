/**
 * A clock that moves when it is told, or when somebody sleeps by it.
 *
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";
import type { Clock } from "../../core/ports/clock.ts";

/** A clock for tests. */
export interface ManualClock extends Clock {
  /** Moves it forward. */
  advance(milliseconds: number): void;
  /** Sleeps without waiting: the clock moves instead. */
  sleep(milliseconds: number): Promise<void>;
}

/**
 * Makes a clock.
 *
 * @param at Where it stands at first.
 * @returns The clock.
 */
export function manualClock(at: Instant): ManualClock {
  let ms = Date.parse(at);
  return {
    now: () => new Date(ms).toISOString(),
    advance: (milliseconds) => {
      ms += milliseconds;
    },
    sleep: (milliseconds) => {
      ms += milliseconds;
      return Promise.resolve();
    },
  };
}
