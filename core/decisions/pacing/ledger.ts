/**
 * Bids that are out, and the most that all may cost: no bid is sent unless its whole
 * price is free, so that whatever is won, and however late that is told, the limit holds.
 *
 *     charged + reserved ≤ limit
 *
 * A reservation ends by its win (the charge stays), its loss, by silence for as long as
 * the exchange promises to tell of wins, or by a report of all that was charged up to a
 * moment. Bids are kept in the order in which they were sent, in columns.
 *
 * @module
 */
import { columnsOf, widen } from "./bid_columns.ts";
import { createShare } from "./charged_share.ts";

/** Sums of a ledger, whole micros but for the average. */
export interface LedgerSums {
  readonly chargedMicros: number;
  readonly reservedMicros: number;
  /** What was charged, and what bids that are out will cost on average. */
  readonly expectedMicros: number;
  /** Charged beyond what was reserved: a promise that the exchange broke. */
  readonly breachMicros: number;
  /** Wins that were told of one by one. */
  readonly wins: number;
  readonly wonMicros: number;
  readonly wonValue: number;
}

/** Reservations against one limit. */
export interface Ledger {
  /** Free to bid, micros; never more than the limit. */
  free(): number;
  /** Sets the limit; below what is used, nothing is free. */
  limit(micros: number): void;
  /** The limit that holds. */
  readonly limitMicros: number;
  /**
   * Reserves what a bid may cost.
   *
   * @param micros Most that may be charged, fees included, above 0.
   * @param value Expected value of the win.
   * @param at When it is sent; taken as no earlier than the one before.
   * @returns Its number; -1 if not so much is free, or no more bids can be kept.
   */
  reserve(micros: number, value: number, at: number): number;
  /** Ends a reservation by its charge. Told twice, it counts once. */
  win(bid: number, chargedMicros: number): void;
  /** Ends a reservation without a charge. */
  lose(bid: number): void;
  /**
   * Bids sent before a moment that nothing was told of are lost.
   *
   * @param forgotten Bids sent before that moment are told of no more: a notice that
   * comes nevertheless is a breach, be it told twice.
   */
  lapse(before: number, forgotten: number): void;
  /**
   * Bids sent before a moment that were told of, up to the first that was not, are kept no
   * longer: what is told of them again says nothing.
   */
  forgetTold(before: number): void;
  /**
   * Takes a report over what notices told; one that is older than the last, or than a bid
   * that is forgotten, says nothing.
   *
   * @param before All bids sent before that moment are in it.
   * @param chargedMicros What they cost together, since the first.
   */
  reconcile(before: number, chargedMicros: number): void;
  sums(): LedgerSums;
  /** How many bids were sent: the number of the next. */
  readonly sent: number;
  /** How many of them are kept. */
  readonly kept: number;
}

const [OUT, WON, LOST] = [0, 1, 2];
const FIRST_ROOM = 1024;
/** 140 MB. */
const MOST_ROOM = 2 ** 22;
/**
 * Opens a ledger without bids.
 *
 * @param limitMicros Most that all bids may cost.
 * @param mostKept Bids that are kept at most, a power of two.
 */
export function createLedger(
  limitMicros: number,
  mostKept = MOST_ROOM,
): Ledger {
  return new BidLedger(limitMicros, mostKept);
}

class BidLedger implements Ledger {
  #columns = columnsOf(FIRST_ROOM);
  /** Where a bid's number falls in the columns: their length is a power of two. */
  #mask = FIRST_ROOM - 1;
  /** The oldest bid that is kept, the oldest that silence has not ended, the next. */
  #first = 0;
  #silent = 0;
  #next = 0;
  /** The oldest bid that no report told of. */
  #untold = 0;
  #lastAt = -Infinity;
  #reportedAt = -Infinity;
  /** When the latest bid was sent that is kept no longer. */
  #forgottenAt = -Infinity;
  #limit: number;
  #charged = 0;
  #reserved = 0;
  /** Charged to bids that are kept no longer. */
  #settled = 0;
  #breach = 0;
  #wins = 0;
  #wonMicros = 0;
  #wonValue = 0;
  readonly #share = createShare();
  readonly #mostKept: number;

  constructor(limitMicros: number, mostKept: number) {
    this.#limit = limitMicros;
    this.#mostKept = mostKept;
  }

  get kept(): number {
    return this.#next - this.#first;
  }

  get sent(): number {
    return this.#next;
  }

  get limitMicros(): number {
    return this.#limit;
  }

  limit(micros: number): void {
    this.#limit = micros;
  }

