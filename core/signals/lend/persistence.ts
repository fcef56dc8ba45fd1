/**
 * How long a caller keeps trying.
 *
 * @module
 */

/** Pauses between attempts, and a breaker for hosts that are down. */
export interface Persistence {
  /** Waits before the next attempt: longer each time, at random, at least so many milliseconds. */
  pause(attempt: number, leastMs?: number): Promise<void>;
  /**
   * Runs one attempt unless the host has failed too often of late.
   *
   * @throws {EngineError} `source_unavailable` while the host is left alone.
   */
  guard<T>(host: string, run: () => Promise<T>): Promise<T>;
}
