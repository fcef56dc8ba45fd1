/**
 * Which counters a decision may count towards, and the windows that they count in.
 *
 * @module
 */
import type { DecisionRequest } from "../../domain/decision.ts";
import {
  ALL_TENANTS,
  type CountClaim,
  type CounterKey,
} from "../../ports/limits.ts";
import type { Limit } from "../../verdicts/judge/policy_set.ts";

/** The counter of a limit that one decision counts towards. */
export interface Counter extends CounterKey {
  readonly limit: Limit;
}

/** Something to be counted. */
export interface Wanted {
  readonly counter: Counter;
  /** Decisions, or micros. */
  readonly count: number;
}

/** Something that was counted. */
export interface Counted extends Wanted {
  /** Under which moment, milliseconds since 1970. */
  readonly at: number;
}

/** The part of a window that things are counted in together; milliseconds since 1970. */
export interface Slot {
  /** The first moment after it. */
  readonly ends: number;
  /** Slots that ended by then have left the window. */
  readonly since: number;
  /** From then on it counts in no window, rounded up. */
  readonly idleAt: number;
}

/** Slots in a window, where they are not shorter than a second. */
const SLOTS = 1440;
const SECOND_MS = 1000;
/** How much longer than a window a counter is kept: clocks differ. */
const KEPT_MS = 60_000;

/**
 * Finds the counters of the limits that may apply. A limit that is kept apart for what the
 * request does not name has none: its count is unknown.
 */
export function findCounters(
  limits: readonly Limit[],
  tenant: string,
  { entities }: DecisionRequest,
): readonly Counter[] {
  const channel = entities.channel ?? null;
  return limits.flatMap((limit): Counter[] => {
    const { name, of, per, tenants, channels } = limit;
    if (tenants && !tenants.has(tenant)) return [];
    if (channels && channel !== null && !channels.has(channel)) return [];
    const ids = per.map((key) => key === "tenant" ? tenant : entities[key]);
    if (ids.includes(undefined)) return [];
    return [{
      limit,
      tenant: per.length === 0 ? ALL_TENANTS : tenant,
      counter: name,
      key: JSON.stringify([of, ...per, ...ids]),
      subject: per.includes("subject") ? entities.subject ?? null : null,
    }];
  });
}

/** The slot that a moment falls in. */
export function slotAt({ windowSeconds }: Limit, now: number): Slot {
  const windowMs = windowSeconds * SECOND_MS;
  const slotMs = Math.max(SECOND_MS, Math.ceil(windowMs / SLOTS));
  const ends = (Math.floor(now / slotMs) + 1) * slotMs;
  const idleMs = ends + windowMs + KEPT_MS;
  return {
    ends,
    since: now - windowMs,
    idleAt: Math.ceil(idleMs / windowMs) * windowMs,
  };
}

/** What the store is asked to count. */
export function claimOf({ counter, count }: Wanted, now: number): CountClaim {
  const { limit, ...key } = counter;
  const { ends, since, idleAt } = slotAt(limit, now);
  return { ...key, since, slotEnds: ends, count, most: limit.most, idleAt };
}

/** Tells counters apart. */
export function nameOf({ tenant, counter, key }: CounterKey): string {
  return JSON.stringify([tenant, counter, key]);
}
