/**
 * Budgets that bids spend: their terms, what nodes may spend of them, and what exchanges
 * tell. A request is answered from this process's memory; `sync` goes to the store.
 *
 * @module
 */
import {
  type BudgetRefusal,
  type BudgetTerms,
  parseBidName,
} from "../../domain/budget.ts";
import { checkTerms } from "../../domain/budget_terms.ts";
import type { Instant } from "../../domain/day.ts";
import type { EntityIds } from "../../domain/entity.ts";
import type { BudgetBook, KeptBudget } from "../../ports/budgets.ts";
import type { Clock, Ids } from "../../ports/clock.ts";
import type { MadeBid, Moment } from "../pacing/proposal.ts";
import { amendBudget, closeBudget, resumeBudget } from "./amend.ts";
import { keepTerms, type KnownTerms } from "./known_terms.ts";
import {
  type BiddingNode,
  createNode,
  type FailedSync,
  outsideFlight,
  type Reserved,
} from "./node.ts";
import {
  type BidNotice,
  type BidOutcome,
  bookOutcomes,
  type NoticeCounts,
  type OutcomeCounts,
  type ReportOutcome,
  type SliceReport,
  takeNotices,
  takeReports,
} from "./notices.ts";
import { type BudgetStanding, standingOf } from "./standing.ts";

/** What a decision asks of the budgets. */
export interface BudgetDesk {
  /**
   * Makes sure that terms are known as they were seconds ago; null where they are.
   *
   * @throws {EngineError} `store_unavailable` if they are not, and cannot be read.
   */
  ready(): Promise<void> | null;
  /** The budget that pays for a request; null if none governs it. */
  payerOf(tenant: string, entities: EntityIds, at: Instant): BudgetTerms | null;
  /** With which multiplier may be bid, or why nothing may. */
  stand(
    tenant: string,
    terms: BudgetTerms,
    moment: Moment,
  ): { readonly multiplier: number } | { readonly refusal: BudgetRefusal };
  /** Reserves the whole price of a bid before it is answered. */
  reserve(tenant: string, terms: BudgetTerms, bid: MadeBid): Reserved;
  /** How a budget stands in the store; null if the tenant has none of that id. */
  find(tenant: string, id: string): Promise<BudgetStanding | null>;
  /** Gives a reservation back whose bid is certain not to be answered. */
  withdraw(tenant: string, bid: string): void;
}

/** Keeps budgets and spends them. */
export interface Budgets extends BudgetDesk {
  /**
   * Keeps a budget, or what is asked of it from now on.
   *
   * @throws {EngineError} `request_invalid` if the terms contradict themselves, or change
   * what a budget that is spent from cannot change.
   */
  put(tenant: string, terms: BudgetTerms): Promise<BudgetStanding>;
  /** The tenant's budgets, oldest first. */
  list(tenant: string): Promise<readonly BudgetStanding[]>;
  /**
   * Closes a budget: nothing is bid on it any more.
   *
   * @throws {EngineError} `not_found`.
   */
  close(tenant: string, id: string): Promise<BudgetStanding>;
  /**
   * Lets a budget go on that a broken promise stopped.
   *
   * @throws {EngineError} `not_found`.
   */
  resume(tenant: string, id: string): Promise<BudgetStanding>;
  /** Takes what exchanges tell of bids, whichever node sent them. */
  notices(tenant: string, told: readonly BidNotice[]): Promise<NoticeCounts>;
  outcomes(
    tenant: string,
    told: readonly BidOutcome[],
  ): Promise<OutcomeCounts>;
  /**
   * Takes an exchange's statement.
   *
   * @returns What each report came to, in order.
   * @throws {EngineError} `not_found`; `request_invalid` for one of a moment to come.
   */
  reports(
    tenant: string,
    budget: string,
    told: readonly SliceReport[],
  ): Promise<readonly ReportOutcome[]>;
  /** Renews what is due; to be called every second or so, and never rejects. */
  sync(): Promise<readonly FailedSync[]>;
  /** Gives back what no bid is out for; this process bids on no budget from then on. */
  release(): Promise<readonly FailedSync[]>;
  /** Budgets that this process bids on, as of its last sync. */
  held(): readonly {
    readonly tenant: string;
    readonly standing: BudgetStanding;
  }[];
}

/** What budgets stand on. */
export interface BudgetsScope {
  readonly book: BudgetBook;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Opens the budgets. */
export function createBudgets({ book, clock, ids }: BudgetsScope): Budgets {
  const node = createNode(book, ids.next("node"));
  const notices = { book, node };
  const now = () => Date.parse(clock.now());
  const terms = keepTerms(book, now);
  const stand = (kept: KeptBudget) => standingOf(kept, now());
  return {
    ...desk(terms, node),
    put: async (tenant, asked) => {
      checkTerms(asked);
      const kept = await amendBudget(book, tenant, asked);
      await terms.read();
      return stand(kept);
    },
    find: async (tenant, id) => {
      const kept = await book.find(tenant, id);
      return kept && stand(kept);
    },
    list: async (tenant) => (await book.list(tenant)).map(stand),
    close: async (tenant, id) => {
      const kept = await closeBudget(book, tenant, id);
      await terms.read();
      return stand(kept);
    },
    resume: async (tenant, id) => stand(await resumeBudget(book, tenant, id)),
    notices: (tenant, told) => takeNotices(notices, tenant, told),
    outcomes: (tenant, told) => bookOutcomes(notices, tenant, told),
    reports: (tenant, budget, told) =>
      takeReports(notices, { tenant, budget }, told),
    sync: async () => {
      const failed = await terms.renew();
      return [...failed, ...await node.sync(now())];
    },
    release: () => node.release(now()),
    held: () =>
      node.held().map(({ tenant, kept }) => ({
        tenant,
        standing: stand(kept),
      })),
  };
}

function desk(
  terms: KnownTerms,
  node: BiddingNode,
): Omit<BudgetDesk, "find"> {
  return {
    ready: terms.ready,
    payerOf: (tenant, entities, at) =>
      terms.known()?.payerOf(tenant, entities, at) ?? null,
    stand: (tenant, terms, moment) => {
      const at = new Date(moment.at).toISOString();
      const refusal = outsideFlight(terms, at);
      return refusal === null
        ? node.stand({ tenant, terms }, moment)
        : { refusal };
    },
    reserve: (tenant, terms, bid) => node.reserve({ tenant, terms }, bid),
    withdraw: (tenant, bid) => {
      const name = parseBidName(bid);
      if (name === null) return;
      const { budget, slice, number } = name;
      const notice = { bid: number, chargedMicros: null };
      node.hear(tenant, budget, { slice, notice });
    },
  };
}
