/**
 * What the checks of a plugin run on.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Clock } from "../../core/ports/clock.ts";
import type { DayRange, Delivery, Instant, Setting } from "../contract.ts";
import type { Answer } from "./lent.ts";
import type { Vendor } from "./vendor.ts";

/** What the checks of a connector need to know. */
export interface ConnectorSample {
  /** A whole configuration, secrets included. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Days to pull; all there is if absent. */
  readonly range?: DayRange;
  /** Files by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The vendor's answers; throw to play a failure. */
  readonly answer?: Answer;
  /**
   * A simulated vendor, on a clock that the kit moves: every fault that it can play
   * is played. The sample's configuration is then the vendor's own.
   */
  readonly vendor?: (clock: Clock) => Vendor;
  /** Where the clock stands; half a day after the last day asked for if absent. */
  readonly now?: Instant;
  /** One good delivery, for connectors that receive. */
  readonly delivery?: Delivery;
  /** Values to write, at least one, for connectors with a destination. */
  readonly settings?: readonly Setting[];
  /**
   * A value that the destination does not take, of something that `settings` does not
   * begin with; required for connectors with a destination.
   */
  readonly refused?: Setting;
}

/** Where the clock stands while a sample is run. */
export function nowOf(
  { now, range }: Pick<ConnectorSample, "now" | "range">,
): Instant {
  return now ?? (range ? `${range.until}T12:00:00.000Z` : FAR);
}

const FAR = "2026-11-26T12:00:00.000Z";

/** What the checks of a model may be told; nothing is required. */
export interface ModelSample {
  /** Parameters to fit with; the defaults if absent. */
  readonly params?: unknown;
  /** Rows, or periods, to learn from; 1500 rows or 156 periods if absent. */
  readonly size?: number;
  /** Kind of label; by default binary for a `probability`, else an amount. */
  readonly label?: "binary" | "amount";
  /** Whether rows take actions by chance, for families that weigh them. */
  readonly actions?: boolean;
}

/** Throws if a text holds the value of a secret. */
export function assertNoSecret(
  text: string,
  { secrets, config }: {
    readonly secrets: readonly string[];
    readonly config: Readonly<Record<string, unknown>>;
  },
): void {
  for (const member of secrets) {
    const value = String(config[member] ?? "");
    assert.ok(
      value === "" || !text.includes(value),
      `the secret "${member}" gets out`,
    );
  }
}
