/**
 * What a bid is worth under a budget and a target: its value over one multiplier.
 *
 *     maximise    Σ x·(v − κ·p)          κ = 0: value, κ = 1: profit
 *     subject to  Σ x·p ≤ budget         price of the budget λ
 *                 Σ x·v ≥ γ·Σ x·p        price of the return μ
 *
 *     Lagrangian  Σ x·[(1 + μ)·v − (κ + λ + μ·γ)·p]
 *     multiplier  m = (κ + λ + μ·γ) ÷ (1 + μ),  worth = v ÷ m
 *
 * Where winners pay the runner-up, bidding the worth is optimal; where they pay their
 * bid, the worth is shaded. With budget alone m is λ or 1 + λ. As spend falls and return
 * rises with m, the least m that keeps both is the larger of the two that keep one each.
 *
 * @see Balseiro and Gur (2019), Learning in Repeated Auctions with Budgets, Management
 * Science 65(9); Aggarwal, Badanidiyuru and Mehta (2019), Autobidding with Constraints,
 * WINE; Balseiro et al. (2024), A Field Guide for Pacing Budget and ROS Constraints, ICML
 * @module
 */

/** What is maximised. */
export type BidObjective = "value" | "profit";

/** Shadow prices of the constraints; with objective profit, values are micros. */
export interface ShadowPrices {
  readonly objective: BidObjective;
  /** λ: value of one more micro of budget, at least 0. */
  readonly budgetPrice: number;
  /** μ: value of relaxing the return by one unit of value, at least 0. */
  readonly returnPrice: number;
  /** γ: value wanted per micro spent; 1 ÷ target CPA, or the target ROAS. */
  readonly leastReturn: number;
}

/** Chance that a bid in micros wins. */
export type WinCurve = (bidMicros: number) => number;

/** First-price shading: argmax (worth − b)·chance(b), in micros, at most the worth. */
export type Shade = (worthMicros: number, chanceOf: WinCurve) => number;

/** How a bid is made of its value. */
export interface BidTerms {
  /** Value wanted per micro, above 0. */
  readonly multiplier: number;
  /** No bid above it. */
  readonly maxBidMicros: number;
  /** First price: how to shade, and what bids win; null where the runner-up is paid. */
  readonly firstPrice: {
    readonly shade: Shade;
    readonly chanceOf: WinCurve;
  } | null;
}

/**
 * Turns shadow prices into the one multiplier.
 *
 * @returns Value wanted per micro: 0 where nothing holds bids back.
 */
export function multiplierOf(
  { objective, budgetPrice, returnPrice, leastReturn }: ShadowPrices,
): number {
  const own = objective === "profit" ? 1 : 0;
  return (own + budgetPrice + returnPrice * leastReturn) / (1 + returnPrice);
}

/**
 * Bids what a chance is worth, shaded where winners pay their bid.
 *
 * @param value Expected value; nothing is bid for 0, less, or what is no number.
 * @returns Whole micros, from 0 to the highest bid.
 */
export function pacedBid(
  value: number,
  { multiplier, maxBidMicros, firstPrice }: BidTerms,
): number {
  const worth = value / multiplier;
  if (!(worth >= 1)) return 0;
  const bid = firstPrice === null
    ? worth
    : firstPrice.shade(worth, firstPrice.chanceOf);
  return bid >= 1 ? Math.floor(Math.min(bid, maxBidMicros)) : 0;
}
