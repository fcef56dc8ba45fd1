/**
 * How much more the treated bring than the others, with an interval that holds at every
 * look at once: who looks each minute, and stops when they like, is wrong no more often
 * than who looks once.
 *
 * Each unit is drawn for treatment by chance of a known share p, counts once, and brings
 * x, cut to [0, most]. With m the mean of those before it,
 *
 *     z = (x - m) / most × (1/p if treated, otherwise -1/(1-p))
 *
 * has the mean difference for its expectation whatever m is, and -c ≤ z ≤ c for
 * c = 1 / min(p, 1-p). For every λ in (0, 1/c),
 *
 *     exp(λ Σ(z - δ) - ψ(λ) Σz²),   ψ(λ) = (-log(1 - cλ) - cλ) / c²
 *
 * is a supermartingale that starts at 1, and so is a weighed mean over λ: it exceeds 2/α
 * once in 2/α worlds at most. The differences δ at which it does not, nor that of -z, are
 * the interval. Nothing is assumed of how x is spread.
 *
 * @see Howard, Ramdas, McAuliffe and Sekhon (2021), Time-uniform, nonparametric,
 * nonasymptotic confidence sequences, theorem 4 and section 3.5
 * @see Ham, Bojinov, Lindon and Tingley (2022), Design-based confidence sequences
 * @module
 */

/** How units were drawn and how they count. */
export interface LiftDesign {
  /** Chance of a unit to be treated, (0, 1). */
  readonly share: number;
  /** The most that one unit counts for; above 0. */
  readonly most: number;
  /** Chance that the interval ever misses the difference, (0, 1). */
  readonly alpha: number;
}

/** One unit, when all that counts of it is known. */
export interface LiftUnit {
  /** Whether it was drawn for treatment. */
  readonly treated: boolean;
  /** What it brought; cut to [0, most]. */
  readonly value: number;
}

/** Units so far. */
export interface LiftSums {
  /** How many. */
  readonly units: number;
  /** Sum of what they brought, in units of `most`. */
  readonly total: number;
  /** Σz. */
  readonly sum: number;
  /** Σz². */
  readonly squares: number;
}

/** Difference of the means, treated less others, and its interval; in the unit of the values. */
export interface Lift {
  /** Best guess; 0 before the first unit. */
  readonly difference: number;
  /** Not below this; -most before anything is known. */
  readonly low: number;
  /** Not above this. */
  readonly high: number;
}

/** Before the first unit. */
export const NO_UNITS: LiftSums = { units: 0, total: 0, sum: 0, squares: 0 };

/**
 * Adds a unit. The order matters to the sums and not to what they promise, as long as it
 * does not depend on what units bring.
 *
 * @param sums Units before it.
 * @param design How it was drawn.
 * @param unit The unit.
 * @returns Sums with it.
 */
export function addUnit(
  sums: LiftSums,
  { share, most }: Pick<LiftDesign, "share" | "most">,
  { treated, value }: LiftUnit,
): LiftSums {
  const brought = Math.min(Math.max(value, 0), most) / most;
  const before = sums.units === 0 ? 0 : sums.total / sums.units;
  const z = (brought - before) * (treated ? 1 / share : -1 / (1 - share));
  return {
    units: sums.units + 1,
    total: sums.total + brought,
    sum: sums.sum + z,
    squares: sums.squares + z * z,
  };
}

/**
 * The difference as it is known now.
 *
 * @param sums Units so far.
 * @param design How they were drawn.
 * @returns The difference and its interval.
 */
export function liftOf(sums: LiftSums, design: LiftDesign): Lift {
  const { units, sum, squares } = sums;
  const { most } = design;
  if (units === 0) return { difference: 0, low: -most, high: most };
  const edge = boundary(squares, design);
  const bounded = (one: number) =>
    Math.min(Math.max(one / units, -1), 1) * most;
  return {
    difference: bounded(sum),
    low: bounded(sum - edge),
    high: bounded(sum + edge),
  };
}

/**
 * On which side of nothing the difference clearly is.
 *
 * @param sums Units so far.
 * @param design How they were drawn.
 * @returns 1 if the treated clearly bring more, -1 if less, 0 if it is not clear.
 */
export function sideOf(sums: LiftSums, design: LiftDesign): -1 | 0 | 1 {
  const { sum, squares } = sums;
  const wanted = Math.log(2 / design.alpha);
  const most = sum * sum / (2 * squares);
  if (!(most >= wanted)) return 0;
  if (logMixture(Math.abs(sum), squares, largest(design)) < wanted) return 0;
  return sum > 0 ? 1 : -1;
}

/** cλ and c²ψ(λ), cλ from a half down by roots of two: for hundreds of units up to millions. */
const GRID = Array.from({ length: 16 }, (_, step) => {
  const tilt = 2 ** (-1 - step / 2);
  return { tilt, toll: -Math.log1p(-tilt) - tilt };
});
const HALVINGS = 60;

/** Largest distance of z from 0. */
function largest({ share }: Pick<LiftDesign, "share">): number {
  return 1 / Math.min(share, 1 - share);
}

/** Logarithm of the mean over the grid of exp(λ sum - ψ(λ) squares). */
function logMixture(sum: number, squares: number, c: number): number {
  let [most, total] = [-Infinity, 0];
  for (const { tilt, toll } of GRID) {
    const exponent = tilt * sum / c - toll * squares / (c * c);
    if (exponent > most) {
      total = total * Math.exp(most - exponent) + 1;
      most = exponent;
    } else {
      total += Math.exp(exponent - most);
    }
  }
  return most + Math.log(total / GRID.length);
}

/** The sum from which on a difference of nothing is not to be believed. */
function boundary(squares: number, design: LiftDesign): number {
  const c = largest(design);
  const wanted = Math.log(2 / design.alpha);
  let high = c;
  while (logMixture(high, squares, c) < wanted) high *= 2;
  let low = 0;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (logMixture(middle, squares, c) < wanted) low = middle;
    else high = middle;
  }
  return high;
}
