/**
 * A node that bids on a shared budget: it reserves each bid against its slice, and now and
 * then tells the account what became of them, is lent more, and learns the multiplier.
 *
 * Its own limit falls to what it keeps before the account is asked, and rises only after
 * the answer: a lost answer leaves it with less than is booked, never with more. Its lease
 * counts from before it asked, so that it ends on the node first.
 *
 * @module
 */
import type { BudgetStore } from "../../ports/budgets.ts";
import { openAccount } from "./account.ts";
import { bookNode, type BookTerms, type NodeHeard } from "./book.ts";
import { checkFlight, type FlightStatus } from "./flight.ts";
import {
  type AskedSlice,
  type HeldSlice,
  isBreached,
  lapse,
  prepareSlice,
  type Silence,
  tellSlice,
  winsOf,
} from "./held_slice.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { openPacing } from "./pace.ts";
import { pacedBid, type Shade, type WinCurve } from "./worth.ts";

/** What a node bids with. */
export interface BidderOptions extends BookTerms {
  readonly store: BudgetStore;
  readonly budget: string;
  /** Unique to this run of this process. */
  readonly session: string;
  readonly maxBidMicros: number;
  /** First-price shading; null where the runner-up is paid. */
  readonly shade: Shade | null;
  /** Null: silence means nothing; a bid is held until a notice or report tells of it. */
  readonly silence: Silence | null;
}

/** A chance to bid. */
export interface Opportunity {
  /** Expected value: micros, or outcomes. */
  readonly value: number;
  /** Now, milliseconds. */
  readonly at: number;
  /** Uniform in [0, 1), for throttling. */
  readonly draw: number;
  /** What bids win; asked for first prices only. */
  readonly chanceOf?: WinCurve;
}

/** A bid to send, or why there is none. */
export type Proposal =
  | { readonly bidMicros: number; readonly slice: string; readonly bid: number }
  | { readonly bidMicros: 0; readonly reason: NoBid };

/** `lease`: the slice is over. `budget`: it is used up. `worth`: below a micro. */
export type NoBid = "lease" | "budget" | "worth" | "throttled" | "stopped";

/** What a slice's bids were charged, all that were sent before a moment. */
export interface SpendReport {
  readonly before: number;
  readonly chargedMicros: number;
}

/** A node's part in a budget. */
export interface Bidder {
  /** Proposes a bid, and reserves it. */
  propose(opportunity: Opportunity): Proposal;
  /** Tells of a win; false if the slice is no longer this node's. */
  win(slice: string, bid: number, chargedMicros: number): boolean;
  /** Tells of a loss; false alike. */
  lose(slice: string, bid: number): boolean;
  /** Takes a report over what notices told; false alike. */
  reconcile(slice: string, report: SpendReport): boolean;
  /**
   * Tells the account, and renews the slice. To be called every few seconds, one call
   * at a time, and once more when `budget` or `lease` was why there was no bid.
   *
   * @param now By this node's clock, the one that opportunities tell.
   * @throws {EngineError} `store_unavailable`; the node goes on with what it has.
   */
  sync(now: number): Promise<FlightStatus>;
  /** Ids of the slices that are not settled. */
  slices(): readonly string[];
}

const NO_BID: Readonly<Record<NoBid, Proposal>> = {
  lease: { bidMicros: 0, reason: "lease" },
  budget: { bidMicros: 0, reason: "budget" },
  worth: { bidMicros: 0, reason: "worth" },
  throttled: { bidMicros: 0, reason: "throttled" },
  stopped: { bidMicros: 0, reason: "stopped" },
};
/** Times what was reserved between two syncs that a node asks for. */
const HEADROOM = 3;
const PEAK_KEEPS = 0.9;

/**
 * Joins a budget; nothing is bid before the first sync.
 *
 * @throws {RangeError} If the flight is impossible.
 */
export function createBidder(options: BidderOptions): Bidder {
  checkFlight(options.flight);
  return new NodeBidder(options);
}

class NodeBidder implements Bidder {
  readonly #options: BidderOptions;
  readonly #slices = new Map<string, HeldSlice>();
  /** The slice that is bid on. */
  #open: HeldSlice | null = null;
  #bidsUntil = -Infinity;
  #serial = 0;
  #opportunities = 0;
  #multiplier: number;
  #participation = 1;
  /** Reserved since the last sync, and the most between two lately. */
  #reserved = 0;
  #peak = 0;
  #isStarved = true;
  #isStopped = false;

