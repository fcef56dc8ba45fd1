/**
 * The slots of a schedule: days, or seven days at a time from the period's first.
 *
 * @module
 */
import { addDays, countDays, type DayRange } from "../../domain/day.ts";
import type { ScheduleRequest } from "./schedule.ts";

/** A slot, and how many of its days are over and still to come. */
export interface Slot extends DayRange {
  readonly spentDays: number;
  readonly openDays: number;
}

const DAYS = { day: 1, week: 7 } as const;

/**
 * Cuts the period into slots.
 *
 * @returns Slots in order; at most one has both days that are over and days to come.
 */
export function cutSlots(
  { period, from, granularity }: Pick<
    ScheduleRequest,
    "period" | "from" | "granularity"
  >,
): readonly Slot[] {
  const days = countDays(period);
  const over = countDays({ from: period.from, until: from });
  const length = DAYS[granularity];
  return Array.from({ length: Math.ceil(days / length) }, (_, at) => {
    const [first, end] = [at * length, Math.min((at + 1) * length, days)];
    const spentDays = Math.min(Math.max(over - first, 0), end - first);
    return {
      from: addDays(period.from, first),
      until: addDays(period.from, end),
      spentDays,
      openDays: end - first - spentDays,
    };
  });
}
