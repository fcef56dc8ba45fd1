/**
 * An exchange that settles auctions at once, and tells of them late, out of order, or not
 * at all. What it has charged is the truth that caps are held against.
 *
 * @module
 */
import { DAY_MS } from "../../core/domain/day.ts";
import type { Random } from "../../core/domain/random.ts";

/** How an exchange tells. */
export interface Telling {
  /** Notices come after that on average, milliseconds. */
  readonly noticeMs: number;
  /** Chance that a notice never comes. */
  readonly lost: number;
  /** Chance that it comes twice. */
  readonly twice: number;
  /** Reports hold all bids up to so long ago, milliseconds. */
  readonly reportMs: number;
}

/** What a winner pays. */
export interface PriceRule {
  readonly isFirstPrice: boolean;
  /** Factor of the price that is charged; 1 for an honest exchange. */
  readonly surcharge?: number;
}

/** What became of a bid. */
export interface Notice {
  readonly at: number;
  readonly slice: string;
  readonly bid: number;
  /** Null if it lost. */
  readonly chargedMicros: number | null;
}

/** A bid as it was sent. */
export interface SentBid {
  readonly at: number;
  readonly slice: string;
  readonly bid: number;
  readonly bidMicros: number;
}

const TICK_MS = 30_000;

/** An exchange, and the truth. */
export class Exchange {
  totalMicros = 0;
  /** By the start of the day on which the bid was sent. */
  readonly dayMicros = new Map<number, number>();
  readonly #telling: Telling;
  readonly #random: Random;
  readonly #rule: PriceRule;
  readonly #due = new Map<number, Notice[]>();
  readonly #charges = new Map<string, [at: number, total: number][]>();

  constructor(telling: Telling, random: Random, rule: PriceRule) {
    this.#telling = telling;
    this.#random = random;
    this.#rule = rule;
  }

  /** Settles a bid: whether it won, and the notices to come. */
  settle({ at, slice, bid, bidMicros }: SentBid, rival: number): boolean {
    const won = bidMicros > rival;
    const { isFirstPrice, surcharge = 1 } = this.#rule;
    const price = isFirstPrice ? bidMicros : rival;
    const chargedMicros = won ? Math.ceil(surcharge * price) : null;
    if (chargedMicros !== null) this.#charge(slice, at, chargedMicros);
    this.#tell({ at, slice, bid, chargedMicros });
    return won;
  }

  #charge(slice: string, at: number, micros: number): void {
    this.totalMicros += micros;
    const day = Math.floor(at / DAY_MS) * DAY_MS;
    this.dayMicros.set(day, (this.dayMicros.get(day) ?? 0) + micros);
    const charges = this.#charges.get(slice) ?? [];
    charges.push([at, (charges.at(-1)?.[1] ?? 0) + micros]);
    this.#charges.set(slice, charges);
  }

  #tell(notice: Notice): void {
    const { lost, twice, noticeMs } = this.#telling;
    if (this.#random.next() < lost) return;
    const times = this.#random.next() < twice ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const delay = -Math.log(1 - this.#random.next()) * noticeMs;
      const tick = Math.ceil((notice.at + delay) / TICK_MS);
      const due = this.#due.get(tick) ?? [];
      due.push(notice);
      this.#due.set(tick, due);
    }
  }

  /** Notices that come at a tick: a whole multiple of 30 seconds. */
  take(now: number): readonly Notice[] {
    const tick = now / TICK_MS;
    const due = this.#due.get(tick) ?? [];
    this.#due.delete(tick);
    return due;
  }

  /** What a slice's bids were charged, all that were sent before. */
  report(slice: string, before: number): number {
    const charges = this.#charges.get(slice) ?? [];
    let [low, high] = [0, charges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((charges[middle]?.[0] ?? Infinity) < before) low = middle + 1;
      else high = middle;
    }
    return charges[low - 1]?.[1] ?? 0;
  }

  /** How long ago a bid was sent that reports hold. */
  get reportMs(): number {
    return this.#telling.reportMs;
  }
}
