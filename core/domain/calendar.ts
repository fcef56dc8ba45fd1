/**
 * What a moment alone tells of seasons: parts of the calendar, waves and holidays.
 *
 * All are read from the wall clock of a zone, UTC unless one is named: eight in the
 * morning is eight in the morning in summer and in winter, and an hour that the clock
 * skips or repeats is skipped or repeated here.
 *
 * @module
 */
import {
  type Day,
  DAY_MS,
  type Instant,
  localTime,
  startOfDay,
} from "./day.ts";
import type { CalendarPart, MomentAggregation } from "./feature.ts";

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * DAY_MS;
/** Monday the fifth of January 1970: weeks turn there. */
const MONDAY_MS = 4 * DAY_MS;

/**
 * Computes a feature of the moment.
 *
 * @param aggregation What to tell. Hours count from 0, days of the week from 0 (Sunday)
 * to 6, days of the month and months from 1; `is_weekend` and `is` are 1 or 0. Waves
 * turn from midnight, Monday's midnight or New Year's. On a holiday itself there are 0
 * days to it and since it.
 * @param at The moment.
 * @returns The number; null if no holiday is to come, or none has been.
 * @throws {RangeError} If the zone is unknown.
 * @example
 * ```ts
 * import { momentValue } from "./calendar.ts";
 * const hour = { how: "calendar", part: "hour_of_day" } as const;
 * momentValue(hour, "2026-07-01T12:00:00.000Z"); // 12
 * momentValue({ ...hour, zone: "Europe/Berlin" }, "2026-07-01T12:00:00.000Z"); // 14
 * ```
 */
export function momentValue(
  aggregation: MomentAggregation,
  at: Instant,
): number | null {
  const clock = wallClock(at, aggregation.zone);
  switch (aggregation.how) {
    case "calendar":
      return calendarPart(aggregation.part, new Date(clock));
    case "fourier":
      return wave(aggregation, clock);
    case "holiday":
      return holiday(aggregation, Math.floor(clock / DAY_MS));
  }
}

/** What the clock on the wall shows, as milliseconds since 1970 if it were UTC. */
function wallClock(at: Instant, zone = "UTC"): number {
  const ms = Date.parse(at);
  if (zone === "UTC") return ms;
  const { day, minute } = localTime(at, zone);
  return Date.parse(startOfDay(day)) + minute * MINUTE_MS +
    remainder(ms, MINUTE_MS);
}

function calendarPart(part: CalendarPart, clock: Date): number {
  const weekday = clock.getUTCDay();
  switch (part) {
    case "hour_of_day":
      return clock.getUTCHours();
    case "day_of_week":
      return weekday;
    case "is_weekend":
      return weekday === 0 || weekday === 6 ? 1 : 0;
    case "day_of_month":
      return clock.getUTCDate();
    case "month_of_year":
      return clock.getUTCMonth() + 1;
  }
}

function wave(
  { period, harmonic, wave }: Extract<MomentAggregation, { how: "fourier" }>,
  clock: number,
): number {
  const [since, length] = turnOf(period, clock);
  const angle = 2 * Math.PI * (remainder(harmonic * since, length) / length);
  return wave === "sin" ? Math.sin(angle) : Math.cos(angle);
}

/** Milliseconds since the period began, and its length. */
function turnOf(
  period: "day" | "week" | "year",
  clock: number,
): readonly [since: number, length: number] {
  if (period === "day") return [remainder(clock, DAY_MS), DAY_MS];
  if (period === "week") {
    return [remainder(clock - MONDAY_MS, WEEK_MS), WEEK_MS];
  }
  const year = new Date(clock).getUTCFullYear();
  const from = Date.UTC(year);
  return [clock - from, Date.UTC(year + 1) - from];
}

function holiday(
  { say, days }: Extract<MomentAggregation, { how: "holiday" }>,
  today: number,
): number | null {
  const table = sorted(days);
  const place = countBefore(table, today);
  const next = table[place];
  if (say === "is") return next === today ? 1 : 0;
  if (say === "days_until") return next === undefined ? null : next - today;
  const last = next === today ? next : table[place - 1];
  return last === undefined ? null : today - last;
}

const tables = new WeakMap<readonly Day[], Int32Array>();

/** Days since 1970 in order; made once for each table. */
function sorted(days: readonly Day[]): Int32Array {
  const known = tables.get(days);
  if (known) return known;
  const table = Int32Array.from(
    days,
    (day) => Date.parse(startOfDay(day)) / DAY_MS,
  ).sort();
  tables.set(days, table);
  return table;
}

/** How many come before a day, by bisection. */
function countBefore(table: Int32Array, day: number): number {
  let from = 0;
  let until = table.length;
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((table[middle] ?? Infinity) < day) from = middle + 1;
    else until = middle;
  }
  return from;
}

/** What is left by a division, never negative. */
function remainder(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
