/**
 * A vendor, simulated: what the kit needs of one to play faults and to know what a
 * perfect connector would have read. It answers requests as functions do, so that
 * the same simulator serves tests without a network and, behind a listener, tests
 * with one.
 *
 * @module
 */
import type { DayRange } from "../../core/domain/day.ts";
import type { EntityIds } from "../../core/domain/entity.ts";
import type { Metrics } from "../../core/domain/signal.ts";
import type { SourceAccount } from "../../core/domain/source.ts";

/**
 * Faults that a vendor can play. Once, at its next suitable answer:
 *
 * - `throttled_header`: refuses, the wait in a header;
 * - `throttled_body`: refuses, the wait in the body;
 * - `token_expired`: takes the access token no longer, until it is renewed;
 * - `error_in_ok`: a passing fault, told with a good HTTP status;
 * - `duplicated_page`: the last page of records comes twice, or a record does.
 *
 * From then on:
 *
 * - `reordered`: records come in another order each time;
 * - `truncated`: cuts answers at a cap (silently where the vendor does);
 * - `restated`: one past day has other totals;
 * - `vanished`: one row of a past day is gone.
 *
 * The kit itself plays what no vendor must do of its own accord: connections that
 * drop, calls that are refused, records that make no sense, members that nobody knows.
 */
export const FAULTS = [
  "throttled_header",
  "throttled_body",
  "token_expired",
  "error_in_ok",
  "duplicated_page",
  "reordered",
  "truncated",
  "restated",
  "vanished",
] as const;

/** One fault. */
export type Fault = (typeof FAULTS)[number];

/** A row that a perfect connector would hold. */
export interface ExpectedRow {
  /** Name of the report. */
  readonly report: string;
  readonly day: string;
  /** Ids as the connector gives them, the account included. */
  readonly entities: EntityIds;
  readonly breakdowns: Readonly<Record<string, string>>;
  /** Metrics; rows that are zero throughout may be there or not. */
  readonly metrics: Metrics;
}

/** An event that a perfect connector would hold. */
export interface ExpectedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
}

/** How it was called. */
export interface Ledger {
  /** Calls in all. */
  readonly calls: number;
  /** Calls that came while it had said to wait, or beyond a limit that it documents. */
  readonly early: number;
  /** Faults that an answer has shown so far, where the vendor keeps count. */
  readonly played?: readonly Fault[];
}

/** A simulated vendor. */
export interface Vendor {
  /** A configuration that it accepts, secrets included. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Faults that it can play, as far as the real one is known to. */
  readonly faults: readonly Fault[];
  /** Facts in which its totals are told, where it tells any. */
  readonly account?: Pick<SourceAccount, "zone" | "currency">;
  /** Answers a request, by its path whatever the host. */
  answer(request: Request): Promise<Response>;
  /** Plays a fault; null to be sound again. */
  play(fault: Fault | null): void;
  /** Rows of these days, as they are now. */
  expectedRows(range: DayRange): readonly ExpectedRow[];
  /** Events so far; of these days where they are asked for by days. */
  expectedEvents(range: DayRange | null): readonly ExpectedEvent[];
  ledger(): Ledger;
}
