/**
 * What everything that brings signals in works with.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { SignalStore } from "../ports/signals.ts";
import type { Pseudonyms } from "./pseudonym.ts";

/** Where signals go, the time, and the door for people. */
export interface SignalScope {
  readonly store: SignalStore;
  readonly clock: Clock;
  /** The tenant's pseudonyms. */
  pseudonyms(tenant: string): Pseudonyms;
}
