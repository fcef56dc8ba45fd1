/**
 * When a source is silent for clearly longer than it ever pauses.
 *
 * Its own pauses tell: a gap is too long above three times the one that 95 percent of
 * its gaps do not exceed. A source that is silent each weekend has long gaps among its
 * usual ones, so that it would be noticed late; it is noticed as well once it missed
 * four days of the week on which it is about always heard.
 *
 * Days on which it brought something new count, if there are enough, since a source
 * that tells of a week at a time is heard each week and not each day. History that came
 * at once is judged by the days that it tells of.
 *
 * @module
 */
import { addDays, countDays, type Day, startOfDay } from "../domain/day.ts";
import type { StreamProfile } from "../ports/trust.ts";

/** Days without which nothing is usual. */
const LEAST_DAYS = 14;
/** So many times the usual gap is too long. */
const TIMES_USUAL = 3;
const USUAL_SHARE = 0.95;
/** Days of the week on which it is about always heard, and of which too many were missed. */
const REGULAR_SHARE = 0.9;
const REGULAR_WEEKS = 6;
const REGULAR_MISSED = 4;

/**
 * First day of a silence that is too long.
 *
 * @param streams Streams that are silent together.
 * @param today The present day, which may still bring something.
 * @returns Null if there is none, or too little is known to say.
 */
export function silentSince(
  streams: readonly Pick<StreamProfile, "days" | "heard">[],
  today: Day,
): Day | null {
  const heard = daysOf(streams, ({ heard }) => heard);
  const told = daysOf(streams, ({ days }) => days.map(({ day }) => day));
  const days = heard.length >= LEAST_DAYS ? heard : told;
  const last = days.at(-1);
  if (last === undefined || days.length < LEAST_DAYS) return null;
  const gap = countDays({ from: last, until: today });
  const tooLong = gap > TIMES_USUAL * usualGap(days) ||
    missedRegular(days, today) >= REGULAR_MISSED;
  return tooLong ? addDays(last, 1) : null;
}

function daysOf<T>(
  streams: readonly T[],
  of: (stream: T) => readonly Day[],
): readonly Day[] {
  return [...new Set(streams.flatMap(of))].sort();
}

/** The gap that 95 percent do not exceed, days. */
function usualGap(days: readonly Day[]): number {
  const gaps = days.slice(1).map((until, place) =>
    countDays({ from: days[place] ?? until, until })
  ).sort((a, b) => a - b);
  return gaps[Math.ceil(USUAL_SHARE * gaps.length) - 1] ?? Infinity;
}

/** Days since the last one that are of those on which it is about always heard. */
function missedRegular(days: readonly Day[], today: Day): number {
  const [first, last] = [days[0] ?? today, days.at(-1) ?? today];
  const heard = new Map<number, number>();
  for (const day of days) {
    heard.set(weekday(day), (heard.get(weekday(day)) ?? 0) + 1);
  }
  let missed = 0;
  for (let day = addDays(last, 1); day < today; day = addDays(day, 1)) {
    const weeks = countWeekdays(first, last, weekday(day));
    const share = (heard.get(weekday(day)) ?? 0) / weeks;
    if (weeks >= REGULAR_WEEKS && share >= REGULAR_SHARE) missed++;
  }
  return missed;
}

function countWeekdays(first: Day, last: Day, of: number): number {
  const ahead = (of - weekday(first) + 7) % 7;
  const days = countDays({ from: first, until: last }) - ahead;
  return days < 0 ? 0 : 1 + Math.floor(days / 7);
}

/** 0 is Sunday. */
function weekday(day: Day): number {
  return new Date(startOfDay(day)).getUTCDay();
}
