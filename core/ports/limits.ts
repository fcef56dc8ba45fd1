/**
 * What limits of policies have counted, shared by every process that opens the same
 * store. Time is cut into slots, and a slot counts until all of it has left the window:
 * no window ever holds more than a limit's most. Moments are milliseconds since 1970 by
 * the clock of whoever asks; clocks may differ by a minute.
 *
 * @module
 */

/** Whose counters those are that all tenants share. */
export const ALL_TENANTS = "*";

/** One counter of a limit. */
export interface CounterKey {
  /** Whose; {@link ALL_TENANTS} for one over all tenants. */
  readonly tenant: string;
  /** The limit, as `policy.rule`. */
  readonly counter: string;
  /** What it is counted apart for. */
  readonly key: string;
  /** Whose acts it counts, to be erased with them; null for many. */
  readonly subject: string | null;
}

/** A counter and its window. */
export interface CountRead extends CounterKey {
  /** Slots that ended by then do not count. */
  readonly since: number;
}

/** Something to be counted. */
export interface CountClaim extends CountRead {
  /** End of the slot in which it happens. */
  readonly slotEnds: number;
  /** How much of it, at least 1. */
  readonly count: number;
  /** What the window may hold, this included. */
  readonly most: number;
  /** From then on the counter may be forgotten. */
  readonly idleAt: number;
}

/** Counters of all limits. */
export interface LimitCounts {
  /**
   * Reads counters.
   *
   * @returns What counts in each window, in order.
   * @throws {EngineError} `store_unavailable`.
   */
  read(reads: readonly CountRead[]): Promise<readonly number[]>;
  /**
   * Counts each that does not exceed its most. Durable once a later commit to the same
   * store is: a decision's record, say.
   *
   * @param claims Of different counters.
   * @param now The present.
   * @returns What each window then holds; null for one that had no room.
   * @throws {EngineError} `store_unavailable`; it is then not known whether they count.
   */
  claim(
    claims: readonly CountClaim[],
    now: number,
  ): Promise<readonly (number | null)[]>;
  /**
   * Takes back what was counted and did not happen.
   *
   * @throws {EngineError} `store_unavailable`; they may still count.
   */
  release(claims: readonly CountClaim[]): Promise<void>;
}
