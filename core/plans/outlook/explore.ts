/**
 * What it is worth to learn: tests of single entities, by the knowledge gradient.
 *
 * Beliefs about one entity's outcome at all amounts are taken as jointly Gaussian,
 * with the mean and covariance of its draws; entities are independent. A test spends e
 * instead of the plan's amount for a share of the period and observes the outcome
 * with noise. It moves the expected outcome of every amount x by
 *
 *     Z · cov(f(x), f(e)) ÷ √(var f(e) + noise²),   Z standard normal
 *
 * so that the best plan afterwards is a maximum of lines in Z, whose mean is exact:
 * Σ (b′ − b) · (φ(c) − c · Φ(−c)) over neighbouring lines of the upper envelope, which
 * cross at ±c. For each amount of the tested entity the others share the rest of the
 * budget as well as they can; curves are read on a grid of amounts.
 *
 * @see Frazier, Powell and Dayanik (2009), The Knowledge-Gradient Policy for Correlated Normal Beliefs
 * @module
 */
import { respond } from "../../domain/response.ts";
import { createFrontier } from "./frontier.ts";
import { checkOutlook, type OutlookProblem } from "./problem.ts";

/** How tests are run and used. */
export interface ExploreOptions {
  /** Share of a period that a test lasts, (0, 1]. */
  readonly testShare: number;
  /** Periods, as long as the problem's, in which what was learnt is used. */
  readonly useful: number;
  /** Standard deviation of what a test observes of one entity's outcome, scaled to a period. */
  readonly noise: number;
  /** Outcome that all tests together may be expected to cost. */
  readonly budget: number;
}

/** One test, and what it is expected to bring. */
export interface Experiment {
  readonly id: string;
  /** What the entity gets without the test. */
  readonly planned: number;
  /** What it gets in the test. */
  readonly amount: number;
  /** Outcome that better plans are expected to bring while what was learnt is of use. */
  readonly benefit: number;
  /** Outcome that the test is expected to lose against the plan. */
  readonly cost: number;
}

/** Tests worth their cost, the best first. */
export interface Exploration {
  /** Chosen within the budget; benefits are of each alone, their sum is not exact. */
  readonly experiments: readonly Experiment[];
  /** The plan they are compared with, on the grid; shape [entities]. */
  readonly plan: Float64Array;
}

const LEVELS = 49;

/**
 * Looks for tests that are worth their cost.
 *
 * @param problem Draws, bounds and budget; linear rows are not looked at.
 * @param options How tests are run.
 * @returns Tests by benefit per cost, while the budget lasts, one an entity at most.
 * @throws {RangeError} If a number is not what it should be.
 */
export function explore(
  problem: OutlookProblem,
  options: ExploreOptions,
): Exploration {
  checkOutlook(problem);
  checkOptions(options);
  const { entities, budget } = problem;
  const grids = entities.map(({ lo, hi }) =>
    Float64Array.from(
      { length: LEVELS },
      (_, at) => lo + (Math.min(hi, budget) - lo) * (at / (LEVELS - 1)) ** 1.5,
    )
  );
  const beliefs = entities.map(({ draws }, at) =>
    (grids[at] as Float64Array).reduce((read: Float64Array[], amount) => {
      read.push(Float64Array.from(draws, (curve) => respond(curve, amount)));
      return read;
    }, [])
  );
  const means = beliefs.map((belief) =>
    Float64Array.from(belief, (outcomes) => mean(outcomes))
  );
  const frontier = createFrontier(grids, means, budget);
  const found = entities.flatMap(({ id }, at) => {
    const best = findTest(
      {
        grid: grids[at] as Float64Array,
        belief: beliefs[at] as Float64Array[],
        worth: frontier.worthOf(at),
        planned: frontier.plan[at] as number,
      },
      options,
    );
    return best === null ? [] : [{ id, ...best }];
  });
  return { experiments: choose(found, options.budget), plan: frontier.plan };
}

function checkOptions({ testShare, useful, noise, budget }: ExploreOptions) {
  const sound = testShare > 0 && testShare <= 1 && useful >= 0 && noise > 0 &&
    budget >= 0;
  if (!sound) {
    throw new RangeError("Cannot explore: expected a share, periods and noise");
  }
}

