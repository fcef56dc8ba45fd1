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
import type { BudgetStore, SliceNotice } from "../../ports/budgets.ts";
import { openAccount } from "./account.ts";
import {
  bookNode,
  type BookTerms,
  type NodeHeard,
  type SliceTold,
} from "./book.ts";
import { checkFlight, type FlightStatus } from "./flight.ts";
import {
  type AskedSlice,
  type HeldSlice,
  isBreached,
  lapse,
  prepareSlice,
  type Silence,
  takeMail,
  takeNotice,
  tellSlice,
  winsOf,
} from "./held_slice.ts";
import { createLedger } from "./ledger.ts";
import { openPacing } from "./pace.ts";
import {
  type Heard,
  type MadeBid,
  type Moment,
  NO_BID,
  type Opportunity,
  type Proposal,
  type Standing,
} from "./proposal.ts";
import { pacedBid, type Shade } from "./worth.ts";

/** Terms that a node bids under. */
export interface NodeTerms extends BookTerms {
  readonly maxBidMicros: number;
  /** Null: silence means nothing; a bid is held until a notice or report tells of it. */
  readonly silence: Silence | null;
  /** How long after it was sent a bid may be told of, milliseconds; for ever if absent. */
  readonly lifetimeMs?: number;
}

/** What a node bids with. */
export interface BidderOptions extends NodeTerms {
  readonly store: BudgetStore;
  readonly budget: string;
  /** Unique to this run of this process. */
  readonly session: string;
  /** First-price shading; null where the runner-up is paid. */
  readonly shade: Shade | null;
}

/** What a slice's bids were charged, all that were sent before a moment. */
export interface SpendReport {
  readonly before: number;
  readonly chargedMicros: number;
}

