/**
 * Allotments of allowances, spent in memory: an allowance is asked of the store as seldom as
 * about once a second, whatever the load, and never granted beyond its most. An allotment
 * grows where it is used up at once, shrinks where it lasts, and is never more than an eighth
 * of what is left, so that nodes leave each other something.
 *
 * It may be spent until its window ends, reckoned from when the store was asked: rather a
 * little too early than too late.
 *
 * @module
 */
import type { AllowanceBook, AllowanceWindow } from "../../ports/allowances.ts";

/** How an allowance stands here. */
export interface AllotmentStanding {
  /** What may still be spent by all, as far as is known; null if nothing is. */
  readonly left: number | null;
  /** When the window ends, on the clock of the process; null if unknown. */
  readonly endsMs: number | null;
}

/** Spends allowances. */
export interface Allotments {
  /**
   * Spends one, if it may.
   *
   * @returns When the window began that it is counted in; null if nothing is left. At once
   * where this node holds some.
   * @throws {EngineError} `store_unavailable`, if it cannot be known.
   */
  spend(window: AllowanceWindow): number | Promise<number | null>;
  /** Puts back what was spent in a window and did not happen. */
  putBack(window: AllowanceWindow, start: number): void;
  standing(window: AllowanceWindow): AllotmentStanding;
  /** Gives back to the store what is not spent. */
  close(): Promise<void>;
}

/** An allotment, and what was asked for it. */
interface Held {
  readonly window: AllowanceWindow;
  rest: number;
  used: number;
  /** The window by the store's clock. */
  start: number;
  endsMs: number;
  size: number;
  takenMs: number;
  asking: Promise<void> | null;
}

/** An allotment that is used up faster is doubled, one that lasts longer halved. */
const SHORT_MS = 500;
const LONG_MS = 2000;
/** One part in so many of what is left is what a node takes at most. */
const SHARE = 8;
/** Where less than this part of an allotment is left, the next is asked for beside. */
const LOW = 0.25;

/** Opens the allotments of one node. */
export function createAllotments(
  book: AllowanceBook,
  nowMs: () => number = () => performance.now(),
): Allotments {
  const all = new Map<string, Held>();
  const scope = { book, nowMs };
  function find(window: AllowanceWindow): Held {
    const name = `${window.tenant} ${window.allowance}`;
    const known = all.get(name);
    if (known !== undefined) return known;
    const made = {
      ...{ window, rest: 0, used: 0, start: NaN, endsMs: -Infinity },
      ...{ size: 1, takenMs: -Infinity, asking: null },
    };
    all.set(name, made);
    return made;
  }
  return {
    spend(window) {
      const held = find(window);
      if (!isOver(held, nowMs()) && held.rest >= 1) {
        held.rest -= 1;
        if (held.rest < held.size * LOW) ask(scope, held).catch(() => {});
        return held.start;
      }
      return spendAnew(scope, held);
    },
    putBack(window, start) {
      const held = find(window);
      if (held.start === start) held.rest += 1;
    },
    standing(window) {
      const { endsMs, used, rest, ...held } = find(window);
      if (isOver({ endsMs }, nowMs())) return { left: null, endsMs: null };
      return { left: Math.max(0, held.window.most - used + rest), endsMs };
    },
    async close() {
      for (const { window, start, rest, asking } of all.values()) {
        await asking?.catch(() => {});
        if (rest > 0) {
          await book.giveBack(window, { window: start, count: rest })
            .catch(() => {});
        }
      }
      all.clear();
    },
  };
}

interface Scope {
  readonly book: AllowanceBook;
  readonly nowMs: () => number;
}

function isOver({ endsMs }: Pick<Held, "endsMs">, nowMs: number): boolean {
  return nowMs >= endsMs;
}

/** Whoever finds nothing to spend asks for more, and the others wait with it. */
async function spendAnew(scope: Scope, held: Held): Promise<number | null> {
  for (;;) {
    await ask(scope, held);
    if (isOver(held, scope.nowMs())) continue;
    if (held.rest >= 1) {
      held.rest -= 1;
      return held.start;
    }
    if (isUsedUp(held)) return null;
  }
}

function isUsedUp({ window, used }: Held): boolean {
  return used >= window.most;
}

/** Asks for the next allotment, unless that is under way, or the window has none. */
function ask(scope: Scope, held: Held): Promise<void> {
  if (held.asking !== null) return held.asking;
  const isNone = isUsedUp(held) && !isOver(held, scope.nowMs());
  if (isNone) return Promise.resolve();
  const asking = askNow(scope, held).finally(() => held.asking = null);
  held.asking = asking;
  return asking;
}

async function askNow({ book, nowMs }: Scope, held: Held): Promise<void> {
  const { window } = held;
  const askedMs = nowMs();
  held.size = nextSize(held, askedMs);
  const got = await book.take(window, held.size);
  const isSame = got.window === held.start;
  held.rest = (isSame ? held.rest : 0) + got.count;
  held.used = got.used;
  held.start = got.window;
  held.endsMs = askedMs + got.endsInMs;
  held.takenMs = askedMs;
}

function nextSize(held: Held, askedMs: number): number {
  const lastedMs = askedMs - held.takenMs;
  const wanted = lastedMs < SHORT_MS
    ? held.size * 2
    : lastedMs > LONG_MS
    ? held.size / 2
    : held.size;
  const { most } = held.window;
  const left = isOver(held, askedMs) ? most : most - held.used;
  return Math.max(1, Math.floor(Math.min(wanted, left / SHARE)));
}
