/**
 * Calls that are out: gone, and not answered yet. One whose process died is never
 * answered; it counts for a while, so that nobody waits for it for ever.
 *
 * @module
 */
import type { BudgetState, Flight } from "../../ports/quota.ts";

type Flights = Pick<BudgetState, "sent" | "out">;

/** A call that was not answered counts as out for so long, unless too many are. */
const LOST_MS = 120_000;
const MOST_OUT = 1000;

/** Counts a call that goes; it is the last of `out`. */
export function takeOff({ sent, out }: Flights, now: number): Flights {
  const flight = { order: sent + 1, sentAt: now };
  const flying = out.filter((one) => !isLost(one, now));
  return { sent: flight.order, out: [...flying, flight].slice(-MOST_OUT) };
}

/** A call is back. */
export function land(
  { sent, out }: Flights,
  { order, sentAt }: Flight,
): Flights {
  const isIt = (one: Flight) => one.order === order && one.sentAt === sentAt;
  return { sent, out: out.filter((one) => !isIt(one)) };
}

/** How many are out. */
export function flying({ out }: Flights, now: number): number {
  return out.filter((one) => !isLost(one, now)).length;
}

/** When the last that is out counts as lost; 0 if none is out. */
export function lostAt({ out }: Flights): number {
  return Math.max(0, ...out.map(({ sentAt }) => sentAt + LOST_MS));
}

function isLost({ sentAt }: Flight, now: number): boolean {
  return sentAt <= now - LOST_MS;
}
