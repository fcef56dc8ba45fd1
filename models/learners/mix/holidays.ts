/**
 * Days that move shoppers in many countries, by rule, for any year.
 *
 * @module
 */
import { addDays, type Day } from "@moe/plugin";

/** Dates in a year. */
type Rule = (year: number) => Day;

/** Built-in holidays; each is one day, and touches the period that it falls in. */
export const HOLIDAYS = {
  new_year: (year) => day(year, 1, 1),
  valentines_day: (year) => day(year, 2, 14),
  easter: easterOf,
  mothers_day: (year) => weekdayOf(day(year, 5, 1), { weekday: 0, count: 2 }),
  memorial_day: (year) => addDays(mondayFrom(day(year, 6, 1)), -7),
  independence_day: (year) => day(year, 7, 4),
  labor_day: (year) => mondayFrom(day(year, 9, 1)),
  singles_day: (year) => day(year, 11, 11),
  thanksgiving: thanksgivingOf,
  black_friday: (year) => addDays(thanksgivingOf(year), 1),
  cyber_monday: (year) => addDays(thanksgivingOf(year), 4),
  christmas: (year) => day(year, 12, 25),
} as const satisfies Readonly<Record<string, Rule>>;

function day(year: number, month: number, date: number): Day {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${year}-${two(month)}-${two(date)}`;
}

/** The count-th such weekday (0 is Sunday) from a day on. */
function weekdayOf(
  from: Day,
  { weekday, count }: { weekday: number; count: number },
): Day {
  const first = new Date(`${from}T00:00:00.000Z`).getUTCDay();
  return addDays(from, (weekday - first + 7) % 7 + 7 * (count - 1));
}

function mondayFrom(from: Day): Day {
  return weekdayOf(from, { weekday: 1, count: 1 });
}

function thanksgivingOf(year: number): Day {
  return weekdayOf(day(year, 11, 1), { weekday: 4, count: 4 });
}

/**
 * Easter Sunday of the Gregorian calendar.
 *
 * @see Meeus (1991), Astronomical Algorithms, chapter 8
 */
function easterOf(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = b >> 2;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * (c >> 2) - h - c % 4) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const days = h + l - 7 * m + 114;
  return day(year, Math.floor(days / 31), days % 31 + 1);
}
