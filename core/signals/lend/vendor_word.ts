/**
 * What a vendor said of one budget: how much is left until when, what share is
 * used, and that it must be left alone for a while.
 *
 * What is left is told by answers that overlap, so the least of those that overlap
 * is believed, less the calls that are still out; an answer to a call that went
 * after all that was known replaces it. After the reset nothing is known, and no
 * more calls go before the first answer than were ever left.
 *
 * @module
 */
import type { QuotaHint } from "../../domain/source.ts";
import type { Priority } from "./budget_keys.ts";

/** A call that went. */
export interface Flight {
  /** Number of the call, counted as they go. */
  readonly order: number;
  readonly sentAt: number;
}

/** What a vendor said of one budget; moments in milliseconds. */
export interface VendorWord {
  /** When a call may go: `now` if at once, null when another has been answered. */
  readyAt(
    now: number,
    asks: { readonly priority: Priority; readonly flying: number },
  ): number | null;
  /** Takes a hint from the answer to a call; `sent` calls have gone so far. */
  learn(
    hint: QuotaHint,
    from: {
      readonly now: number;
      readonly flight: Flight;
      readonly sent: number;
    },
  ): void;
  /** Takes a refusal and returns how long it holds, milliseconds. */
  refuse(waitSeconds: number | null, now: number, flight: Flight): number;
  /** Share used, null if not known. */
  usedShare(now: number): number | null;
  /** End of the pause; null if there is none. */
  pausedUntil(now: number): number | null;
}

/** Part of what is left that the past leaves to others. */
export const RESERVED_SHARE = 0.3;
/** Used share from which the past is asked for slowly, and not at all. */
const SLOW_SHARE = 0.75;
const STOP_SHARE = 0.9;
const SLOW_GAP_MS = 5000;
/** How long a word holds for which the vendor told no time. */
const DEFAULT_MS = 60_000;
/** A longer time is a mistake, such as a moment in place of a duration. */
const MOST_MS = 40 * 86_400_000;
const FIRST_PAUSE_MS = 1000;
const MOST_PAUSE_MS = 60_000;

/** Starts with nothing said. */
export function createVendorWord(): VendorWord {
  const left = createLeft();
  const share = createShare();
  const pause = createPause();
  return {
    readyAt(now, { priority, flying }) {
      const until = Math.max(
        pause.until(),
        priority === "backfill" ? share.backfillFrom() : 0,
      );
      return until > now ? until : left.readyAt(now, { priority, flying });
    },
    learn(hint, from) {
      const { resetSeconds = null } = hint;
      const until = from.now + (toMs(resetSeconds) ?? DEFAULT_MS);
      const { remaining = null, usedShare = null } = hint;
      if (remaining !== null) left.learn({ remaining, until }, from);
      if (usedShare !== null) share.learn(usedShare, until, from.now);
      if (usedShare !== null && usedShare >= 1) pause.extend(until);
    },
    refuse: pause.refuse,
    usedShare(now) {
      const known = [left.usedShare(now), share.used(now)]
        .filter((used) => used !== null);
      return known.length === 0 ? null : Math.max(...known);
    },
    pausedUntil: (now) => pause.until() > now ? pause.until() : null,
  };
}

interface Reading {
  readonly remaining: number;
  readonly until: number;
}

/** Calls that are left until a reset. */
function createLeft() {
  let reading: Reading | null = null;
  /** Calls that had gone when the reading came; later ones know better. */
  let sentBefore = 0;
  /** Most that were ever left: the size of the budget, as far as it is known. */
  let most = 0;
  return {
    readyAt(
      now: number,
      { priority, flying }: { priority: Priority; flying: number },
    ): number | null {
      if (reading === null) return now;
      const over = now >= reading.until;
      const kept = priority === "backfill"
        ? Math.floor(most * RESERVED_SHARE)
        : 0;
      const free = over ? Math.max(1, most - kept) : reading.remaining - kept;
      if (free <= 0) return reading.until;
      return flying < free ? now : null;
    },
    learn(
      told: Reading,
      { now, flight, sent }: { now: number; flight: Flight; sent: number },
    ): void {
      most = Math.max(most, told.remaining);
      const knowsBetter = reading === null || now >= reading.until ||
        flight.order > sentBefore;
      if (reading === null || knowsBetter) {
        reading = told;
        sentBefore = sent;
        return;
      }
      if (told.remaining < reading.remaining) sentBefore = sent;
      reading = {
        remaining: Math.min(told.remaining, reading.remaining),
        until: Math.max(told.until, reading.until),
      };
    },
    usedShare(now: number): number | null {
      const known = reading !== null && now < reading.until && most > 0;
      return known ? 1 - (reading?.remaining ?? 0) / most : null;
    },
  };
}

/** The share that is used, and from when the past may be asked for. */
function createShare() {
  let used = 0;
  let holdsUntil = 0;
  let backfillFrom = 0;
  return {
    learn(usedShare: number, until: number, now: number): void {
      used = usedShare;
      holdsUntil = until;
      if (usedShare >= STOP_SHARE) {
        backfillFrom = until;
      } else if (usedShare >= SLOW_SHARE) {
        const next = now + SLOW_GAP_MS;
        backfillFrom = backfillFrom > now ? Math.min(backfillFrom, next) : next;
      } else {
        backfillFrom = 0;
      }
    },
    backfillFrom: () => backfillFrom,
    used: (now: number) => now < holdsUntil ? used : null,
  };
}

/**
 * Pauses. One for which no time was told doubles when the last was of no use: when
 * the vendor refuses again before as long has passed as the pause took.
 */
function createPause() {
  let until = 0;
  let guessedMs = 0;
  return {
    until: () => until,
    extend(to: number): void {
      until = Math.max(until, to);
    },
    refuse(
      waitSeconds: number | null,
      now: number,
      { sentAt }: Flight,
    ): number {
      const toldMs = toMs(waitSeconds);
      if (toldMs !== null) {
        until = Math.max(until, now + toldMs);
      } else if (sentAt >= until) {
        const useless = now - until < guessedMs;
        guessedMs = useless
          ? Math.min(guessedMs * 2, MOST_PAUSE_MS)
          : FIRST_PAUSE_MS;
        until = now + guessedMs;
      }
      return Math.max(0, until - now);
    },
  };
}

/** Null for what is not told, and for what makes no sense. */
function toMs(seconds: number | null): number | null {
  const ms = (seconds ?? NaN) * 1000;
  return ms >= 0 && ms <= MOST_MS ? ms : null;
}
