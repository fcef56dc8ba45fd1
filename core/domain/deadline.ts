/**
 * Until when a request must be answered. A deadline is passed on explicitly, and each step
 * takes a part of what is left, so that a step which hangs leaves time for the next.
 *
 * Nothing costs a timer of its own: all that wait share one, which runs while somebody does
 * and looks every millisecond. What is given up on may still end, unheard.
 *
 * @module
 */
import { EngineError } from "./error.ts";
import type { Soon } from "./soon.ts";

/** How often those that wait are looked at. */
const LOOK_MS = 1;
/** Where this thread was busy, an answer that has come is heard first. */
const GRACE_MS = 1;

/** Somebody who waits. */
interface Waiting {
  readonly endsMs: number;
  readonly giveUp: () => void;
  overdue: boolean;
}

/** Starts deadlines. */
export interface Deadlines {
  /** The clock that they run on: only ever forward, milliseconds. */
  nowMs(): number;
  /**
   * Starts a deadline.
   *
   * @param budgetMs How long it lasts, milliseconds; infinite for none.
   * @returns The deadline.
   */
  start(budgetMs: number): Deadline;
}

/** A moment by which something must be done, on a clock that only moves forward. */
export class Deadline {
  readonly #endsMs: number;
  readonly #waits: Waits;

  /** Made by {@link openDeadlines}. */
  constructor(endsMs: number, waits: Waits) {
    this.#endsMs = endsMs;
    this.#waits = waits;
  }

  /**
   * How long is left.
   *
   * @returns Milliseconds, 0 when it has passed.
   */
  remainingMs(): number {
    return Math.max(0, this.#endsMs - this.#waits.nowMs());
  }

  /** Whether it has passed. */
  get expired(): boolean {
    return this.#endsMs !== Infinity && this.remainingMs() === 0;
  }

  /**
   * A deadline for one step.
   *
   * @param share Part of what is left now, in [0, 1]; 0 for no time at all.
   * @returns The earlier deadline.
   */
  part(share: number): Deadline {
    if (this.#endsMs === Infinity && share > 0) return this;
    const nowMs = this.#waits.nowMs();
    const leftMs = share === 0 ? 0 : Math.max(0, this.#endsMs - nowMs);
    return new Deadline(nowMs + leftMs * share, this.#waits);
  }

  /**
   * Waits for work until the deadline passes; the work may still end then, unheard.
   *
   * @param work What is waited for.
   * @param late Makes what is thrown when it is late; `deadline_exceeded` unless given.
   * @returns What it came to; what is at hand is never late.
   * @throws {EngineError} `deadline_exceeded` when it is late, and what the work throws.
   */
  within<T>(work: Promise<T>, late?: () => Error): Promise<T>;
  /**
   * Waits for what may be at hand.
   *
   * @param work As above.
   * @param late As above.
   * @returns As above, without waiting for what is at hand.
   * @throws {EngineError} As above.
   */
  within<T>(work: Soon<T>, late?: () => Error): Soon<T>;
  within<T>(work: Soon<T>, late: () => Error = exceeded): Soon<T> {
    return this.#endsMs === Infinity || !(work instanceof Promise)
      ? work
      : this.#waits.until(this.#endsMs, work, late);
  }
}

/**
 * Makes deadlines that share a timer.
 *
 * @param nowMs A clock that only moves forward, milliseconds.
 * @returns What starts them.
 * @example
 * ```ts
 * import { openDeadlines } from "./deadline.ts";
 * const deadline = openDeadlines().start(150);
 * await deadline.part(0.5).within(Promise.resolve("in time"));
 * ```
 */
export function openDeadlines(
  nowMs: () => number = () => performance.now(),
): Deadlines {
  const waits = new Waits(nowMs);
  return {
    nowMs,
    start: (budgetMs) => new Deadline(nowMs() + budgetMs, waits),
  };
}

/** All that wait, and the one timer that looks at them. */
class Waits {
  readonly nowMs: () => number;
  readonly #waiting = new Set<Waiting>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  until<T>(endsMs: number, work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(late());
      const one = { endsMs, giveUp, overdue: false };
      this.#waiting.add(one);
      this.#timer ??= setTimeout(this.#look, LOOK_MS);
      work.then(
        (made) => {
          this.#leave(one);
          resolve(made);
        },
        (error) => {
          this.#leave(one);
          reject(error);
        },
      );
    });
  }

  #leave(one: Waiting): void {
    this.#waiting.delete(one);
    if (this.#waiting.size > 0 || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #look = (): void => {
    const nowMs = this.nowMs();
    let again = LOOK_MS;
    for (const one of this.#waiting) {
      if (one.endsMs > nowMs) continue;
      if (one.overdue) {
        this.#waiting.delete(one);
        one.giveUp();
      } else {
        one.overdue = true;
        again = GRACE_MS;
      }
    }
    this.#timer = this.#waiting.size === 0
      ? null
      : setTimeout(this.#look, again);
  };
}

/** Without an end. */
export const NO_DEADLINE: Deadline = openDeadlines().start(Infinity);

function exceeded(): EngineError {
  return new EngineError(
    "deadline_exceeded",
    "Cannot answer in time: the request's deadline has passed",
  );
}
