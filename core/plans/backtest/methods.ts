/**
 * Ways to divide a window's money: ours, and those of other tools, all with the same
 * curves and bounds.
 *
 * - `engine`: the allocator, exact or with its gap
 * - `proportional`: the shares of the weeks before
 * - `greedy`: hill climbing on a grid of spend, as Meridian's budget optimizer
 *   does: the largest mean return first, until a step no longer fits
 * - `local`: from an equal split uphill to the nearest optimum, as a sequential
 *   quadratic programme from that start does (PyMC-Marketing); from the lower bounds
 *   (Robyn) it ends alike
 *
 * @see https://github.com/google/meridian, `optimizer.py`, `_grid_search`
 * @see https://www.pymc-marketing.io, `BudgetOptimizer`, scipy SLSQP
 * @module
 */
import { respond, respondMarginally } from "../../domain/response.ts";
import { allocate } from "../allocation/allocate.ts";
import { sum, type Window } from "./window.ts";

/** Names of the methods. */
export const METHODS = [
  "engine",
  "proportional",
  "greedy",
  "local",
] as const;

/** One of them. */
export type Method = (typeof METHODS)[number];

/** Steps of the grid in the whole total. */
const GRID = 1000;
const ROUNDS = 300;
const HALVINGS = 40;

/** Divides a window's total; micros a day, shape [entities]. */
export function divideBy(method: Method, window: Window): Float64Array {
  switch (method) {
    case "engine":
      return allocateWindow(window);
    case "proportional":
      return window.before;
    case "greedy":
      return climbGrid(window);
    case "local":
      return climbFrom(window, splitEqually(window));
  }
}

function allocateWindow(
  { curves, lo, hi, total }: Window,
): Float64Array {
  const entities = curves.map(({ entity, curve }, at) => ({
    id: entity,
    group: null,
    curve,
    lo: lo[at] as number,
    hi: hi[at] as number,
  }));
  const problem = {
    entities,
    groups: [],
    budget: total,
    spend: "all",
  } as const;
  return allocate(problem).amounts;
}

/** Every entity at its least, then the step with the largest mean return of its spend. */
function climbGrid({ curves, lo, hi, total }: Window): Float64Array {
  const step = total / GRID;
  const amounts = lo.slice();
  let rest = total - sum(lo);
  const most = (at: number) => {
    const room = Math.min(hi[at] as number, (amounts[at] as number) + rest);
    return Math.floor((room - (amounts[at] as number)) / step + 1e-9);
  };
  while (true) {
    let best = { at: -1, steps: 0, gain: 0 };
    for (let at = 0; at < amounts.length; at++) {
      const curve = curves[at]?.curve;
      const limit = most(at);
      if (curve === undefined || limit < 1) continue;
      const now = amounts[at] as number;
      const level = respond(curve, now);
      for (let steps = 1; steps <= limit; steps = steps * 2) {
        const gain = (respond(curve, now + steps * step) - level) / steps;
        if (gain > best.gain) best = { at, steps, gain };
      }
    }
    if (best.at < 0) return amounts;
    amounts[best.at] = (amounts[best.at] as number) + best.steps * step;
    rest -= best.steps * step;
  }
}

/** The same for each, as near as the bounds allow. */
function splitEqually(window: Window): Float64Array {
  const { total, curves } = window;
  return project(
    window,
    new Float64Array(curves.length).fill(total / curves.length),
  );
}

/** Uphill along the projected gradient, in units of each entity's own range. */
function climbFrom(window: Window, start: Float64Array): Float64Array {
  const { curves } = window;
  const outcome = (amounts: Float64Array) =>
    curves.reduce(
      (all, { curve }, at) => all + respond(curve, amounts[at] ?? 0),
      0,
    );
  let amounts = start;
  let reached = outcome(amounts);
  let stride = window.total;
  for (let round = 0; round < ROUNDS; round++) {
    const slopes = curves.map(({ curve }, at) =>
      Math.min(respondMarginally(curve, Math.max(amounts[at] ?? 0, 1)), 1e300)
    );
    const steepest = Math.max(...slopes.map(Math.abs), Number.MIN_VALUE);
    let moved = false;
    for (let halving = 0; halving < HALVINGS && !moved; halving++) {
      const next = project(
        window,
        amounts.map((amount, at) =>
          amount + stride * (slopes[at] ?? 0) / steepest
        ),
      );
      const value = outcome(next);
      moved = value > reached * (1 + 1e-10);
      if (moved) [amounts, reached] = [next, value];
      else stride /= 2;
    }
    if (!moved) return amounts;
    stride *= 2;
  }
  return amounts;
}

/** Nearest amounts within the bounds that sum to the total. */
function project(
  { lo, hi, total }: Window,
  amounts: Float64Array,
): Float64Array {
  const shifted = (by: number) =>
    amounts.map((amount, at) =>
      Math.min(Math.max(amount + by, lo[at] as number), hi[at] as number)
    );
  const reach = Math.max(...amounts.map(Math.abs), ...hi) + total;
  let [low, high] = [-reach, reach];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (sum(shifted(middle)) < total) low = middle;
    else high = middle;
  }
  return shifted(high);
}
