/**
 * A circuit breaker: after several failures in a row nothing more is asked for a while, then
 * one asks on behalf of all; where that hangs, another one after as long a while. Whoever was given up on and succeeds after all closes it at
 * once, so that a dependency which hung is used again as soon as it answers.
 *
 * @see https://martinfowler.com/bliki/CircuitBreaker.html
 * @module
 */

/** What a breaker does: lets through, refuses, or lets one through to see. */
export type BreakerState = "closed" | "open" | "half_open";

/** When a breaker opens, and for how long. */
export interface BreakerOptions {
  /** Failures in a row, without a success between, that open it. */
  readonly failures: number;
  /** How long nothing is asked before one is let through, milliseconds. */
  readonly openMs: number;
}

/** From then on one that nobody asked is taken for closed. */
const FORGOTTEN_MS = 60_000;

/** Refuses what is likely to fail. */
export interface Breaker {
  /** What it does now. */
  readonly state: BreakerState;
  /**
   * Asks whether something may be tried; what may must end in `succeeded` or `failed`.
   *
   * @returns False while it is open, and for as long after another was let through.
   */
  admits(): boolean;
  /**
   * Tells that something succeeded, in time or not.
   *
   * @param atMs When, for who has read the clock.
   */
  succeeded(atMs?: number): void;
  /**
   * Tells that something failed.
   *
   * @param hangsSinceMs Since when it hangs, if it does: where nothing succeeded since, that
   * alone opens it.
   */
  failed(hangsSinceMs?: number): void;
}

/**
 * Makes a breaker that is closed.
 *
 * @param options When it opens, and for how long.
 * @param nowMs A clock that only moves forward, milliseconds.
 * @returns The breaker.
 */
export function createBreaker(
  { failures, openMs }: BreakerOptions,
  nowMs: () => number = () => performance.now(),
): Breaker {
  let failed = 0;
  let succeededMs = -Infinity;
  let openUntilMs: number | null = null;
  let isTrying = false;
  return {
    get state() {
      const pastMs = openUntilMs === null ? Infinity : nowMs() - openUntilMs;
      if (isTrying) return "half_open";
      if (pastMs < 0) return "open";
      return pastMs < FORGOTTEN_MS ? "half_open" : "closed";
    },
    admits() {
      if (openUntilMs === null) return true;
      const now = nowMs();
      if (now < openUntilMs) return false;
      openUntilMs = now + openMs;
      isTrying = true;
      return true;
    },
    succeeded(atMs = nowMs()) {
      failed = 0;
      succeededMs = atMs;
      openUntilMs = null;
      isTrying = false;
    },
    failed(hangsSinceMs) {
      failed += 1;
      const isHung = hangsSinceMs !== undefined && succeededMs <= hangsSinceMs;
      if (openUntilMs === null && failed < failures && !isHung) return;
      if (openUntilMs !== null && !isTrying) return;
      openUntilMs = nowMs() + openMs;
      isTrying = false;
    },
  };
}
