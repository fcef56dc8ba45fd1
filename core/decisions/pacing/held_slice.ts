/**
 * A slice on the node that holds it: its ledger, and what the account knows of it.
 *
 * @module
 */
import type { NewWins, SliceMail, SliceNotice } from "../../ports/budgets.ts";
import type { SliceTold } from "./book.ts";
import type { Flight, Span } from "./flight.ts";
import type { Ledger, LedgerSums } from "./ledger.ts";

/** A slice and its bids. */
export interface HeldSlice {
  readonly id: string;
  readonly day: Span;
  readonly ledger: Ledger;
  /** Whether the account has answered of it. */
  lent: boolean;
  /** What the account knows. */
  told: LedgerSums;
  /** How many notices were taken that other nodes heard. */
  mailTaken: number;
}

/** A slice whose limit is lowered to what is kept, until it is answered. */
export interface AskedSlice {
  readonly slice: HeldSlice;
  readonly sums: LedgerSums;
  readonly keepMicros: number;
  readonly wantMicros: number;
}

/** What an exchange promises by telling nothing. */
export interface Silence {
  /** A bid was lost if no win was told of it for so long, milliseconds. */
  readonly lostAfterMs: number;
  /** Nothing is told, again or for the first time, after that, milliseconds. */
  readonly forgottenAfterMs: number;
}

/**
 * Takes a notice.
 *
 * @returns False if the slice never sent such a bid.
 */
export function takeNotice(
  { ledger }: HeldSlice,
  notice: SliceNotice,
): boolean {
  if ("before" in notice) {
    ledger.reconcile(notice.before, notice.chargedMicros);
    return true;
  }
  const { bid, chargedMicros } = notice;
  if (bid >= ledger.sent) return false;
  if (chargedMicros === null) ledger.lose(bid);
  else ledger.win(bid, chargedMicros);
  return true;
}

/** Takes what other nodes heard, each notice once. */
export function takeMail(slice: HeldSlice, mail: SliceMail): void {
  mail.waiting.slice(Math.max(0, slice.mailTaken - mail.taken))
    .forEach((notice) => takeNotice(slice, notice));
  slice.mailTaken = Math.max(slice.mailTaken, mail.taken + mail.waiting.length);
}

/** Bids that are kept for late reports to correct, whatever notices told. */
const KEPT = 65_536;

/** Ends the bids that silence says are lost, and forgets those that are told of no more. */
export function lapse(
  ledger: Ledger,
  now: number,
  { silence, lifetimeMs = Infinity }: {
    readonly silence: Silence | null;
    readonly lifetimeMs?: number;
  },
): void {
  if (silence !== null) {
    ledger.lapse(now - silence.lostAfterMs, now - silence.forgottenAfterMs);
  } else if (ledger.kept > KEPT) ledger.forgetTold(now - lifetimeMs);
}

/** Lowers a slice's limit to what is used and so much more. */
export function prepareSlice(
  slice: HeldSlice,
  headroomMicros: number,
): AskedSlice {
  const { ledger } = slice;
  const sums = ledger.sums();
  const wantMicros = sums.chargedMicros + sums.reservedMicros + headroomMicros;
  ledger.limit(Math.min(ledger.limitMicros, wantMicros));
  return { slice, sums, keepMicros: ledger.limitMicros, wantMicros };
}

/** What the account is told of a slice; it closes when nothing can come of it any more. */
export function tellSlice(
  { slice, sums, keepMicros, wantMicros }: AskedSlice,
  now: number,
  { flight, silence }: {
    readonly flight: Flight;
    readonly silence: Silence | null;
  },
): SliceTold {
  const { id, day, lent, told, mailTaken } = slice;
  const quietFrom = Math.min(day.until, flight.until) +
    (silence?.forgottenAfterMs ?? 0);
  return {
    id,
    day,
    lent,
    keepMicros,
    wantMicros,
    chargedMicros: sums.chargedMicros,
    expectedMicros: sums.expectedMicros,
    breachMicros: Math.max(0, sums.breachMicros - told.breachMicros),
    closes: now >= quietFrom && sums.reservedMicros === 0,
    mailTaken,
  };
}

/** Wins that the account does not know of. */
export function winsOf(asked: readonly AskedSlice[]): NewWins {
  const sum = (of: (sums: LedgerSums) => number) =>
    asked.reduce(
      (total, { slice, sums }) => total + of(sums) - of(slice.told),
      0,
    );
  return {
    count: sum(({ wins }) => wins),
    chargedMicros: sum(({ wonMicros }) => wonMicros),
    expectedValue: sum(({ wonValue }) => wonValue),
  };
}

/** Whether charges beyond reservations were seen that the account does not know of. */
export function isBreached({ ledger, told }: HeldSlice): boolean {
  return ledger.sums().breachMicros > told.breachMicros;
}
