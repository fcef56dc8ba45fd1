/**
 * What is done without a controller: full worth is bid until the money is gone, or as
 * long as spend is no further than the clock. Both know each charge at once.
 *
 * @module
 */
import { DAY_MS } from "../../core/domain/day.ts";
import type { Auctions } from "./auctions.ts";
import type { Caps } from "./hindsight.ts";
import { shadeRatio } from "./shading.ts";

/** How a naive bidder goes on. */
export interface Naive extends Caps {
  readonly isFirstPrice: boolean;
  /** `none`: until the money is gone. `even`: evenly over the hours. */
  readonly pacing: "none" | "even";
  readonly isDown: (at: number) => boolean;
}

/** Value that a naive bidder wins. */
export function naiveValue(auctions: Auctions, naive: Naive): number {
  const { capMicros, dayCapMicros, isFirstPrice, pacing } = naive;
  const periodMs = dayCapMicros === null
    ? auctions.until - auctions.from
    : DAY_MS;
  const cap = dayCapMicros ?? capMicros;
  let [won, spent, period] = [0, 0, 0];
  for (let row = 0; row < auctions.count; row++) {
    const since = (auctions.at[row] ?? 0) - auctions.from;
    if (naive.isDown(auctions.at[row] ?? 0)) continue;
    if (Math.floor(since / periodMs) > period) {
      [spent, period] = [0, Math.floor(since / periodMs)];
    }
    const value = auctions.value[row] ?? 0;
    const median = auctions.median[row] ?? 1;
    const bid = Math.floor(
      isFirstPrice ? median * shadeRatio(value / median) : value,
    );
    const allowed = pacing === "even"
      ? cap * (since % periodMs) / periodMs
      : cap;
    if (bid > cap - spent || spent > allowed) continue;
    const rival = auctions.rival[row] ?? 0;
    if (bid <= rival) continue;
    spent += isFirstPrice ? bid : rival;
    won += value;
  }
  return won;
}
