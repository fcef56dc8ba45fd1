/**
 * How much of the best a bidder gets, and what naive bidders get of it.
 *
 * @module
 */
import type { PacingState } from "../../core/ports/budgets.ts";
import { drawAuctions } from "./auctions.ts";
import { naiveValue } from "./baselines.ts";
import { bidThrough, BUDGET, CALM, type Outcome } from "./bidding.ts";
import { bestShaded, hindsight } from "./hindsight.ts";
import type { Scenario } from "./scenarios.ts";

/** Shares of the best. */
export interface Shares {
  readonly paced: number;
  readonly even: number;
  readonly none: number;
  readonly outcome: Outcome;
}

/**
 * Bids through a scenario and compares. The best is the fractional knapsack where the
 * runner-up is paid, and the best shaded multiplier where winners pay their bid.
 */
export async function measureShares(
  { auctions, setting }: Scenario,
): Promise<Shares> {
  const outcome = await bidThrough(auctions, setting);
  const best = setting.isFirstPrice
    ? bestShaded(auctions, setting, setting.isDown)
    : hindsight(auctions, setting, setting.isDown);
  return {
    paced: outcome.value / best,
    even: naiveValue(auctions, { ...setting, pacing: "even" }) / best,
    none: naiveValue(auctions, { ...setting, pacing: "none" }) / best,
    outcome,
  };
}

/** The scenario for a budget that knows its season: from a calm run of another seed. */
export async function warm(scenario: Scenario): Promise<Scenario> {
  const { world, setting } = scenario;
  const seed = world.seed + 1000;
  const before = drawAuctions({ ...world, seed, shocks: [] });
  const { isFirstPrice, capMicros, dayCapMicros, rules } = setting;
  const caps = { capMicros, dayCapMicros };
  const { store } = await bidThrough(before, {
    ...CALM,
    ...caps,
    isFirstPrice,
    rules,
  });
  const pacing = store.read(BUDGET)?.pacing as PacingState;
  return {
    ...scenario,
    setting: {
      ...setting,
      rules: {
        ...rules,
        startMultiplier: pacing.multiplier,
        seasons: pacing,
      },
    },
  };
}
