/**
 * How old a total was when it was asked for, and how far it may still move.
 *
 * @module
 */
import {
  addDays,
  countDays,
  type Day,
  type Instant,
  localTime,
} from "../../domain/day.ts";
import type { Maturity } from "../../ports/signals.ts";

/** Days after the end of a day for which everything in it may still move. */
const PROVISIONAL_DAYS = 1;

/**
 * Counts whole local days from the end of a period to a moment.
 *
 * @param lastDay Last local day of the period.
 * @param at The moment.
 * @param zone IANA zone of the days.
 * @returns 0 on the day after, negative while the period lasts.
 */
export function ageInDays(lastDay: Day, at: Instant, zone: string): number {
  const today = localTime(at, zone).day;
  return countDays({ from: addDays(lastDay, 1), until: today });
}

/**
 * Says how far a total may still move.
 *
 * @param ageDays Its age when it was asked for.
 * @param settlesDays Days within which its source changes it.
 * @returns Its maturity; `final` at once where the source never changes anything.
 */
export function maturityAt(ageDays: number, settlesDays: number): Maturity {
  if (ageDays >= 0 && ageDays >= settlesDays) return "final";
  return ageDays < PROVISIONAL_DAYS ? "provisional" : "settling";
}
