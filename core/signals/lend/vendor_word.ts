/**
 * What a vendor said of one budget: how much is left until when, what share is
 * used, and that it must be left alone for a while.
 *
 * What is left is told by answers that overlap, so the least of those that overlap
 * is believed, less the calls that are still out; an answer to a call that went
 * after all that was known replaces it, but for answers that came while that call was
 * out: theirs may have been counted after it. After the reset nothing is known, and no
 * more calls go before the first answer than were ever left.
 *
 * @module
 */
import type { QuotaHint } from "../../domain/source.ts";
import type {
  BudgetState,
  CallsLeft,
  Flight,
  Pause,
  ShareUsed,
  Told,
} from "../../ports/quota.ts";
import type { Priority } from "./budget_keys.ts";

/** What a vendor said of one budget. */
export type VendorWord = Pick<BudgetState, "left" | "share" | "pause">;

/** The call that was answered, and when. */
interface Answered {
  readonly now: number;
  readonly flight: Flight;
  /** Calls that have gone so far. */
  readonly sent: number;
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
/** Answers that are kept of one budget. */
const MOST_TOLD = 100;
/** How long the size of a budget is remembered after its reset. */
const REMEMBERED_MS = 3_600_000;

/**
 * Tells when a call may go.
 *
 * @param word What was said.
 * @param now The present.
 * @param asks What the call is for, and how many are out.
 * @returns `now` if at once, null when another has been answered.
 */
export function wordReadyAt(
  { left, share, pause }: VendorWord,
  now: number,
  asks: { readonly priority: Priority; readonly flying: number },
): number | null {
  const until = Math.max(
    pause?.until ?? 0,
    asks.priority === "backfill" ? share?.backfillFrom ?? 0 : 0,
  );
  if (until > now || left === null) return Math.max(until, now);
  const kept = asks.priority === "backfill"
    ? Math.floor(left.most * RESERVED_SHARE)
    : 0;
  const free = now >= left.until
    ? Math.max(1, left.most - kept)
    : left.remaining - kept;
  if (free <= 0) return left.until;
  return asks.flying < free ? now : null;
}

/** Takes a hint from the answer to a call. */
export function learnHint(
  word: VendorWord,
  hint: QuotaHint,
  from: Answered,
): VendorWord {
  const { now } = from;
  const until = now + (toMs(hint.resetSeconds ?? null) ?? DEFAULT_MS);
  const remaining = finite(hint.remaining);
  const used = finite(hint.usedShare);
  return {
    left: remaining === null
      ? word.left
      : learnLeft(word.left, { remaining, until }, from),
    share: used === null
      ? word.share
      : learnShare(word.share, { used, until }, now),
    pause: used !== null && used >= 1
      ? extend(word.pause ?? NO_PAUSE, until)
      : word.pause,
  };
}

/**
 * Takes a refusal. A pause for which no time was told doubles when the last was of no
 * use: when the vendor refuses again before as long has passed as the pause took.
 */
export function refuseCall(
  { pause, ...word }: VendorWord,
  waitSeconds: number | null,
  { now, flight: { sentAt } }: Pick<Answered, "now" | "flight">,
): VendorWord {
  const last = pause ?? NO_PAUSE;
  const toldMs = toMs(waitSeconds);
  if (toldMs !== null) return { ...word, pause: extend(last, now + toldMs) };
  if (sentAt < last.until) return { ...word, pause: last };
  const useless = now - last.until < last.guessedMs;
  const guessedMs = useless
    ? Math.min(last.guessedMs * 2, MOST_PAUSE_MS)
    : FIRST_PAUSE_MS;
  return { ...word, pause: { until: now + guessedMs, guessedMs } };
}

/** Share used, null if not known. */
export function wordUse(
  { left, share }: VendorWord,
  now: number,
): number | null {
  const known = [
    left && now < left.until && left.most > 0
      ? 1 - left.remaining / left.most
      : null,
    share && now < share.holdsUntil ? share.used : null,
  ].filter((used) => used !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** End of the pause; null if there is none. */
export function pausedUntil(
  { pause }: VendorWord,
  now: number,
): number | null {
  return pause && pause.until > now ? pause.until : null;
}

/** From when on it is as if nothing had been said; 0 if nothing was. */
export function wordEndsAt({ left, share, pause }: VendorWord): number {
  return Math.max(
    left ? left.until + REMEMBERED_MS : 0,
    share ? Math.max(share.holdsUntil, share.backfillFrom) : 0,
    pause ? pause.until + pause.guessedMs : 0,
  );
}

const NO_PAUSE: Pause = { until: 0, guessedMs: 0 };

function extend({ until, guessedMs }: Pause, to: number): Pause {
  return { until: Math.max(until, to), guessedMs };
}

function learnLeft(
  left: CallsLeft | null,
  told: Pick<CallsLeft, "remaining" | "until">,
  { now, flight, sent }: Answered,
): CallsLeft {
  const answers = addTold(
    (left?.told ?? []).filter(([, , until]) => until > now),
    [sent, told.remaining, told.until],
  );
  const most = Math.max(left?.most ?? 0, told.remaining);
  const knowsBetter = left === null || now >= left.until ||
    flight.order > left.sentBefore;
  if (knowsBetter) {
    const beside = answers.filter(([gone]) => gone >= flight.order);
    return {
      remaining: Math.min(...beside.map(([, remaining]) => remaining)),
      until: Math.max(...beside.map(([, , until]) => until)),
      told: answers,
      most,
      sentBefore: sent,
    };
  }
  const isLess = told.remaining < left.remaining;
  return {
    remaining: Math.min(told.remaining, left.remaining),
    until: Math.max(told.until, left.until),
    told: answers,
    most,
    sentBefore: isLess ? sent : left.sentBefore,
  };
}

/** Adds an answer, in place of those that bound nothing which it does not. */
function addTold(earlier: readonly Told[], last: Told): Told[] {
  const [, remaining, until] = last;
  const bounding = earlier.filter(([, left, whole]) =>
    left < remaining || whole > until
  );
  return [...bounding, last].slice(-MOST_TOLD);
}

function learnShare(
  share: ShareUsed | null,
  { used, until }: { readonly used: number; readonly until: number },
  now: number,
): ShareUsed {
  const told = { used, holdsUntil: until };
  if (used >= STOP_SHARE) return { ...told, backfillFrom: until };
  if (used < SLOW_SHARE) return { ...told, backfillFrom: 0 };
  const before = share?.backfillFrom ?? 0;
  const next = now + SLOW_GAP_MS;
  const backfillFrom = before > now ? Math.min(before, next) : next;
  return { ...told, backfillFrom };
}

/** Null for what is not told, and for what is no number. */
function finite(told: number | null | undefined): number | null {
  return Number.isFinite(told) ? told ?? null : null;
}

/** Null for what is not told, and for what makes no sense. */
function toMs(seconds: number | null): number | null {
  const ms = (seconds ?? NaN) * 1000;
  return ms >= 0 && ms <= MOST_MS ? ms : null;
}
