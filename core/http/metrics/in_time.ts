/**
 * Asks an engine what its metrics need, for so long at most: what hangs leaves its series
 * out, and not the scrape, as that is when the others are looked at. While one question
 * waits no other of its kind is asked, so that scrapes do not queue up behind it.
 *
 * @module
 */
import { openDeadlines } from "../../domain/deadline.ts";
import type { Operated } from "../metrics.ts";

/** Longer than the health takes to say what hangs, and less than a scrape may take. */
const LONGEST_MS = 2500;
const DEADLINES = openDeadlines();

/**
 * Makes what asks an engine in time.
 *
 * @param engine The engine.
 * @param longestMs Longest that an answer may take.
 * @returns The same engine, whose answers fail when they are late.
 */
export function askInTime(
  engine: Operated,
  longestMs = LONGEST_MS,
): Operated {
  const inTime = <T>(ask: () => Promise<T>) => questionInTime(ask, longestMs);
  const { signals, trust, jobs, health } = engine;
  return {
    ...engine,
    signals: { freshness: inTime(() => signals.freshness()) },
    streamLag: inTime(() => engine.streamLag()),
    jobs: { list: inTime(() => jobs.list()) },
    trust: {
      ...trust,
      everyConsistency: inTime(() => trust.everyConsistency()),
    },
    ...health && { health: inTime(() => health()) },
  };
}

/** One at a time; whoever asks meanwhile waits for the same answer. */
function questionInTime<T>(
  ask: () => Promise<T>,
  longestMs: number,
): () => Promise<T> {
  let asked: Promise<T> | null = null;
  const late = () => new Error(`no answer within ${longestMs} ms`);
  return async () => {
    const answer = asked ??= ask().finally(() => asked = null);
    return await DEADLINES.start(longestMs).within(answer, late);
  };
}
