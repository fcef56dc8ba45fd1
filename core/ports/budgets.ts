/**
 * Advertising budgets that several nodes spend at once, and what is known of their
 * pacing: plain data, moments in milliseconds since 1970 by the clock of whoever keeps
 * it, money in whole micros that are safe integers.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { BudgetTerms } from "../domain/budget.ts";

/** The part of a budget that one node may spend on one day. */
export interface BudgetSlice {
  /** Unique to a run of a process and a day; bids carry it, so that reports tell it. */
  readonly id: string;
  /** When the day began on which its bids count. */
  readonly day: number;
  /** Most that its bids may cost, together, ever. */
  readonly grantedMicros: number;
  /** What its bids are known to have cost. */
  readonly chargedMicros: number;
  /** That, and what its bids that are out will cost on average. */
  readonly expectedMicros: number;
  /** No bid of it is sent from then on. */
  readonly bidsUntil: number;
  /** What other nodes heard of its bids; absent if nothing. */
  readonly mail?: SliceMail;
}

/** What was told of a slice: of one bid, or of all that were sent before a moment. */
export type SliceNotice =
  | {
    readonly bid: number;
    /** Null if it lost. */
    readonly chargedMicros: number | null;
  }
  | { readonly before: number; readonly chargedMicros: number };

/** Notices that wait for the node that holds the slice, oldest first. */
export interface SliceMail {
  /** How many were taken before these. */
  readonly taken: number;
  readonly waiting: readonly SliceNotice[];
}

/** A rate over exposure whose past fades. */
export interface FadingRate {
  /** What was seen, faded. */
  readonly seen: number;
  /** What was expected to be seen by the season alone, faded. */
  readonly exposure: number;
  /** Opportunities that it rests on, faded. */
  readonly count: number;
}

/** A rate that repeats with the hour, and how far it is from that now. */
export interface SeasonState {
  /** What was seen in each hour of the season, faded by visit; shape [hours]. */
  readonly seen: readonly number[];
  /** Exposure of each hour of the season, faded alike; shape [hours]. */
  readonly exposure: readonly number[];
  /** Hours ago. */
  readonly slow: FadingRate;
  /** Minutes ago. */
  readonly fast: FadingRate;
  /** The hour that is under way, counted from 1970, and what it brought. */
  readonly hour: {
    readonly place: number;
    readonly seen: number;
    readonly exposure: number;
    readonly count: number;
  };
}

/** Outcomes that were told of, so that one that is told again counts once. */
export interface OutcomesTold {
  /** Hashes of the ids of the latest, oldest first. */
  readonly ids: readonly string[];
}

/** Wins of one stretch of time, and the outcomes that they have brought so far. */
export interface OutcomeCohort {
  /** When it began. */
  readonly at: number;
  readonly chargedMicros: number;
  /** Value that was expected of its wins. */
  readonly expectedValue: number;
  /** Value that has been seen of its wins. */
  readonly observedValue: number;
}

/** Where a target of return stands. */
export interface TargetState {
  /** Value wanted per micro of bid, so that the return is as wanted. */
  readonly multiplier: number;
  /** Oldest first. */
  readonly cohorts: readonly OutcomeCohort[];
  /** What was won lately, faded. */
  readonly recent: {
    readonly chargedMicros: number;
    readonly expectedValue: number;
    /** Logarithm of the multiplier that was bid with, weighted by the charges. */
    readonly logMultiplier: number;
    readonly wins: number;
  };
}

/** Wins that were told of since something. */
export interface NewWins {
  readonly count: number;
  readonly chargedMicros: number;
  readonly expectedValue: number;
}

/** Where the pacing of a budget stands. */
export interface PacingState {
  /** Value wanted per micro of bid, so that the budget lasts. */
  readonly multiplier: number;
  /** What is bid with: that or what the target wants, whichever is more. */
  readonly applied: number;
  readonly steppedAt: number;
  /** What the budget had cost on average at that moment. */
  readonly expectedMicros: number;
  /** Opportunities since then. */
  readonly opportunities: number;
  /** Wins told of since then. */
  readonly wins: NewWins;
  /** Opportunities per hour. */
  readonly traffic: SeasonState;
  /** Micros per opportunity if the multiplier were 1. */
  readonly cost: SeasonState;
  /** Null if no return is wanted. */
  readonly target: TargetState | null;
}

/** A budget and its slices. */
export interface BudgetAccount {
  /** What slices that are closed have cost. */
  readonly closedMicros: number;
  /** When the latest day began on which something was lent. */
  readonly day: number;
  /** What closed slices of that day have cost. */
  readonly dayClosedMicros: number;
  readonly slices: readonly BudgetSlice[];
  /** Absent before the first. */
  readonly outcomes?: OutcomesTold;
  /** Why nothing is lent any more; null while all is well. */
  readonly stopped: string | null;
  readonly pacing: PacingState;
}

/** Budgets, shared by every process that opens the same store. */
export interface BudgetStore {
  /**
   * Changes a budget by compare-and-set.
   *
   * @param budget Which.
   * @param apply What to make of what is kept, null at first, and the present by the
   * store's clock. It changes nothing and is asked again where another was first.
   * @returns What `apply` answered at last.
   * @throws {EngineError} `store_unavailable`; it is then not known whether it was kept.
   */
  change<A>(
    budget: string,
    apply: (
      kept: BudgetAccount | null,
      now: number,
    ) => { readonly kept: BudgetAccount; readonly answer: A },
  ): Promise<A>;
}

/** A budget as it is kept. */
export interface KeptBudget {
  readonly terms: BudgetTerms;
  /** Null before anything was lent. */
  readonly account: BudgetAccount | null;
  readonly createdAt: Instant;
}

/** What becomes of a budget. */
export interface BudgetChanged<A> {
  /** The terms from now on; as they were if absent. */
  readonly terms?: BudgetTerms;
  readonly kept: BudgetAccount | null;
  readonly answer: A;
}

/** Budgets with their terms, by tenant, shared by every process on one database. */
export interface BudgetBook {
  /**
   * Keeps a new budget.
   *
   * @returns False if the tenant has one of that id, which is left as it is.
   */
  create(tenant: string, terms: BudgetTerms): Promise<boolean>;
  find(tenant: string, id: string): Promise<KeptBudget | null>;
  /** A tenant's, oldest first. */
  list(tenant: string): Promise<readonly KeptBudget[]>;
  /** Terms of every budget of every tenant, oldest first. */
  terms(): Promise<
    readonly { readonly tenant: string; readonly terms: BudgetTerms }[]
  >;
  /**
   * Changes a budget by compare-and-set, terms and account together: nothing is lent
   * under terms that were changed meanwhile.
   *
   * @param apply As of {@link BudgetStore}.
   * @returns What `apply` answered at last.
   * @throws {EngineError} `not_found` if the tenant has none of that id;
   * `store_unavailable`, and it is then not known whether it was kept.
   */
  change<A>(
    tenant: string,
    id: string,
    apply: (budget: KeptBudget, now: number) => BudgetChanged<A>,
  ): Promise<A>;
}
