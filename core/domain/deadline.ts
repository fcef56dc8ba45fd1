/**
 * Until when a request must be answered. A deadline is passed on explicitly, and each step
 * takes a part of what is left, so that a step which hangs leaves time for the next.
 *
 * Nothing costs a timer of its own: all that wait share one, which runs while somebody does
 * and looks when the first of them may be late. What is given up on may still end, unheard.
 *
 * @module
 */
import { EngineError } from "./error.ts";
import type { Soon } from "./soon.ts";

/** Those that wait are looked at when the first is due, and so often at least. */
const LOOK_MS = 5;
/** Where this thread was busy, an answer that has come is heard first. */
const GRACE_MS = 1;

/** Somebody who waits. */
interface Waiting {
  readonly endsMs: number;
  readonly late: () => Error;
  readonly reject: (error: Error) => void;
  isOverdue: boolean;
  hasEnded: boolean;
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
  readonly #waits: Waits;
  /** What it is a part of, until it is known when that part ends. */
  readonly #whole: Deadline | null;
  readonly #share: number;
  /** NaN until it is known. */
  #endsMs: number;

  /** Made by {@link openDeadlines}. */
  constructor(
    waits: Waits,
    endsMs: number,
    { whole, share }: PartOf = NO_PART,
  ) {
    this.#waits = waits;
    this.#endsMs = endsMs;
    this.#whole = whole;
    this.#share = share;
  }

  /**
   * How long is left.
   *
   * @returns Milliseconds, 0 when it has passed.
   */
  remainingMs(): number {
    const nowMs = this.#waits.nowMs();
    return Math.max(0, this.#endsFrom(nowMs) - nowMs);
  }

  /** Whether it has passed. */
  get expired(): boolean {
    return this.#endsMs !== Infinity && this.remainingMs() === 0;
  }

  /**
   * A deadline of its own, for what is waited for somewhat longer.
   *
   * @param byMs How much later it ends, milliseconds.
   * @returns The later deadline.
   */
  later(byMs: number): Deadline {
    return new Deadline(this.#waits, this.#ends() + byMs);
  }

  /**
   * A deadline for one step.
   *
   * @param share Part of what is left when the step first asks for it, in [0, 1]; 0 for no
   * time at all. A step that never waits reads no clock.
   * @returns The earlier deadline.
   */
  part(share: number): Deadline {
    if (this.#endsMs === Infinity && share > 0) return this;
    return new Deadline(this.#waits, NaN, { whole: this, share });
  }

  /** When it ends; the clock is read only if that is not known. */
  #ends(): number {
    return Number.isNaN(this.#endsMs)
      ? this.#endsFrom(this.#waits.nowMs())
      : this.#endsMs;
  }

  #endsFrom(nowMs: number): number {
    if (this.#whole === null || !Number.isNaN(this.#endsMs)) {
      return this.#endsMs;
    }
    const leftMs = this.#share === 0
      ? 0
      : Math.max(0, this.#whole.#endsFrom(nowMs) - nowMs);
    return this.#endsMs = nowMs + leftMs * this.#share;
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
    if (!(work instanceof Promise) || this.#endsMs === Infinity) return work;
    return this.#waits.until(this.#ends(), work, late);
  }
}

/** What a deadline is a part of, and how much of what is left. */
interface PartOf {
  readonly whole: Deadline | null;
  readonly share: number;
}

const NO_PART: PartOf = { whole: null, share: 1 };

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
    start: (budgetMs) => new Deadline(waits, nowMs() + budgetMs),
  };
}

/** All that wait, and the one timer that looks at them. */
class Waits {
  readonly nowMs: () => number;
  /** Those that wait, and those that ended since the timer looked. */
  #waiting: Waiting[] = [];
  /** How many wait. */
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** When the timer looks. */
  #looksMs = Infinity;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  until<T>(
    endsMs: number,
    work: Promise<T>,
    late: () => Error,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const one = { endsMs, late, reject, isOverdue: false, hasEnded: false };
      this.#waiting.push(one);
      this.#count += 1;
      if (endsMs < this.#looksMs) this.#lookBy(endsMs, this.nowMs());
      work.then(
        (made) => {
          this.#end(one);
          resolve(made);
        },
        (error) => {
          this.#end(one);
          reject(error);
        },
      );
    });
  }

  #end(one: Waiting): void {
    if (one.hasEnded) return;
    one.hasEnded = true;
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#waiting = [];
    this.#rest();
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#looksMs = Infinity;
  }

  #lookBy(endsMs: number, nowMs: number): void {
    this.#rest();
    const inMs = Math.min(LOOK_MS, Math.max(0, endsMs - nowMs));
    this.#looksMs = nowMs + inMs;
    this.#timer = setTimeout(this.#look, inMs);
  }

  readonly #look = (): void => {
    const nowMs = this.nowMs();
    let firstMs = Infinity;
    this.#waiting = this.#waiting.filter(({ hasEnded }) => !hasEnded);
    for (const one of this.#waiting) {
      if (one.endsMs > nowMs) firstMs = Math.min(firstMs, one.endsMs);
      else if (one.isOverdue) {
        this.#end(one);
        one.reject(one.late());
      } else {
        one.isOverdue = true;
        firstMs = Math.min(firstMs, nowMs + GRACE_MS);
      }
    }
    if (this.#count > 0) this.#lookBy(firstMs, nowMs);
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
