/**
 * What an interior search has to show: its best point and its lowest bound, which
 * need not be of the same step.
 *
 * @module
 */
import { measureViolation, type State } from "./search_state.ts";

/** A point's worth. */
interface Reached {
  value: number;
  /** Largest distance of a row from its bounds, at least the program's precision. */
  violation: number;
}

/** The best point of a search, and the lowest bound it met with what proves it. */
export interface Best extends Reached {
  readonly x: Float64Array;
  bound: number;
  readonly prices: Float64Array;
  readonly tangent: Float64Array;
}

/** Sets out with what the slopes alone prove, all prices 0. */
export function createBest({ program, prices, x }: State): Best {
  return {
    bound: program.bound(new Float64Array(prices.length)),
    value: -Infinity,
    violation: Infinity,
    prices: new Float64Array(prices.length),
    tangent: x.slice(),
    x: x.slice(),
  };
}

/** Distance of value and bound, relative to the bound or, if that is larger, a unit. */
export function measureGap({ bound, value }: Best, unit = 1e-300): number {
  return (bound - value) / Math.max(Math.abs(bound), unit);
}

/** Keeps the lowest bound, and the highest value among the points that are feasible. */
export function keepBest(best: Best, state: State): void {
  const bound = state.program.bound(state.prices);
  if (bound < best.bound) {
    best.bound = bound;
    best.prices.set(state.prices);
    best.tangent.set(state.x);
  }
  const violation = Math.max(
    measureViolation(state),
    state.program.precision,
  );
  if (isBetter({ value: state.value, violation }, best)) {
    best.value = state.value;
    best.violation = violation;
    best.x.set(state.x);
  }
}

/** The better point of two searches, and the lower bound. */
export function joinBest(one: Best, other: Best): Best {
  const { bound, prices, tangent } = other.bound < one.bound ? other : one;
  const { x, value, violation } = isBetter(other, one) ? other : one;
  return { x, value, violation, bound, prices, tangent };
}

/** Whether a point is nearer to the bounds, or as near and of a higher value. */
function isBetter(one: Reached, other: Reached): boolean {
  return one.violation < other.violation ||
    (one.violation === other.violation && one.value > other.value);
}