/** A node's part in a budget. */
export interface Bidder {
  /** Proposes a bid, and reserves it. */
  propose(opportunity: Opportunity): Proposal;
  /** Says what may be bid with, for bids that are made elsewhere; counts an opportunity. */
  stand(moment: Moment): Standing;
  /** Reserves the whole price of a bid, before it goes out. */
  reserve(bid: MadeBid): Proposal;
  /** Takes a notice or a report of a slice. */
  hear(slice: string, notice: SliceNotice): Heard;
  /** Tells of a win; false if the slice is no longer this node's. */
  win(slice: string, bid: number, chargedMicros: number): boolean;
  /** Tells of a loss; false alike. */
  lose(slice: string, bid: number): boolean;
  /** Takes a report over what notices told; false alike. */
  reconcile(slice: string, report: SpendReport): boolean;
  /** Goes on under other terms, from the next sync on. */
  adopt(terms: NodeTerms): void;
  /**
   * Bids no more, and gives back all that no bid is out for; what is left waits for a
   * report.
   *
   * @throws {EngineError} As `sync`; everything then waits for a report.
   */
  release(now: number): Promise<void>;
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
  #options: BidderOptions;
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
    const standing = this.stand({ at, draw });
    if ("reason" in standing) return standing;
    const { maxBidMicros, shade } = this.#options;
    const bidMicros = pacedBid(value, {
      multiplier: standing.multiplier,
      maxBidMicros,
      firstPrice: shade && chanceOf ? { shade, chanceOf } : null,
    });
    return this.reserve({ bidMicros, value, at });
  }

  stand({ at, draw }: Moment): Standing {
    this.#opportunities++;
    if (this.#isStopped) return NO_BID.stopped;
    if (this.#open === null || at >= this.#bidsUntil) return NO_BID.lease;
    if (draw >= this.#participation) return NO_BID.throttled;
    return { multiplier: this.#multiplier };
  }

  reserve({ bidMicros, value, at }: MadeBid): Proposal {
    const open = this.#open;
    if (this.#isStopped) return NO_BID.stopped;
    if (open === null || at >= this.#bidsUntil) return NO_BID.lease;
    if (bidMicros === 0) return NO_BID.worth;
    const bid = open.ledger.reserve(bidMicros, value, at);
    if (bid < 0) {
      this.#isStarved = true;
      return NO_BID.budget;
    }
    this.#reserved += bidMicros;
    return { bidMicros, slice: open.id, bid };
  }

  hear(id: string, notice: SliceNotice): Heard {
    const slice = this.#slices.get(id);
    if (slice === undefined) return "elsewhere";
    const taken = takeNotice(slice, notice);
    this.#isStopped ||= isBreached(slice);
    return taken ? "taken" : "unknown";
  }

  win(slice: string, bid: number, chargedMicros: number): boolean {
    return this.hear(slice, { bid, chargedMicros }) !== "elsewhere";
  }

  lose(slice: string, bid: number): boolean {
    return this.hear(slice, { bid, chargedMicros: null }) !== "elsewhere";
  }

  reconcile(slice: string, report: SpendReport): boolean {
    return this.hear(slice, report) !== "elsewhere";
  }

  adopt(terms: NodeTerms): void {
    this.#options = { ...this.#options, ...terms };
  }

  slices(): readonly string[] {
    return [...this.#slices.keys()];
  }

  async sync(now: number): Promise<FlightStatus> {
    const open = this.#turn(now);
    const asked = this.#prepare(now);
    const slices = asked.map((one) => tellSlice(one, now, this.#options));
    const heard = await this.#tell(asked, slices, now);
    const { leaseMs, flight } = this.#options;
    this.#isStarved = false;
    this.#bidsUntil = Math.min(now + leaseMs, open.day.until, flight.until);
    this.#multiplier = heard.multiplier;
    this.#participation = heard.participation;
    this.#isStopped = heard.status === "stopped" ||
      [...this.#slices.values()].some(isBreached);
    return heard.status;
  }

  async release(now: number): Promise<void> {
    this.#open = null;
    const asked = this.#prepare(now);
    const slices = asked.map((one) => ({
      ...tellSlice(one, now, this.#options),
      closes: one.sums.reservedMicros === 0,
    }));
    await this.#tell(asked, slices, now);
  }

  async #tell(
    asked: readonly AskedSlice[],
    slices: readonly SliceTold[],
    askedAt: number,
  ): Promise<NodeHeard> {
    const opportunities = this.#opportunities;
    const wins = winsOf(asked);
    const { store, budget, rules } = this.#options;
    const heard = await store.change(budget, (kept, now) =>
      bookNode(
        kept ?? openAccount(openPacing(rules, now)),
        { now, slices, opportunities, wins },
        this.#options,
      ));
    this.#opportunities -= opportunities;
    for (const one of asked) this.#take(one, heard, askedAt);
    return heard;
  }

  /** The slice of today, a new one if the day has turned. */
  #turn(now: number): HeldSlice {
    const day = this.#options.flight.dayOf(now);
    if (this.#open?.day.from === day.from) return this.#open;
    const id = `${this.#options.session}-${this.#serial++}`;
    const ledger = createLedger(0);
    const told = ledger.sums();
    const open = { id, day, ledger, lent: false, told, mailTaken: 0 };
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
      const isOpen = slice === this.#open && now < flight.until;
      return prepareSlice(slice, isOpen ? headroom : 0);
    });
  }

  /**
   * Takes the answer for one slice: its limit, or that it is the node's no longer. What
   * others had heard by then is taken before silence says anything.
   */
  #take(
    { slice, sums }: AskedSlice,
    { granted, mail }: NodeHeard,
    askedAt: number,
  ): void {
    const limit = granted.get(slice.id);
    slice.told = sums;
    slice.lent = true;
    if (limit !== undefined) {
      slice.ledger.limit(limit);
      takeMail(slice, mail.get(slice.id) ?? { taken: 0, waiting: [] });
      lapse(slice.ledger, askedAt, this.#options);
      return;
    }
    this.#slices.delete(slice.id);
    if (slice === this.#open) this.#open = null;
  }
}
