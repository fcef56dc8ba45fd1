/**
 * Time in which many callers sleep at once: it moves to the next moment for which
 * somebody waits, when all that can be done now has been done.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Clock } from "../../ports/clock.ts";

/** Time for tests with many callers. */
export interface Timeline {
  readonly clock: Clock;
  /** Milliseconds since its beginning. */
  ms(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Lets time pass until all are through. */
  run(callers: readonly Promise<unknown>[]): Promise<void>;
}

const BEGINNING = Date.parse("2026-08-01T00:00:00.000Z");
/** Steps of promises within one moment. */
const STEPS = 30;

/** Makes time that stands still until it is run. */
export function createTimeline(): Timeline {
  const sleepers = new Map<number, (() => void)[]>();
  let moments: number[] = [];
  let ms = 0;
  async function pass(): Promise<void> {
    for (let step = 0; step < STEPS; step++) await null;
  }
  return {
    clock: { now: () => new Date(BEGINNING + ms).toISOString() },
    ms: () => ms,
    sleep(milliseconds) {
      const until = ms + Math.max(0, Math.ceil(milliseconds));
      const { promise, resolve } = Promise.withResolvers<void>();
      const same = sleepers.get(until);
      if (same) {
        same.push(resolve);
      } else {
        sleepers.set(until, [resolve]);
        const at = moments.findIndex((moment) => moment > until);
        moments.splice(at < 0 ? moments.length : at, 0, until);
      }
      return promise;
    },
    async run(callers) {
      let through = false;
      const all = Promise.all(callers).finally(() => through = true);
      all.catch(() => {});
      for (await pass(); !through; await pass()) {
        const [next] = moments;
        assert(next !== undefined, "everybody waits and nobody wakes");
        moments = moments.slice(1);
        ms = next;
        for (const wake of sleepers.get(next) ?? []) {
          wake();
          await pass();
        }
        sleepers.delete(next);
      }
      await all;
    },
  };
}