  free(): number {
    return Math.max(0, this.#limit - this.#charged - this.#reserved);
  }

  reserve(micros: number, value: number, at: number): number {
    if (!(micros > 0 && micros <= this.free())) return -1;
    if (this.kept >= this.#mostKept) return -1;
    if (this.kept > this.#mask) this.#grow();
    this.#lastAt = Math.max(this.#lastAt, at);
    const columns = this.#columns;
    const place = this.#next & this.#mask;
    columns.sentAt[place] = this.#lastAt;
    columns.reserved[place] = micros;
    columns.charged[place] = 0;
    columns.value[place] = value;
    columns.state[place] = OUT;
    this.#reserved += micros;
    return this.#next++;
  }

  win(bid: number, micros: number): void {
    checkNotice(bid, this.#next, micros);
    if (bid < this.#untold) return;
    if (bid < this.#first) {
      this.#charged += micros;
      this.#settled += micros;
      this.#breach += micros;
      return;
    }
    const columns = this.#columns;
    const place = bid & this.#mask;
    const before = columns.charged[place] ?? 0;
    const state = columns.state[place];
    if (state === WON && micros <= before) return;
    const held = columns.reserved[place] ?? 0;
    const allowed = state === LOST ? 0 : Math.max(held, before);
    this.#breach += Math.max(0, micros - allowed);
    if (state === OUT) this.#reserved -= held;
    if (state !== WON) {
      this.#wins++;
      this.#wonValue += columns.value[place] ?? 0;
    }
    this.#charged += micros - before;
    this.#wonMicros += micros - before;
    columns.charged[place] = micros;
    columns.state[place] = WON;
  }

  lose(bid: number): void {
    checkNotice(bid, this.#next, 0);
    if (bid >= this.#first) this.#release(bid & this.#mask);
  }

  lapse(before: number, forgotten: number): void {
    while (this.#sentBefore(this.#silent, before)) this.#end();
    while (
      this.#first < this.#silent && this.#sentBefore(this.#first, forgotten)
    ) this.#forget();
  }

  forgetTold(before: number): void {
    while (this.#sentBefore(this.#first, before)) {
      if (this.#columns.state[this.#first & this.#mask] === OUT) break;
      if (this.#first === this.#silent) this.#end();
      this.#forget();
    }
    this.#untold = Math.max(this.#untold, this.#first);
  }

  reconcile(before: number, micros: number): void {
    if (before < this.#reportedAt || before <= this.#forgottenAt) return;
    this.#reportedAt = before;
    let most = this.#settled;
    while (this.#sentBefore(this.#first, before)) {
      const place = this.#first & this.#mask;
      const { state, reserved, charged } = this.#columns;
      most += (state[place] === OUT ? reserved : charged)[place] ?? 0;
      if (this.#first === this.#silent) this.#end();
      this.#forget();
    }
    this.#breach += Math.max(0, micros - most);
    this.#share.learn(0, micros - this.#settled);
    this.#charged += micros - this.#settled;
    this.#settled = micros;
    this.#untold = this.#first;
  }

  sums(): LedgerSums {
    return {
      chargedMicros: this.#charged,
      reservedMicros: this.#reserved,
      expectedMicros: this.#charged + this.#reserved * this.#share.value(),
      breachMicros: this.#breach,
      wins: this.#wins,
      wonMicros: this.#wonMicros,
      wonValue: this.#wonValue,
    };
  }

  #sentBefore(bid: number, before: number): boolean {
    return bid < this.#next &&
      (this.#columns.sentAt[bid & this.#mask] ?? 0) < before;
  }

  /** The oldest bid that may still have been won was lost, if it was not won. */
  #end(): void {
    const place = this.#silent++ & this.#mask;
    const { reserved, charged } = this.#columns;
    this.#share.learn(reserved[place] ?? 0, charged[place] ?? 0);
    this.#release(place);
  }

  #release(place: number): void {
    const { state, reserved } = this.#columns;
    if (state[place] !== OUT) return;
    this.#reserved -= reserved[place] ?? 0;
    state[place] = LOST;
  }

  #forget(): void {
    const place = this.#first++ & this.#mask;
    this.#settled += this.#columns.charged[place] ?? 0;
    this.#forgottenAt = this.#columns.sentAt[place] ?? 0;
  }

  #grow(): void {
    this.#columns = widen(this.#columns, [this.#first, this.#next]);
    this.#mask = 2 * this.#mask + 1;
  }
}

function checkNotice(bid: number, next: number, micros: number): void {
  const known = Number.isSafeInteger(bid) && bid >= 0 && bid < next;
  if (!known) {
    throw new RangeError(
      `Cannot settle bid "${bid}": this ledger never sent it`,
    );
  }
  if (!(Number.isSafeInteger(micros) && micros >= 0)) {
    throw new RangeError(
      `Cannot settle bid "${bid}": a charge is whole micros, at least 0`,
    );
  }
}
