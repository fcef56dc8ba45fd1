/**
 * What a signal is about: two that say different things of the same contradict, or
 * the later restates the earlier.
 *
 * @module
 */
import { canonicalJson, type Signal } from "@moe/plugin";

/**
 * Names what a signal is about.
 *
 * @param signal The signal.
 * @returns Its event's id, or its question, entities, day and breakdowns.
 */
export function signalKey(signal: Signal): string {
  if (signal.grain === "event") return `event ${signal.eventId}`;
  const { report, level, entities, day, periodDays } = signal;
  const { breakdowns, attribution, record = null } = signal;
  const question = [report, level, entities, day, periodDays, breakdowns];
  return canonicalJson([...question, attribution, record]);
}
