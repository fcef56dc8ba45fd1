/**
 * Kept traces that wait to be sent: so many at most. What was kept for an error or for being
 * slow has a queue of its own, which nothing else can fill.
 *
 * @module
 */
import { ALWAYS, type KeepReason } from "./keeping.ts";
import type { Trace } from "./trace.ts";

/** Most that wait in either queue. */
const MOST_WAITING = 1024;

/** Kept traces. */
export interface TraceQueue {
  /** Adds one; the oldest of its queue is lost if that is full. */
  add(trace: Trace, reason: KeepReason): void;
  /** Takes so many at most, those of errors first. */
  take(most: number): readonly Trace[];
  /** Puts back what could not be sent. */
  putBack(traces: readonly Trace[]): void;
  /** Counts what is lost, as it was refused for good. */
  lose(traces: readonly Trace[]): void;
  /** How many wait. */
  waiting(): number;
  /** How many were lost. */
  dropped(): number;
}

/**
 * Opens the queue.
 *
 * @param most Most that wait in either.
 * @returns The queue, empty.
 */
export function createTraceQueue(most = MOST_WAITING): TraceQueue {
  let first: Trace[] = [];
  let others: Trace[] = [];
  let dropped = 0;
  const fit = (queue: Trace[]) => {
    const over = Math.max(0, queue.length - most);
    dropped += over;
    return over === 0 ? queue : queue.slice(over);
  };
  return {
    add(trace, reason) {
      const queue = ALWAYS.has(reason) ? first : others;
      queue.push(trace);
      if (queue.length <= most) return;
      queue.shift();
      dropped++;
    },
    take(count) {
      const taken = first.splice(0, count);
      return [...taken, ...others.splice(0, count - taken.length)];
    },
    putBack(traces) {
      first = fit([...traces.filter(isUrgent), ...first]);
      others = fit([...traces.filter((one) => !isUrgent(one)), ...others]);
    },
    lose(traces) {
      dropped += traces.length;
    },
    waiting: () => first.length + others.length,
    dropped: () => dropped,
  };
}

/** Whether a trace is one of those that are always kept. */
function isUrgent({ facts }: Trace): boolean {
  return ALWAYS.has(facts["moe.kept"] as KeepReason);
}
