/**
 * The system's clock.
 *
 * @module
 */
import { createInstantPrinter } from "../domain/day.ts";
import type { Clock } from "../ports/clock.ts";

/** Tells the time of the machine. */
export const systemClock: Clock = createSystemClock();

/** A moment is printed once in each millisecond. */
function createSystemClock(): Clock {
  const print = createInstantPrinter();
  return { now: () => print(Date.now()) };
}
