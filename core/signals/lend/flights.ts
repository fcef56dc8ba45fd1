/**
 * Calls of one connector that are out: gone, and not answered yet.
 *
 * @module
 */
import { type QuotaCall, wordKeys } from "./budget_keys.ts";
import type { Flight } from "./vendor_word.ts";

/** Calls that are out; moments in milliseconds. */
export interface Flights {
  /** Calls that have gone so far. */
  sent(): number;
  add(call: QuotaCall, now: number): void;
  /**
   * A call is back. It is known by the object with which it went, else the oldest
   * that looks the same is taken for it.
   */
  land(call: QuotaCall, now: number): Flight;
  /** Calls out for which a vendor's word of this name holds. */
  count(name: string, now: number): number;
}

interface Out extends Flight {
  readonly call: QuotaCall;
  readonly names: readonly string[];
}

/** A call that was never answered counts as out for so long, unless too many are. */
const LOST_MS = 120_000;
const MOST_OUT = 1000;

/** Starts with no calls. */
export function createFlights(): Flights {
  const landed = new WeakMap<QuotaCall, Flight>();
  let out: Out[] = [];
  let sent = 0;
  return {
    sent: () => sent,
    add(call, now) {
      const names = wordKeys(call).map(({ name }) => name);
      landed.delete(call);
      out.push({ call, names, order: ++sent, sentAt: now });
      if (out.length > MOST_OUT) out.shift();
    },
    land(call, now) {
      const flight = out.find((one) => one.call === call) ??
        landed.get(call) ?? out.find((one) => isAlike(one, call)) ??
        { order: 0, sentAt: now };
      out = out.filter((one) => one !== flight);
      landed.set(call, flight);
      return flight;
    },
    count(name, now) {
      if (out.some(({ sentAt }) => sentAt <= now - LOST_MS)) {
        out = out.filter(({ sentAt }) => sentAt > now - LOST_MS);
      }
      return out.filter(({ names }) => names.includes(name)).length;
    },
  };
}

function isAlike({ names, call }: Out, other: QuotaCall): boolean {
  return call.path === other.path &&
    wordKeys(other).every(({ name }, at) => name === names[at]);
}
