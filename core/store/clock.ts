/**
 * The system's clock.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

/** Tells the time of the machine. */
export const systemClock: Clock = { now: () => new Date().toISOString() };
