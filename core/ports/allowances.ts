/**
 * How much of what they are allowed tenants have used, shared by every process that opens
 * the same store. A node takes an allotment, which counts as used at once, and spends it by
 * itself: what it does not spend is given back, or lost where it crashes, so that too much
 * may be counted and never too little.
 *
 * Time is cut into windows by the store's clock, one after the other.
 *
 * @module
 */

/** What a tenant is allowed in each window. */
export interface AllowanceWindow {
  /** Whose; {@link ALL_TENANTS} in `limits.ts` for one over all tenants. */
  readonly tenant: string;
  /** Its name, such as `tenant-requests`. */
  readonly allowance: string;
  /** How much of it. */
  readonly most: number;
  /** Length of a window, whole seconds. */
  readonly seconds: number;
}

/** A part of an allowance that one node may spend. */
export interface Allotment {
  /** How much; 0 where nothing is left. */
  readonly count: number;
  /** What all nodes have taken of the window, this included. */
  readonly used: number;
  /** Names the window: when it began by the store's clock, seconds since 1970. */
  readonly window: number;
  /** How long it still lasted when the store answered, milliseconds. */
  readonly endsInMs: number;
}

/** What is used of all allowances. */
export interface AllowanceBook {
  /**
   * Takes what is left of the present window, and no more than is wanted.
   *
   * @returns The allotment; durable.
   * @throws {EngineError} `store_unavailable`; what it would have been may be lost.
   */
  take(window: AllowanceWindow, wanted: number): Promise<Allotment>;
  /**
   * Gives back what was not spent, whether or not its window still lasts.
   *
   * @throws {EngineError} `store_unavailable`; it may stay counted.
   */
  giveBack(
    window: AllowanceWindow,
    allotment: Pick<Allotment, "window" | "count">,
  ): Promise<void>;
}
