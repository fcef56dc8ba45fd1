/**
 * What is known of the budgets that vendors give, kept for all processes: plain
 * data, moments in milliseconds since 1970 by the clock of whoever keeps it.
 *
 * @module
 */

/** Calls that are counted together, under the moment of the last. */
export type Went = readonly [at: number, calls: number];

/** Calls that count towards a declared limit. */
export interface LimitUse {
  /** Oldest first. */
  readonly went: readonly Went[];
  /** From then on none of them counts any more. */
  readonly endsAt: number;
}

/** A call that went. */
export interface Flight {
  /** Number of the call within its budget, counted as they go. */
  readonly order: number;
  readonly sentAt: number;
}

/** What an answer said is left. */
export type Told = readonly [
  sentBefore: number,
  remaining: number,
  until: number,
];

/** Calls that are left, as the vendor told. */
export interface CallsLeft {
  readonly remaining: number;
  /** When the budget is whole again. */
  readonly until: number;
  /** Calls that had gone when this was told; answers to later ones know better. */
  readonly sentBefore: number;
  /**
   * Answers by which later ones are bounded: how many calls had gone when each came,
   * what it said was left, and until when. Each of those calls may have been counted
   * before it, also one that is answered later.
   */
  readonly told: readonly Told[];
  /** Most that were ever left: the size of the budget, as far as it is known. */
  readonly most: number;
}

/** Share that is used, as the vendor told. */
export interface ShareUsed {
  readonly used: number;
  readonly holdsUntil: number;
  /** From when the past may be asked for. */
  readonly backfillFrom: number;
}

/** Time in which the vendor is left alone. */
export interface Pause {
  readonly until: number;
  /** How long the last pause was for which the vendor told no time; 0 if there was none. */
  readonly guessedMs: number;
}

/** One budget: of a developer's key, an account or an endpoint. */
export interface BudgetState {
  /** Use of each declared limit, by the limit's name. */
  readonly limits: Readonly<Record<string, LimitUse>>;
  /** Calls that have gone so far. */
  readonly sent: number;
  /** Calls that are out: gone, and not answered yet. */
  readonly out: readonly Flight[];
  readonly left: CallsLeft | null;
  readonly share: ShareUsed | null;
  readonly pause: Pause | null;
  /** From then on the budget is as if nothing were known of it. */
  readonly idleAt: number;
}

/** What becomes of budgets: those that are not in `kept` are forgotten. */
export interface BudgetChange {
  readonly kept: ReadonlyMap<string, BudgetState>;
}

/** Budgets of all connectors, shared by every process that opens the same store. */
export interface QuotaStore {
  /**
   * Changes budgets of one connector, all or none, while nobody else does.
   *
   * @param connector Whose.
   * @param names Which; at least one.
   * @param apply What to make of those that are kept, and the present by the store's
   * clock. It neither waits nor changes anything, and is asked again where another
   * process was first; what comes back as it was given is not written.
   * @returns What `apply` returned at last.
   * @throws {EngineError} `store_unavailable`; it is then not known whether it was kept.
   */
  change<C extends BudgetChange>(
    connector: string,
    names: readonly string[],
    apply: (kept: ReadonlyMap<string, BudgetState>, now: number) => C,
  ): Promise<C>;
}
