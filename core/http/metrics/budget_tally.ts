/**
 * What is measured of budgets that bids spend.
 *
 * @module
 */
/** A budget that this node bids on; amounts in micros. */
export interface HeldBudget {
  /** Whose. */
  readonly tenant: string;
  /** How it stands. */
  readonly standing: {
    /** What is asked of it. */
    readonly terms: {
      /** Its name. */
      readonly id: string;
    };
    /** Known to be charged. */
    readonly spentMicros: number;
    /** Lent and not known to be charged. */
    readonly lentMicros: number;
    /** Value wanted per micro. */
    readonly multiplier: number;
  };
}

/** How many notices of bids became what. */
export interface NoticeTally {
  /** Taken by this node. */
  readonly taken: number;
  /** Left for the node that sent the bid. */
  readonly routed: number;
  /** Of no bid that is out. */
  readonly unknown: number;
}

/** Counts what budgets refused, and what was told of bids. */
export interface BudgetMetrics {
  /** Counts a bid that a budget refused, by why. */
  refused(refusal: string): void;
  /** Counts notices by what became of them. */
  noticed(tally: NoticeTally): void;
}
