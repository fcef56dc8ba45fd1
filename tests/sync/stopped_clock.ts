/**
 * A clock that stands until it is told to go on: whoever sleeps by it waits, so that a
 * test sees who can go on without waiting.
 *
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";
import type { ManualClock } from "../vendors/manual_clock.ts";

/** A clock that stands. */
export interface StoppedClock extends ManualClock {
  /** Resolves when nothing else happens any more before the clock goes on. */
  untilWaiting(): Promise<void>;
  /** Goes from sleeper to sleeper until the work is done. */
  runUntil(work: Promise<unknown>): Promise<void>;
}

/** All wait when nobody has asked for the time at so many looks, this far apart. */
const QUIET_LOOKS = 4;
const LOOK_MS = 100;

/** Makes a clock that stands at a moment. */
export function stoppedClock(at: Instant): StoppedClock {
  let ms = Date.parse(at);
  let asked = 0;
  const sleepers: { readonly at: number; wake(): void }[] = [];
  function wakeFirst(): void {
    sleepers.sort((a, b) => a.at - b.at);
    const first = sleepers.shift();
    if (!first) return;
    ms = Math.max(ms, first.at);
    first.wake();
  }
  async function untilWaiting(): Promise<void> {
    let before = asked;
    for (let quiet = 0; quiet < QUIET_LOOKS; quiet++) {
      await new Promise((later) => setTimeout(later, LOOK_MS));
      if (before !== asked) quiet = 0;
      before = asked;
    }
  }
  return {
    now: () => {
      asked++;
      return new Date(ms).toISOString();
    },
    advance: (milliseconds) => {
      ms += milliseconds;
    },
    sleep: (milliseconds) =>
      new Promise((wake) => sleepers.push({ at: ms + milliseconds, wake })),
    untilWaiting,
    async runUntil(work) {
      let done = false;
      work.finally(() => {
        done = true;
      }).catch(() => {});
      while (!done) {
        await untilWaiting();
        wakeFirst();
      }
    },
  };
}
