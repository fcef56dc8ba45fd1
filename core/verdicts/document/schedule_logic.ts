/**
 * A schedule as the condition that it stands for.
 *
 * @module
 */
import { type Logic, type Schedule, WEEKDAYS } from "../../domain/verdict.ts";

/** Minutes of a day. */
const DAY = 1440;
const MINUTE = { var: "time.localMinute" };

/** Translates a schedule; true where it says nothing. */
export function scheduleLogic(
  { from, to, weekdays, dates }: Schedule,
): Logic {
  const asked: Logic[] = [];
  const begin = from === undefined ? 0 : minuteOf(from);
  const end = to === undefined || to === "00:00" ? DAY : minuteOf(to);
  const after = begin === 0 ? [] : [{ "<=": [begin, MINUTE] }];
  const before = end === DAY ? [] : [{ "<": [MINUTE, end] }];
  if (begin > end) asked.push({ or: [...after, ...before] });
  else asked.push(...after, ...before);
  if (weekdays) {
    const days = weekdays.map((day) => WEEKDAYS.indexOf(day));
    asked.push({ in: [{ var: "time.weekday" }, days] });
  }
  if (dates) {
    const list = "list" in dates ? { list: dates.list } : dates;
    asked.push({ in: [{ var: "time.localDate" }, list] });
  }
  const [only = true] = asked;
  return asked.length > 1 ? { and: asked } : only;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
