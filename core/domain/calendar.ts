/**
 * Parts of a moment that models learn seasons from, in UTC.
 *
 * @module
 */
import { DAY_MS, type Instant } from "./day.ts";
import type { CalendarPart } from "./feature.ts";

const HOUR_MS = DAY_MS / 24;
/** Monday the fifth of January 1970: weeks turn there. */
const MONDAY_MS = 4 * DAY_MS;

/**
 * Reads one part of a moment.
 *
 * @param part Which part. Hours count from 0, days of the week from 0 (Sunday) to 6,
 * months from 1; `is_weekend` is 1 or 0. Sines and cosines turn once a week, from
 * Monday midnight, or once a year, from New Year's midnight.
 * @param at The moment.
 * @returns The part as a number.
 * @example
 * ```ts
 * import { calendarPart } from "./calendar.ts";
 * calendarPart("month_of_year", "2026-03-01T00:00:00.000Z"); // 3
 * ```
 */
export function calendarPart(part: CalendarPart, at: Instant): number {
  const moment = new Date(at);
  const weekday = moment.getUTCDay();
  switch (part) {
    case "hour_of_day":
      return moment.getUTCHours();
    case "day_of_week":
      return weekday;
    case "is_weekend":
      return weekday === 0 || weekday === 6 ? 1 : 0;
    case "month_of_year":
      return moment.getUTCMonth() + 1;
    case "sin_week":
      return Math.sin(weekAngle(moment));
    case "cos_week":
      return Math.cos(weekAngle(moment));
    case "sin_year":
      return Math.sin(yearAngle(moment));
    case "cos_year":
      return Math.cos(yearAngle(moment));
  }
}

function weekAngle(moment: Date): number {
  const weeks = (moment.getTime() - MONDAY_MS) / (7 * DAY_MS);
  return 2 * Math.PI * (weeks - Math.floor(weeks));
}

function yearAngle(moment: Date): number {
  const year = moment.getUTCFullYear();
  const from = Date.UTC(year);
  const hours = (moment.getTime() - from) / HOUR_MS;
  return 2 * Math.PI * hours / ((Date.UTC(year + 1) - from) / HOUR_MS);
}
