/**
 * Load shedding: how many requests may be under way is learnt from how long they take, and
 * what is beyond that is refused at once, before anything is done for it.
 *
 * Decisions set the limit. It shrinks while they take longer than they do without others by
 * more than a target, or than that time again, in proportion, and else grows slowly while it
 * is used, or is below where it began: what waits in front of the processor and of the disk
 * is so kept short. How long they take without others is the shortest lately; as a limit
 * that is used up never shows that, it is then, and only then, made small for a moment now
 * and then to see. Whatever is not a decision may fill a part of the limit alone, so that it
 * is refused first.
 *
 * @see https://queue.acm.org/detail.cfm?id=2209336, "Controlling queue delay" (a target for
 * the delay, not for the length), read on 2026-11-26
 * @see https://github.com/Netflix/concurrency-limits (the gradient), read on 2026-11-26
 * @see https://queue.acm.org/detail.cfm?id=3022184, "BBR" (making the limit small to see the
 * shortest time), read on 2026-11-26
 * @module
 */
/** What requests ask for, most urgent first. */
export const WORKS = ["decide", "other", "plan"] as const;

/** What a request asks for. */
export type Work = (typeof WORKS)[number];

/** Lets requests in. */
export interface LoadGate {
  /**
   * Lets a request in, or refuses it.
   *
   * @param work What it asks for.
   * @returns Null if more is under way than can be answered soon.
   */
  enter(work: Work): Passage | null;
  /** How much may be under way now, and is. */
  standing(): LoadStanding;
}

/** A request that was let in. */
export interface Passage {
  /** Says that all of it has come: what it takes from now on is not its caller's time. */
  begin(): void;
  /**
   * Says, once, that all that it started has ended.
   *
   * @param isTelling Whether it took as long as a decision takes: what is refused, or asks
   * for many, does not.
   */
  leave(isTelling: boolean): void;
}

/** How loaded a process is. */
export interface LoadStanding {
  /** Requests that may be under way. */
  readonly limit: number;
  /** Those that are. */
  readonly inFlight: number;
  /** Those that were refused so far. */
  readonly refused: number;
}

/**
 * How much longer than without others a decision may take before the limit shrinks; or as
 * much again, where a commit takes longer: there is always one to wait for.
 */
const TARGET_MS = 5;
/** How long times are gathered before the limit is moved. */
const WINDOW_MS = 100;
/** For how long the shortest time is believed, and how long looking for it anew takes. */
const BELIEVED_MS = 10_000;
const LOOKING_MS = 50;
/**
 * For how long after a refusal the limit is taken for used up: less than from one look to
 * the next, as a look refuses too.
 */
const USED_UP_MS = 1000;
const FIRST_LIMIT = 256;
/** So many are let in however slow the machine is: callers that wait for each other are. */
const LEAST_LIMIT = 32;
const MOST_LIMIT = 1024;
/** Under way while the shortest time is looked for. */
const LOOKING_LIMIT = 4;
/** In one step the limit is at most halved. */
const LEAST_GRADIENT = 0.5;
/** Part of the limit that each kind of work may fill, and the most of it under way. */
const SHARES: Readonly<Record<Work, { share: number; most: number }>> = {
  decide: { share: 1, most: MOST_LIMIT },
  other: { share: 0.75, most: 64 },
  plan: { share: 0.5, most: 8 },
};

/**
 * Opens a gate.
 *
 * @param nowMs A clock that only moves forward, milliseconds.
 * @returns The gate.
 */
export function createLoadGate(
  nowMs: () => number = () => performance.now(),
): LoadGate {
  const limit = createLimit(nowMs());
  const inFlight: Record<Work, number> = { decide: 0, other: 0, plan: 0 };
  let refused = 0;
  const total = () => inFlight.decide + inFlight.other + inFlight.plan;
  return {
    enter(work) {
      const { share, most } = SHARES[work];
      let beganMs = nowMs();
      const isFull = total() >= limit.at(beganMs) * share ||
        inFlight[work] >= most;
      if (isFull) {
        refused += 1;
        if (work === "decide") limit.refused(beganMs);
        return null;
      }
      inFlight[work] += 1;
      return {
        begin: () => void (beganMs = nowMs()),
        leave(isTelling) {
          if (work === "decide" && isTelling) {
            limit.took(beganMs, nowMs(), inFlight.decide);
          }
          inFlight[work] -= 1;
        },
      };
    },
    standing: () => ({
      limit: Math.floor(limit.at(nowMs())),
      inFlight: total(),
      refused,
    }),
  };
}

/** Lets everything in. */
export const OPEN_GATE: LoadGate = {
  enter: () => ({ begin: () => {}, leave: () => {} }),
  standing: () => ({ limit: Infinity, inFlight: 0, refused: 0 }),
};

/** What was seen since a moment. */
interface Window {
  readonly startMs: number;
  count: number;
  sumMs: number;
  most: number;
}

/** The limit of what is under way, as it is learnt. */
function createLimit(openedMs: number) {
  let limit = FIRST_LIMIT;
  let window = openWindow(openedMs);
  let shortest = { ms: Infinity, beforeMs: Infinity, sinceMs: openedMs };
  let refusedMs = -Infinity;
  let lookingUntilMs = 0;
  function renewShortest(at: number): void {
    if (at - shortest.sinceMs < BELIEVED_MS) return;
    const isUsedUp = at - refusedMs < USED_UP_MS;
    const beforeMs = isUsedUp ? Infinity : shortest.ms;
    shortest = { ms: Infinity, beforeMs, sinceMs: at };
    if (isUsedUp) lookingUntilMs = at + LOOKING_MS;
  }
  function move(at: number): void {
    const { startMs, count, sumMs, most } = window;
    const meanMs = sumMs / count;
    const aloneMs = Math.min(shortest.ms, shortest.beforeMs);
    const wantedMs = aloneMs + Math.max(TARGET_MS, aloneMs);
    if (meanMs > wantedMs) {
      const gradient = Math.max(LEAST_GRADIENT, wantedMs / meanMs);
      limit = Math.max(LEAST_LIMIT, limit * gradient);
    } else if (limit < FIRST_LIMIT) {
      const windows = (at - startMs) / WINDOW_MS;
      limit = Math.min(FIRST_LIMIT, limit + windows * stepFrom(limit));
    } else if (most >= limit / 2) {
      limit = Math.min(MOST_LIMIT, limit + stepFrom(limit));
    }
    window = openWindow(at);
  }
  return {
    at: (nowMs: number) => nowMs < lookingUntilMs ? LOOKING_LIMIT : limit,
    refused: (nowMs: number) => void (refusedMs = nowMs),
    took(beganMs: number, at: number, inFlight: number): void {
      const ms = at - beganMs;
      renewShortest(at);
      shortest.ms = Math.min(shortest.ms, ms);
      window.count += 1;
      window.sumMs += ms;
      window.most = Math.max(window.most, inFlight);
      if (at < lookingUntilMs) window = openWindow(at);
      else if (at - window.startMs >= WINDOW_MS) move(at);
    },
  };
}

/** By how much a limit grows in a window; as if each had been used, where nothing came. */
function stepFrom(limit: number): number {
  return Math.sqrt(limit) / 2;
}

function openWindow(startMs: number): Window {
  return { startMs, count: 0, sumMs: 0, most: 0 };
}
