/**
 * Which night a moment belongs to.
 *
 * @module
 */
import { DAY_MS, type Instant } from "../domain/day.ts";

/** For how long after its time a night that was missed is made up for. */
const LATE_MS = 6 * 3_600_000;

/**
 * The last time of day that has come.
 *
 * @param now A moment.
 * @param time Time of day, UTC, `HH:MM`.
 */
export function lastTime(now: Instant, time: string): Instant {
  const today = `${now.slice(0, 10)}T${time}:00.000Z`;
  return today <= now
    ? today
    : new Date(Date.parse(today) - DAY_MS).toISOString();
}

/** Whether the last time of day that has come, came too long ago to be made up for. */
export function isMissed(now: Instant, time: string): boolean {
  return Date.parse(now) - Date.parse(lastTime(now, time)) > LATE_MS;
}