  constructor(options: BidderOptions) {
    this.#options = options;
    this.#multiplier = options.rules.startMultiplier;
  }

  propose({ value, at, draw, chanceOf }: Opportunity): Proposal {
    this.#opportunities++;
    const open = this.#open;
    if (this.#isStopped) return NO_BID.stopped;
    if (open === null || at >= this.#bidsUntil) return NO_BID.lease;
    if (draw >= this.#participation) return NO_BID.throttled;
    const { maxBidMicros, shade } = this.#options;
    const bidMicros = pacedBid(value, {
      multiplier: this.#multiplier,
      maxBidMicros,
      firstPrice: shade && chanceOf ? { shade, chanceOf } : null,
    });
    if (bidMicros === 0) return NO_BID.worth;
    const bid = open.ledger.reserve(bidMicros, value, at);
    if (bid < 0) {
      this.#isStarved = true;
      return NO_BID.budget;
    }
    this.#reserved += bidMicros;
    return { bidMicros, slice: open.id, bid };
  }

  win(slice: string, bid: number, chargedMicros: number): boolean {
    return this.#settle(slice, (ledger) => ledger.win(bid, chargedMicros));
  }

  lose(slice: string, bid: number): boolean {
    return this.#settle(slice, (ledger) => ledger.lose(bid));
  }

  reconcile(slice: string, { before, chargedMicros }: SpendReport): boolean {
    return this.#settle(
      slice,
      (ledger) => ledger.reconcile(before, chargedMicros),
    );
  }

  slices(): readonly string[] {
    return [...this.#slices.keys()];
  }

  async sync(now: number): Promise<FlightStatus> {
    const open = this.#turn(now);
    const asked = this.#prepare(now);
    const opportunities = this.#opportunities;
    const slices = asked.map((one) => tellSlice(one, now, this.#options));
    const wins = winsOf(asked);
    const { store, budget, rules, flight, leaseMs } = this.#options;
    const heard = await store.change(budget, (kept, storeNow) =>
      bookNode(
        kept ?? openAccount(openPacing(rules, storeNow)),
        { now: storeNow, slices, opportunities, wins },
        this.#options,
      ));
    this.#opportunities -= opportunities;
    this.#isStarved = false;
    for (const one of asked) this.#take(one, heard);
    this.#bidsUntil = Math.min(now + leaseMs, open.day.until, flight.until);
    this.#multiplier = heard.multiplier;
    this.#participation = heard.participation;
    this.#isStopped = heard.status === "stopped" ||
      [...this.#slices.values()].some(isBreached);
    return heard.status;
  }

  #settle(id: string, tells: (ledger: Ledger) => void): boolean {
    const slice = this.#slices.get(id);
    if (slice === undefined) return false;
    tells(slice.ledger);
    this.#isStopped ||= isBreached(slice);
    return true;
  }

  /** The slice of today, a new one if the day has turned. */
  #turn(now: number): HeldSlice {
    const day = this.#options.flight.dayOf(now);
    if (this.#open?.day.from === day.from) return this.#open;
    const id = `${this.#options.session}-${this.#serial++}`;
    const ledger = createLedger(0);
    const open = { id, day, ledger, lent: false, told: ledger.sums() };
    this.#slices.set(id, open);
    this.#open = open;
    this.#isStarved = true;
    return open;
  }

  /** Lowers the limits to what is kept, and says what is wanted. */
  #prepare(now: number): readonly AskedSlice[] {
    const { flight, maxBidMicros } = this.#options;
    this.#peak = Math.max(this.#peak * PEAK_KEEPS, this.#reserved);
    this.#reserved = 0;
    const headroom = this.#isStarved
      ? Infinity
      : Math.ceil(HEADROOM * this.#peak) + maxBidMicros;
    return [...this.#slices.values()].map((slice) => {
      lapse(slice.ledger, now, this.#options.silence);
      const isOpen = slice === this.#open && now < flight.until;
      return prepareSlice(slice, isOpen ? headroom : 0);
    });
  }

  /** Takes the answer for one slice: its limit, or that it is the node's no longer. */
  #take({ slice, sums }: AskedSlice, { granted }: NodeHeard): void {
    const limit = granted.get(slice.id);
    slice.told = sums;
    slice.lent = true;
    if (limit !== undefined) {
      slice.ledger.limit(limit);
      return;
    }
    this.#slices.delete(slice.id);
    if (slice === this.#open) this.#open = null;
  }
}
