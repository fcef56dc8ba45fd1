/**
 * This process as a bidder: its part in each budget that it is asked about, kept in
 * memory, and renewed beside the answering of requests.
 *
 * @module
 */
import type { BudgetRefusal, BudgetTerms } from "../../domain/budget.ts";
import type { Instant } from "../../domain/day.ts";
import type {
  BudgetBook,
  KeptBudget,
  SliceNotice,
} from "../../ports/budgets.ts";
import type { FlightStatus } from "../pacing/flight.ts";
import type { Heard, MadeBid, Moment, NoBid } from "../pacing/proposal.ts";
import type { OwnedTerms } from "./directory.ts";
import {
  hasten,
  isAbandoned,
  isDue,
  isIdle,
  leavePart,
  openPart,
  type Part,
  renewPart,
} from "./part.ts";

/** A sync that failed. */
export interface FailedSync {
  readonly tenant: string;
  readonly budget: string;
  readonly error: unknown;
}

/** A reservation, or why there is none. */
export type Reserved =
  | { readonly slice: string; readonly bid: number }
  | { readonly refusal: BudgetRefusal };

/** The process's part in all budgets. */
export interface BiddingNode {
  /** With which multiplier may be bid, or why nothing may. */
  stand(
    owned: OwnedTerms,
    moment: Moment,
  ): { readonly multiplier: number } | { readonly refusal: BudgetRefusal };
  /** Reserves the whole price of a bid. */
  reserve(owned: OwnedTerms, bid: MadeBid): Reserved;
  /** Takes a notice of a slice, if it is this node's. */
  hear(
    tenant: string,
    budget: string,
    told: { readonly slice: string; readonly notice: SliceNotice },
  ): Heard;
  /** Renews what is due; what fails goes on with what it has. */
  sync(now: number): Promise<readonly FailedSync[]>;
  /** Gives back what no bid is out for; nothing is bid from then on. */
  release(now: number): Promise<readonly FailedSync[]>;
  /** What it knows of the budgets that it holds a part of. */
  held(): readonly { readonly tenant: string; readonly kept: KeptBudget }[];
}

/**
 * Opens the node.
 *
 * @param book Where budgets are kept.
 * @param session Unique to this run of this process.
 */
export function createNode(book: BudgetBook, session: string): BiddingNode {
  return new Node(book, session);
}

class Node implements BiddingNode {
  readonly #book: BudgetBook;
  readonly #session: string;
  readonly #parts = new Map<string, Part>();
  #isReleased = false;

  constructor(book: BudgetBook, session: string) {
    this.#book = book;
    this.#session = session;
  }

  stand(owned: OwnedTerms, moment: Moment): ReturnType<BiddingNode["stand"]> {
    if (this.#isReleased) return { refusal: "not_leased" };
    const part = this.#partOf(owned);
    part.askedAt = moment.at;
    const standing = part.bidder.stand(moment);
    return "reason" in standing ? refuse(part, standing.reason) : standing;
  }

  reserve(owned: OwnedTerms, bid: MadeBid): Reserved {
    if (this.#isReleased) return { refusal: "not_leased" };
    const part = this.#partOf(owned);
    const proposal = part.bidder.reserve(bid);
    return "reason" in proposal ? refuse(part, proposal.reason) : proposal;
  }

  hear(
    tenant: string,
    budget: string,
    told: Parameters<BiddingNode["hear"]>[2],
  ): Heard {
    const part = this.#parts.get(nameOf(tenant, budget));
    return part?.bidder.hear(told.slice, told.notice) ?? "elsewhere";
  }

  async sync(now: number): Promise<readonly FailedSync[]> {
    if (this.#isReleased) return [];
    return await this.#each(async (part) => {
      if (!isDue(part, now) || part.syncing !== null) return;
      part.syncing = this.#syncPart(part, now);
      await part.syncing.finally(() => part.syncing = null);
    });
  }

  async release(now: number): Promise<readonly FailedSync[]> {
    this.#isReleased = true;
    return await this.#each(async (part) => {
      await part.syncing?.catch(() => {});
      await part.bidder.release(now);
    });
  }

  held(): ReturnType<BiddingNode["held"]> {
    return [...this.#parts.values()].flatMap(({ tenant, kept }) =>
      kept === null ? [] : [{ tenant, kept }]
    );
  }

  #partOf({ tenant, terms }: OwnedTerms): Part {
    const name = nameOf(tenant, terms.id);
    const known = this.#parts.get(name);
    if (known) return known;
    const part = openPart(this.#book, { tenant, terms }, this.#session);
    this.#parts.set(name, part);
    return part;
  }

  async #syncPart(part: Part, now: number): Promise<void> {
    if (!isIdle(part, now)) await renewPart(part, now);
    else if (isAbandoned(part, now) || await leavePart(part, now)) {
      this.#parts.delete(nameOf(part.tenant, part.budget));
    }
  }

  /** What fails for one part holds up no other. */
  async #each(
    work: (part: Part) => Promise<void>,
  ): Promise<readonly FailedSync[]> {
    const failed: FailedSync[] = [];
    await Promise.all([...this.#parts.values()].map(async (part) => {
      const { tenant, budget } = part;
      try {
        await work(part);
      } catch (error) {
        failed.push({ tenant, budget, error });
      }
    }));
    return failed;
  }
}

function refuse(
  part: Part,
  reason: NoBid,
): { readonly refusal: BudgetRefusal } {
  if (reason === "lease" || reason === "budget") hasten(part);
  return { refusal: refusalOf(reason, part.status) };
}

const REFUSALS: Readonly<Record<NoBid, BudgetRefusal>> = {
  lease: "not_leased",
  budget: "not_leased",
  worth: "not_leased",
  throttled: "throttled",
  stopped: "stopped",
};

/** A part that is used up means a budget that is, if the last sync said so. */
function refusalOf(reason: NoBid, status: FlightStatus | null): BudgetRefusal {
  const isOut = reason === "lease" || reason === "budget";
  return isOut && (status === "spent" || status === "ended")
    ? status
    : REFUSALS[reason];
}

function nameOf(tenant: string, budget: string): string {
  return `${tenant}\n${budget}`;
}

/** When terms alone say that nothing may be bid. */
export function outsideFlight(
  { from, until, closedAt }: BudgetTerms,
  at: Instant,
): BudgetRefusal | null {
  if (closedAt !== null || at >= until) return "ended";
  return at < from ? "waiting" : null;
}