interface Subject {
  readonly grid: Float64Array;
  /** Outcome at each amount of the grid in each draw. */
  readonly belief: readonly Float64Array[];
  /** Mean outcome of all entities if this one gets each amount of the grid. */
  readonly worth: Float64Array;
  readonly planned: number;
}

/** The test of one entity with the largest benefit less cost, or null if none pays. */
function findTest(
  { grid, belief, worth, planned }: Subject,
  { testShare, useful, noise }: ExploreOptions,
): Omit<Experiment, "id"> | null {
  const most = worth.reduce((one, other) => Math.max(one, other));
  let best: Omit<Experiment, "id"> | null = null;
  grid.forEach((amount, at) => {
    if (!Number.isFinite(worth[at])) return;
    const observed = belief[at] as Float64Array;
    const spread = Math.sqrt(
      covary(observed, observed) + noise ** 2 / testShare,
    );
    const moves = belief.map((other) => covary(other, observed) / spread);
    const benefit = useful * gainOfLines(worth, Float64Array.from(moves));
    const cost = testShare * (most - (worth[at] as number));
    if (benefit - cost > (best === null ? 0 : best.benefit - best.cost)) {
      best = { planned, amount, benefit, cost };
    }
  });
  return best;
}

/** The best first, by benefit for cost, while the budget lasts. */
function choose(found: readonly Experiment[], budget: number): Experiment[] {
  const order = found.toSorted((one, other) =>
    other.benefit * (one.cost + 1e-12) - one.benefit * (other.cost + 1e-12)
  );
  let left = budget;
  return order.filter(({ cost }) => {
    if (cost > left) return false;
    left -= cost;
    return true;
  });
}

/**
 * E max_k (a_k + b_k · Z) − max_k a_k for a standard normal Z.
 *
 * @param heights a, shape [lines]; −∞ for a line that is not there.
 * @param slopes b, shape [lines].
 * @returns The gain, at least 0.
 */
export function gainOfLines(
  heights: Float64Array,
  slopes: Float64Array,
): number {
  const order = [...heights.keys()]
    .filter((at) => Number.isFinite(heights[at]))
    .sort((one, other) =>
      (slopes[one] as number) - (slopes[other] as number) ||
      (heights[one] as number) - (heights[other] as number)
    );
  const hull: number[] = [];
  const from: number[] = [];
  const cross = (one: number, other: number) =>
    ((heights[one] as number) - (heights[other] as number)) /
    ((slopes[other] as number) - (slopes[one] as number));
  for (const line of order) {
    let at = -Infinity;
    while (hull.length > 0) {
      const top = hull.at(-1) as number;
      at = slopes[top] === slopes[line] ? -Infinity : cross(top, line);
      if (at > (from.at(-1) as number)) break;
      hull.pop();
      from.pop();
      at = -Infinity;
    }
    hull.push(line);
    from.push(at);
  }
  return hull.slice(1).reduce((gain, line, at) => {
    const rise = (slopes[line] as number) -
      (slopes[hull[at] as number] as number);
    return gain + rise * lossBeyond(Math.abs(from[at + 1] as number));
  }, 0);
}

/** E max(0, Z − c). */
function lossBeyond(c: number): number {
  const density = Math.exp(-c * c / 2) / Math.sqrt(2 * Math.PI);
  return Math.max(0, density - c * upperTail(c));
}

/** Chance that a standard normal is above c ≥ 0, by its continued fraction, or its series below 2. */
function upperTail(c: number): number {
  const density = Math.exp(-c * c / 2) / Math.sqrt(2 * Math.PI);
  if (c < 3) {
    let term = c;
    let total = c;
    for (let k = 1; k < 80; k++) {
      term *= c * c / (2 * k + 1);
      total += term;
    }
    return Math.max(0, 0.5 - density * total);
  }
  let fraction = c;
  for (let k = 60; k > 0; k--) fraction = c + k / fraction;
  return density / fraction;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function covary(one: Float64Array, other: Float64Array): number {
  const [middle, otherMiddle] = [mean(one), mean(other)];
  let sum = 0;
  for (let at = 0; at < one.length; at++) {
    sum += ((one[at] as number) - middle) *
      ((other[at] as number) - otherMiddle);
  }
  return sum / Math.max(1, one.length - 1);
}
