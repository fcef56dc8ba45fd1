/**
 * Advertising budgets that several nodes spend at once, and what is known of their
 * pacing: plain data, moments in milliseconds since 1970 by the clock of whoever keeps
 * it, money in whole micros that are safe integers.
 *
 * @module
 */

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
