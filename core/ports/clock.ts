/**
 * Time and identity, lent so that tests and replay can fix them.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";

/** Where the stages learn the time. */
export interface Clock {
  /** The present, UTC with milliseconds. */
  now(): Instant;
}

/** Where new ids come from. */
export interface Ids {
  /** `<prefix>_` and 26 characters that sort by time and never repeat. */
  next(prefix: string): string;
}
