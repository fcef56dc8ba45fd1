/**
 * A declared limit as a sliding window: never more than so many calls in any
 * stretch of so many seconds, counted when a call goes.
 *
 * Calls that go within a 128th of the window of each other are kept together under
 * the moment of the last, for limits too large to keep each call: at most 129
 * entries, never a call too many, and at most one percent less throughput. Small
 * limits keep each moment.
 *
 * @module
 */
import type { CallLimit } from "../../domain/source.ts";

/** Calls that went within one window. */
export interface SlidingWindow {
  /** When one more call may go, if so many are allowed; milliseconds, `now` if at once. */
  readyAt(now: number, allowed: number): number;
  /** Counts a call that goes now. */
  add(now: number): void;
  /** Share of the limit that is used, [0, 1]. */
  usedShare(now: number): number;
}

interface Entry {
  readonly first: number;
  last: number;
  count: number;
}

const EXACT_CALLS = 256;
const ENTRIES = 128;
/** Calls may arrive closer together than they went: the window is longer by so much. */
const SLACK_SHARE = 0.02;
const MOST_SLACK_MS = 500;

/**
 * Starts a window.
 *
 * @param limit Calls, and the seconds of the window.
 * @returns The window, empty.
 */
export function createWindow(
  { calls, perSeconds }: Pick<CallLimit, "calls" | "perSeconds">,
): SlidingWindow {
  const declaredMs = perSeconds * 1000;
  const spanMs = declaredMs + Math.min(declaredMs * SLACK_SHARE, MOST_SLACK_MS);
  const togetherMs = calls > EXACT_CALLS ? spanMs / ENTRIES : 1;
  const entries: Entry[] = [];
  let used = 0;
  function forget(now: number): void {
    while ((entries[0]?.last ?? Infinity) <= now - spanMs) {
      used -= entries.shift()?.count ?? 0;
    }
  }
  return {
    readyAt(now, allowed) {
      forget(now);
      let surplus = used + 1 - allowed;
      if (surplus <= 0) return now;
      for (const { last, count } of entries) {
        surplus -= count;
        if (surplus <= 0) return Math.ceil(last + spanMs);
      }
      return Infinity;
    },
    add(now) {
      used++;
      const entry = entries.at(-1);
      if (entry && now < entry.first + togetherMs) {
        entry.count++;
        entry.last = now;
      } else {
        entries.push({ first: now, last: now, count: 1 });
      }
    },
    usedShare(now) {
      forget(now);
      return used / calls;
    },
  };
}
