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
 * Far-sighted steps are fast and now and then run in a circle, where curvature is
 * strong. A search that ends unproven is begun again with steps that look less far
 * ahead: of a fixed share of the barrier, and short of the bounds.
 *
 * @see Mehrotra (1992), On the Implementation of a Primal-Dual Interior Point Method
 * @see Boyd and Vandenberghe (2004), Convex Optimization, 11.7
 * @module
 */
import {
  type Best,
  createBest,
  joinBest,
  keepBest,
  measureGap,
} from "./best_point.ts";
import { solveStep } from "./newton_step.ts";
import {
  aimProducts,
  begin,
  type ConcaveProgram,
  findReach,
  measureBarrier,
  measureImbalance,
  measureResiduals,
  netPrices,
  shift,
  type State,
} from "./search_state.ts";

/** When to stop. */
export interface InteriorOptions {
  /** Relative gap between value and bound. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Whether the first point near an optimum will do, of a value that may be near 0: gaps are then of 1 at least, and no search is begun again. */
  readonly unproven?: boolean;
  /** Whether time is over: the search then ends with the first point within its bounds. */
  readonly isOver?: (() => boolean) | undefined;
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

/** How a step is chosen. */
interface Pace {
  /** Share of the barrier that a step leaves; null for what its predictor says. */
  readonly centre: number | null;
  /** Share of the way to the nearest bound that a step goes at most. */
  readonly close: number;
}

const SWIFT: Pace = { centre: null, close: 0.995 };
/** Paces of the searches that follow where one does not prove its point. */
const STEADY: readonly Pace[] = [
  { centre: 0.3, close: 0.9 },
  { centre: 0.5, close: 0.7 },
];
/** Relative gap above which a search is begun again. */
const PROVEN = 1e-8;
/** Share of the wanted gap below which the barrier is not lowered: rounding would rule. */
const LEAST = 0.1;
const MAX_HALVINGS = 12;
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
  options: InteriorOptions,
): InteriorPoint {
  const isEnough = ({ violation }: Best) =>
    violation <= program.precision &&
    (options.unproven || options.isOver?.() ||
      measureGap(best) <= Math.max(options.tolerance, PROVEN));
  let { best, iterations } = climb(begin(program, start), SWIFT, options);
  for (const pace of STEADY) {
    if (isEnough(best)) break;
    const again = climb(begin(program, start), pace, options);
    best = joinBest(best, again.best);
    iterations += again.iterations;
  }
  return { ...best, iterations };
}

/** One search. */
function climb(
  state: State,
  pace: Pace,
  options: InteriorOptions,
): { readonly best: Best; readonly iterations: number } {
  const { tolerance, maxIterations, unproven, isOver } = options;
  const best = createBest(state);
  let idle = 0;
  let lowest = Infinity;
  let iterations = 0;
  for (;; iterations++) {
    netPrices(state);
    keepBest(best, state);
    const gap = measureGap(best, unproven ? 1 : undefined);
    const isWithin = best.violation <= state.program.precision;
    if (isWithin && (gap <= tolerance || isOver?.())) break;
    const progress = Math.max(gap, best.violation);
    idle = progress < 0.9 * lowest ? 0 : idle + 1;
    lowest = Math.min(lowest, progress);
    const stuck = idle >= PATIENCE && lowest < 1e-6;
    const floor = LEAST * tolerance * Math.abs(best.bound);
    if (stuck || iterations >= maxIterations) break;
    if (!advance(state, pace, floor)) break;
  }
  return { best, iterations };
}

/** One step, a predictor before it where the pace asks for one; false where the system has no solution. */
function advance(state: State, pace: Pace, floor: number): boolean {
  const { barrier, count } = measureResiduals(state);
  if (!state.program.factor(state.weights, state.prices)) return false;
  const terms = Math.max(count, 1);
  const mean = barrier / terms;
  let share = pace.centre;
  let reach = 0;
  if (share === null) {
    aimProducts(state, 0, 0);
    solveStep(state);
    reach = findReach(state, 1);
    const ahead = measureBarrier(state, reach);
    share = Math.min(1, (ahead / Math.max(barrier, 1e-300)) ** 3);
  }
  aimProducts(state, Math.max(share * mean, floor / terms), reach);
  solveStep(state);
  return moveAlong(state, findReach(state, pace.close));
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
