/**
 * What everything that brings signals in works with.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { SignalStore } from "../ports/signals.ts";
import type { Connector } from "../../plugins/contract.ts";
import type { Pseudonyms } from "./pseudonym.ts";

/** Where signals go, the time, and the door for people. */
export interface SignalScope {
  readonly store: SignalStore;
  readonly clock: Clock;
  /** Version of the engine's code, kept beside dead letters. */
  readonly code?: string;
  /** The tenant's pseudonyms; the key behind them is looked up at the first. */
  pseudonyms(tenant: string): Pseudonyms | Promise<Pseudonyms>;
}

/**
 * Which code reads a source: the engine's version, and its vendor's API.
 *
 * @param scope The engine's version.
 * @param connector Whose.
 * @returns Such as `0.1.0 v25`; kept beside each dead letter.
 */
export function versionOf(
  { code = "" }: Pick<SignalScope, "code">,
  { vendorApi }: Pick<Connector, "vendorApi">,
): string {
  return `${code} ${vendorApi?.version ?? ""}`.trim();
}
