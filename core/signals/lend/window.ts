/**
 * A declared limit as a sliding window: never more than so many calls in any
 * stretch of so many seconds, counted when a call goes.
 *
 * Calls that go within the same 128th of the window are kept together under the
 * moment of the last, for limits too large to keep each call: at most 130 entries,
 * never a call too many, and at most one percent less throughput. Small limits keep
 * each moment.
 *
 * @module
 */
import type { CallLimit } from "../../domain/source.ts";
import type { LimitUse, Went } from "../../ports/quota.ts";

type WindowLimit = Pick<CallLimit, "calls" | "perSeconds">;

const EXACT_CALLS = 256;
const PARTS = 128;
/** Calls may arrive closer together than they went: the window is longer by so much. */
const SLACK_SHARE = 0.02;
const MOST_SLACK_MS = 500;

/**
 * Tells when one more call may go.
 *
 * @param use Calls so far.
 * @param limit The limit.
 * @param at The present, and how many calls of the limit are allowed.
 * @returns Milliseconds since 1970; `now` if at once.
 */
export function windowReadyAt(
  use: LimitUse | undefined,
  limit: WindowLimit,
  { now, allowed }: { readonly now: number; readonly allowed: number },
): number {
  const went = recent(use, limit, now);
  let surplus = count(went) + 1 - allowed;
  if (surplus <= 0) return now;
  for (const [last, calls] of went) {
    surplus -= calls;
    if (surplus <= 0) return Math.ceil(last + spanMs(limit));
  }
  return Infinity;
}

/** Counts a call that goes now. */
export function countCall(
  use: LimitUse | undefined,
  limit: WindowLimit,
  now: number,
): LimitUse {
  const went = recent(use, limit, now);
  const [last = -Infinity, calls = 0] = went.at(-1) ?? [];
  const at = Math.max(last, now);
  const partMs = limit.calls > EXACT_CALLS ? spanMs(limit) / PARTS : 1;
  const together = Math.floor(last / partMs) === Math.floor(at / partMs);
  return {
    went: together
      ? [...went.slice(0, -1), [at, calls + 1]]
      : [...went, [at, 1]],
    endsAt: at + spanMs(limit),
  };
}

/** Share of the limit that is used, [0, 1]. */
export function windowUse(
  use: LimitUse | undefined,
  limit: WindowLimit,
  now: number,
): number {
  return count(recent(use, limit, now)) / limit.calls;
}

function spanMs({ perSeconds }: WindowLimit): number {
  const declaredMs = perSeconds * 1000;
  return declaredMs + Math.min(declaredMs * SLACK_SHARE, MOST_SLACK_MS);
}

function recent(
  use: LimitUse | undefined,
  limit: WindowLimit,
  now: number,
): readonly Went[] {
  const went = use?.went ?? [];
  const begin = now - spanMs(limit);
  const first = went.findIndex(([at]) => at > begin);
  if (first === 0) return went;
  return first < 0 ? [] : went.slice(first);
}

function count(went: readonly Went[]): number {
  return went.reduce((sum, [, calls]) => sum + calls, 0);
}
