/**
 * Days of a budget in the zone of its account: 23, 24 or 25 hours where clocks change.
 *
 * @module
 */
import { type Day, DAY_MS, localTime } from "../../domain/day.ts";
import { type Span, utcDay } from "./flight.ts";

const MINUTE_MS = 60_000;
/** No day is longer. */
const LONGEST_MS = 2 * DAY_MS;

/**
 * Makes the calendar of a zone.
 *
 * @param zone IANA name.
 * @returns The day that a moment belongs to; the one asked for last is remembered.
 */
export function zoneDays(zone: string): (at: number) => Span {
  if (zone === "UTC") return utcDay;
  let known: Span = { from: 0, until: 0 };
  return (at) => {
    if (at < known.from || at >= known.until) known = findDay(at, zone);
    return known;
  };
}

function findDay(at: number, zone: string): Span {
  const { day, minute } = localTime(new Date(at).toISOString(), zone);
  const midnight = Math.floor(at / MINUTE_MS) * MINUTE_MS - minute * MINUTE_MS;
  const isSince = (other: Day) => other >= day;
  const isAfter = (other: Day) => other > day;
  const from = isFirst(zone, midnight, isSince)
    ? midnight
    : firstMinute(zone, at, isSince);
  const next = from + DAY_MS;
  const until = isFirst(zone, next, isAfter)
    ? next
    : firstMinute(zone, at + LONGEST_MS, isAfter);
  return { from, until };
}

function isFirst(
  zone: string,
  at: number,
  holds: (day: Day) => boolean,
): boolean {
  return holds(dayAt(at, zone)) && !holds(dayAt(at - MINUTE_MS, zone));
}

/** The first minute from which on a day holds, by halving; it holds at `late`. */
function firstMinute(
  zone: string,
  late: number,
  holds: (day: Day) => boolean,
): number {
  let after = Math.floor(late / MINUTE_MS);
  let before = after - 2 * LONGEST_MS / MINUTE_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(dayAt(middle * MINUTE_MS, zone))) after = middle;
    else before = middle;
  }
  return after * MINUTE_MS;
}

function dayAt(at: number, zone: string): Day {
  return localTime(new Date(at).toISOString(), zone).day;
}
