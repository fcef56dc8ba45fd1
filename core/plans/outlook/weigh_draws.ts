/**
 * The proof of a plan over draws: weights of the draws, and the bound they give.
 *
 * @module
 */
import type { Frame } from "./frame.ts";

/** A proof. */
export interface Weighing {
  /** No plan's value is above this, in the sheet's units. */
  readonly bound: number;
  /** Weight of each draw in it, shape [draws]. */
  readonly weights: Float64Array;
}

const ROUNDS = 60;

/**
 * Makes weights of the hinges' prices and adds the bound up, at the amounts the sheet
 * stands at.
 *
 * @param frame The problem.
 * @param prices Of all rows.
 * @param x Amounts, scaled.
 * @returns A bound that holds for any prices and any amounts.
 */
export function weighDraws(
  frame: Frame,
  prices: Float64Array,
  x: Float64Array,
): Weighing {
  const { sheet: { draws, outcomes }, shortfall: { plain, target } } = frame;
  const tail = weighTail(frame, prices);
  const weights = plain.map((weight, draw) => weight + (tail[draw] as number));
  let bound = 0;
  for (let draw = 0; draw < draws; draw++) {
    bound += (weights[draw] as number) * (outcomes[draw] as number) -
      (tail[draw] as number) * (target ?? 0);
  }
  return { bound: bound + boundRise(frame, { prices, x, weights }), weights };
}

/** Weights between 0 and the cost of each draw; where η is free they sum to its pull. */
function weighTail(
  { shortfall: { cost, pull, target }, order, sheet: { draws } }: Frame,
  prices: Float64Array,
): Float64Array {
  if (cost === null) return new Float64Array(draws);
  const weights = cost.map((most, draw) =>
    Math.min(Math.max(-(prices[order.hinges + draw] as number), 0), most)
  );
  if (target !== null) return weights;
  for (let round = 0; round < ROUNDS; round++) {
    const missing = pull - weights.reduce((sum, weight) => sum + weight, 0);
    if (Math.abs(missing) <= 1e-16 * pull) break;
    const room = weights.map((weight, draw) =>
      missing > 0 ? (cost[draw] as number) - weight : weight
    );
    const all = room.reduce((sum, one) => sum + one, 0);
    const share = all > 0 ? missing / all : 0;
    room.forEach((one, draw) =>
      weights[draw] = (weights[draw] as number) + share * one
    );
  }
  return weights;
}

/** How much more than at x the weighted draws can bring under the bounds at most. */
function boundRise(
  { sheet: { count, draws, first, free }, order, linear, lo, hi }: Frame,
  { prices, x, weights }: {
    readonly prices: Float64Array;
    readonly x: Float64Array;
    readonly weights: Float64Array;
  },
): number {
  let rise = 0;
  for (let at = 0; at < count; at++) {
    const amount = x[at] as number;
    let price = prices[order.budget] as number;
    linear.forEach((factors, row) =>
      price += (factors[at] as number) * (prices[order.size + row] as number)
    );
    if (free[at] !== 1) {
      rise -= price * amount;
      continue;
    }
    let slope = 0;
    for (let draw = 0; draw < draws; draw++) {
      slope += (weights[draw] as number) *
        (first[at * draws + draw] as number);
    }
    const left = slope - price;
    rise += left * ((left > 0 ? hi[at] : lo[at]) as number) - slope * amount;
  }
  for (let row = order.size; row <= order.budget; row++) {
    const price = prices[row] as number;
    if (price === 0) continue;
    rise += price * ((price > 0 ? hi[row] : lo[row]) as number);
  }
  return rise;
}
