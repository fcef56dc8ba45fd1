/**
 * When a budget is spent, and its caps: of the whole flight, and of each day.
 *
 * @module
 */
import type { BudgetState } from "../../domain/budget.ts";
import { DAY_MS } from "../../domain/day.ts";

/** A stretch of time, milliseconds, half-open. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A budget's time and caps. */
export interface Flight extends Span {
  /** Most that the whole flight may cost, micros. */
  readonly capMicros: number;
  /** Most that one day may cost, micros; null if only the whole counts. */
  readonly dayCapMicros: number | null;
  /** The day that a moment belongs to, in the zone of the account. */
  dayOf(at: number): Span;
}

/** How a budget stands; one that is `behind` bids without its target until it is not. */
export type FlightStatus = BudgetState;

/** The day by UTC. */
export function utcDay(at: number): Span {
  const from = Math.floor(at / DAY_MS) * DAY_MS;
  return { from, until: from + DAY_MS };
}

/**
 * Checks a flight.
 *
 * @throws {RangeError} If a cap is no safe whole number of micros, or it ends before it begins.
 */
export function checkFlight(
  { from, until, capMicros, dayCapMicros }: Flight,
): void {
  for (const cap of [capMicros, dayCapMicros ?? 0]) {
    if (Number.isSafeInteger(cap) && cap >= 0) continue;
    throw new RangeError(
      `Cannot pace budget "${cap}": a cap is whole micros, at least 0 and a safe integer`,
    );
  }
  if (!(from < until)) {
    throw new RangeError(
      `Cannot pace flight "${from}": it must begin before it ends`,
    );
  }
}
