/**
 * Maximises a concave function under bounds on rows, from inside (Mehrotra's
 * predictor–corrector), and keeps the best proof it meets.
 *
 *     maximise F(x)   with   lo ≤ R(x) ≤ hi   and, where both are equal, R(x) = lo
 *
 * The first `size` rows are the variables themselves. Each finite bound has a
 * slack s > 0 and a price z ≥ 0 with s·z → 0. A program knows its own structure:
 * it factorises −∇²L + Jᵀ·W·J and solves with it. Which proof a set of prices gives is
 * the program's to say as well; this loop only asks for it and keeps the lowest.
 *
 * @see Mehrotra (1992), On the Implementation of a Primal-Dual Interior Point Method
 * @see Boyd and Vandenberghe (2004), Convex Optimization, 11.7
 * @module
 */
import {
  begin,
  type ConcaveProgram,
  findReach,
  isBound,
  measureBarrier,
  measureImbalance,
  measureResiduals,
  measureViolation,
  netPrices,
  shift,
  type State,
} from "./search_state.ts";

/** When to stop. */
export interface InteriorOptions {
  /** Relative gap between value and bound. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Where the search ended. */
export interface InteriorPoint {
  readonly x: Float64Array;
  /** F(x). */
  readonly value: number;
  /** Lowest bound met; no feasible x brings more. */
  readonly bound: number;
  /** Net price of each row (of its upper bound less that of its lower), which gave that bound; shape [rows]. */
  readonly prices: Float64Array;
  /** Where that bound was made, shape [size]: a tangent there, and the prices, prove it. */
  readonly tangent: Float64Array;
  /** Largest distance of a row from its bounds, at least the program's precision. */
  readonly violation: number;
  readonly iterations: number;
}

const CLOSE = 0.995;
const MAX_HALVINGS = 12;
/** Solutions of each Newton system: one, and its refinements. */
const PASSES = 6;
/** Rounding that is not worth another pass, of the right side. */
const PRECISE = 1e-13;
/** Imbalance, in slopes, that the next step will mend. */
const CALM = 1;
/** Iterations without progress after which nothing more is expected. */
const PATIENCE = 6;

/**
 * Searches.
 *
 * @param program The problem, scaled so that amounts, slopes and rows are of the order of 1.
 * @param start Variables strictly inside their own bounds, shape [size].
 * @param options When to stop.
 * @returns The best point, and the lowest bound.
 */
export function maximize(
  program: ConcaveProgram,
  start: Float64Array,
  { tolerance, maxIterations }: InteriorOptions,
): InteriorPoint {
  const state = begin(program, start);
  const best = createBest(state);
  let idle = 0;
  let lowest = Infinity;
  let iterations = 0;
  for (;; iterations++) {
    netPrices(state);
    keepBest(best, state);
    const { bound, value, violation } = best;
    const gap = (bound - value) / Math.max(Math.abs(bound), 1e-300);
    if (gap <= tolerance && violation <= program.precision) break;
    const progress = Math.max(gap, violation);
    idle = progress < 0.9 * lowest ? 0 : idle + 1;
    lowest = Math.min(lowest, progress);
    const stuck = idle >= PATIENCE && lowest < 1e-6;
    if (stuck || iterations >= maxIterations || !advance(state)) break;
  }
  return { ...best, iterations };
}

interface Best {
  bound: number;
  value: number;
  violation: number;
  readonly prices: Float64Array;
  readonly tangent: Float64Array;
  readonly x: Float64Array;
}

/** Sets out with what the slopes alone prove, all prices 0. */
function createBest({ program, prices, x }: State): Best {
  return {
    bound: program.bound(new Float64Array(prices.length)),
    value: -Infinity,
    violation: Infinity,
    prices: new Float64Array(prices.length),
    tangent: x.slice(),
    x: x.slice(),
  };
}

/** Keeps the lowest bound, and the highest value among the points that are feasible. */
function keepBest(best: Best, state: State): void {
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
  const nearer = violation < best.violation;
  if (nearer || (violation === best.violation && state.value > best.value)) {
    best.value = state.value;
    best.violation = violation;
    best.x.set(state.x);
  }
}

/** One predictor and one corrector step; false where the system has no solution. */
function advance(state: State): boolean {
  const { program, sides } = state;
  const { barrier, count } = measureResiduals(state);
  if (!program.factor(state.weights, state.prices)) return false;
  for (const side of sides) {
    for (let at = 0; at < side.target.length; at++) {
      side.target[at] = -(side.slack[at] as number) *
        (side.price[at] as number);
    }
  }
  solveStep(state);
  const reach = findReach(state, 1);
  const ahead = measureBarrier(state, reach);
  const centre = barrier / Math.max(count, 1) *
    Math.min(1, (ahead / Math.max(barrier, 1e-300)) ** 3);
  for (const side of sides) {
    for (let at = 0; at < side.target.length; at++) {
      if (!isBound(state, side, at)) continue;
      side.target[at] = (side.target[at] as number) + centre -
        reach * (side.slackStep[at] as number) * (side.priceStep[at] as number);
    }
  }
  solveStep(state);
  return moveAlong(state, findReach(state, CLOSE));
}

/**
 * Solves the Newton system for the targets of both sides, and finds all steps. Each
 * pass after the first takes back what rounding did to the one before.
 */
function solveStep(state: State): void {
  const { program, step, change, moves, equalStep } = state;
  step.fill(0);
  equalStep.fill(0);
  let largest = 0;
  for (let pass = 0; pass <= PASSES; pass++) {
    spreadStep(state);
    const off = measureStep(state);
    if (pass === 0) largest = off;
    else if (off <= PRECISE * largest || pass === PASSES) return;
    program.solve(change, moves);
    for (let at = 0; at < step.length; at++) {
      step[at] = (step[at] as number) + (change[at] as number);
    }
    for (let at = 0; at < moves.length; at++) {
      if (program.equal[at] === 0) continue;
      equalStep[at] = (equalStep[at] as number) + (moves[at] as number);
    }
  }
}

/** Leaves in `change` and `moves` what the step still lacks; returns the largest of it. */
function measureStep(state: State): number {
  const { program, step, change, moves, rows, rowStep, steepness } = state;
  aimPrices(state);
  program.pull(state.prices, change);
  program.bend(step, steepness);
  let off = 0;
  for (let at = 0; at < step.length; at++) {
    change[at] = (state.gradient[at] as number) - (change[at] as number) -
      (steepness[at] as number);
    off = Math.max(off, Math.abs(change[at] as number));
  }
  moves.fill(0);
  for (let at = 0; at < moves.length; at++) {
    if (program.equal[at] === 0) continue;
    moves[at] = (program.lo[at] as number) - (rows[at] as number) -
      (rowStep[at] as number);
    off = Math.max(off, Math.abs(moves[at] as number));
  }
  return off;
}

/** What the step of x makes of slacks and prices. */
function spreadStep(state: State): void {
  const { program, sides, step, rowStep } = state;
  program.push(step, rowStep);
  for (const side of sides) {
    for (let at = 0; at < rowStep.length; at++) {
      if (!isBound(state, side, at)) continue;
      const slackStep = side.sign * (rowStep[at] as number) +
        (side.residual[at] as number);
      side.slackStep[at] = slackStep;
      side.priceStep[at] = ((side.target[at] as number) -
        (side.price[at] as number) * slackStep) / (side.slack[at] as number);
    }
  }
}

/** Leaves in `prices` what they are to become. */
function aimPrices(state: State): void {
  const { sides: [lower, upper], prices, equalStep } = state;
  netPrices(state);
  for (let at = 0; at < prices.length; at++) {
    prices[at] = (prices[at] as number) + (upper.priceStep[at] as number) -
      (lower.priceStep[at] as number) + (equalStep[at] as number);
  }
}

/** Moves, less far while the curvature met on the way would throw the search back. */
function moveAlong(state: State, reach: number): boolean {
  netPrices(state);
  const before = measureImbalance(state);
  let moved = 0;
  let length = reach;
  for (let halving = 0; halving <= MAX_HALVINGS; halving++) {
    shift(state, length - moved);
    moved = length;
    state.value = state.program.evaluate(
      state.x,
      state.rows,
      state.gradient,
    );
    netPrices(state);
    const after = measureImbalance(state);
    if (after <= Math.max((1 - 0.1 * length) * before, CALM)) return true;
    length /= 2;
  }
  return Number.isFinite(state.value);
}
