/**
 * Until when a decision may be used: a minute, a quarter of it on stale features,
 * and never into a minute in which the policies would say no, such as the first
 * of the quiet hours.
 *
 * @module
 */
import { createInstantPrinter, type Instant } from "../domain/day.ts";
import type { FeatureReadings } from "../domain/feature.ts";

const MINUTE_MS = 60_000;
const STALE_MS = 15_000;

/** Decisions of one millisecond end together, and those of one minute meet the same next. */
const printEnd = createInstantPrinter();
const printMinute = createInstantPrinter();

/**
 * Finds the end of a decision's life.
 *
 * @param at When it was taken.
 * @param readings Features that it rests on.
 * @param holdsAt Whether the policies would still allow it at a later moment.
 * @returns The first moment at which it may no longer be used.
 */
export function validUntil(
  at: Instant,
  readings: FeatureReadings,
  holdsAt: (later: Instant) => boolean,
): Instant {
  const atMs = Date.parse(at);
  const untilMs = atMs + (isStale(readings) ? STALE_MS : MINUTE_MS);
  const nextMs = (Math.floor(atMs / MINUTE_MS) + 1) * MINUTE_MS;
  if (untilMs <= nextMs) return printEnd(untilMs);
  const next = printMinute(nextMs);
  return holdsAt(next) ? printEnd(untilMs) : next;
}

function isStale(readings: FeatureReadings): boolean {
  for (const id in readings) if (readings[id]?.status === "stale") return true;
  return false;
}
