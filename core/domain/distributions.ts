/**
 * Quantiles of distributions that bounds and tests stand on: of the chi-square
 * distribution, and exact bounds of a share that was counted.
 *
 * Both come from the incomplete gamma and beta functions, by their series and continued
 * fractions, and are inverted by halving.
 *
 * @see Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 6.1, 6.5, 26.5
 * @module
 */

/** Bounds of a share, [0, 1]. */
export interface ShareBounds {
  /** The share is at least that, with the confidence asked for. */
  readonly lower: number;
  /** The share is at most that, with the confidence asked for. */
  readonly upper: number;
}

const TINY = 1e-300;
const PRECISION = 1e-15;
const MAX_TERMS = 100_000;
const HALVINGS = 200;

/**
 * Exact bounds of a share by Clopper and Pearson: each alone is missed with at most the
 * chance that remains, whatever the share is. With nothing found in 3000 the upper bound
 * at 0.95 is 1 − 0.05^(1/3000), about 0.1 percent.
 *
 * @see Clopper and Pearson (1934), The Use of Confidence or Fiducial Limits Illustrated
 * in the Case of the Binomial, Biometrika 26(4)
 * @param found How many had it, at most `of`.
 * @param of How many were looked at.
 * @param confidence Of each bound alone, in (0, 1).
 * @returns 0 and 1 if nothing was looked at.
 */
export function boundShare(
  found: number,
  of: number,
  confidence: number,
): ShareBounds {
  const missed = 1 - confidence;
  return {
    lower: found === 0 ? 0 : invert(
      (share) => betaShare(share, [found, of - found + 1]),
      { target: missed, least: 0, most: 1 },
    ),
    upper: found === of ? 1 : invert(
      (share) => betaShare(share, [found + 1, of - found]),
      { target: confidence, least: 0, most: 1 },
    ),
  };
}

/**
 * Quantile of the chi-square distribution.
 *
 * @param chance Share of the distribution below it, in [0, 1).
 * @param freedom Degrees of freedom, at least 1.
 * @returns The value that so much of the distribution is below.
 */
export function chiSquareQuantile(chance: number, freedom: number): number {
  const below = (value: number) => gammaShare(freedom / 2, value / 2);
  let most = freedom + 1;
  while (below(most) < chance) most *= 2;
  return invert(below, { target: chance, least: 0, most });
}

/**
 * Chance that a value of the chi-square distribution is above another.
 *
 * @param value At least 0.
 * @param freedom Degrees of freedom, at least 1.
 * @returns In [0, 1].
 */
export function chiSquareTail(value: number, freedom: number): number {
  return Math.max(0, 1 - gammaShare(freedom / 2, value / 2));
}

/** Where a growing function reaches a target. */
function invert(
  of: (value: number) => number,
  { target, least, most }: {
    readonly target: number;
    readonly least: number;
    readonly most: number;
  },
): number {
  let [low, high] = [least, most];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (of(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The incomplete gamma function P(a, x), as a share of the whole. */
function gammaShare(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1
    ? front * gammaSeries(a, x)
    : 1 - front * gammaFraction(a, x);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function gammaFraction(a: number, x: number): number {
  return 1 / continuedFraction(x + 1 - a, (n) => ({
    over: -n * (n - a),
    plus: x + 1 - a + 2 * n,
  }));
}

/** The incomplete beta function I(x; a, b). */
function betaShare(x: number, [a, b]: readonly [number, number]): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, [b, a]);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) +
      b * Math.log1p(-x),
  );
  return front / (a * continuedFraction(1, (n) => {
    const half = Math.floor(n / 2);
    const over = n % 2 === 0
      ? half * (b - half) * x / ((a + n - 1) * (a + n))
      : -(a + half) * (a + b + half) * x / ((a + n - 1) * (a + n));
    return { over, plus: 1 };
  }));
}

/** `first + over₁ / (plus₁ + over₂ / (plus₂ + …))`, by Lentz' method. */
function continuedFraction(
  first: number,
  part: (n: number) => { readonly over: number; readonly plus: number },
): number {
  let fraction = first || TINY;
  let [above, below] = [fraction, 0];
  for (let n = 1; n < MAX_TERMS; n++) {
    const { over, plus } = part(n);
    below = 1 / (plus + over * below || TINY);
    above = plus + over / above || TINY;
    const step = above * below;
    fraction *= step;
    if (Math.abs(step - 1) < PRECISION) break;
  }
  return fraction;
}

const LANCZOS = [
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** Logarithm of the gamma function of a number above 0, by Lanczos' approximation. */
export function logGamma(value: number): number {
  if (value < 0.5) {
    return Math.log(Math.PI / Math.sin(Math.PI * value)) - logGamma(1 - value);
  }
  const x = value - 1;
  const sum = LANCZOS.reduce(
    (sum, part, place) => sum + part / (x + place + 1),
    0.99999999999980993,
  );
  const t = x + LANCZOS.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t +
    Math.log(sum);
}
