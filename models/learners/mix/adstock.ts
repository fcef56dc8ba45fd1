/**
 * Carry-over: how the effect of a period's spend spreads over later periods.
 *
 *     a[t] = Σ w[l] · x[t − l],  l = 0 … lags − 1,  Σ w = 1
 *
 * Weights are a softmax of log weights, so they sum to 1 whatever the kind:
 * geometric l·ln(decay); delayed (l − peak)²·ln(decay); Weibull density at l + 1;
 * Weibull survival, multiplied up. Periods before the first count as without spend.
 *
 * @see Jin et al. (2017), Bayesian Methods for Media Mix Modeling with Carryover and
 * Shape Effects, for geometric and delayed; Robyn's documentation for Weibull
 * @module
 */
/** Forms of carry-over. */
export const ADSTOCKS = [
  "geometric",
  "delayed",
  "weibull_pdf",
  "weibull_cdf",
] as const;

/** A form of carry-over. */
export type AdstockKind = typeof ADSTOCKS[number];

/** Names of the coordinates of each form, in their order. */
export const ADSTOCK_COORDINATES: Readonly<
  Record<AdstockKind, readonly string[]>
> = {
  geometric: ["decay"],
  delayed: ["decay", "peak"],
  "weibull_pdf": ["scale", "shape"],
  "weibull_cdf": ["scale", "shape"],
};

/** Weights by lag, and the slope of each in every coordinate; rewritten in place. */
export interface Carry {
  readonly kind: AdstockKind;
  readonly lags: number;
  /** Shape [lags]. */
  readonly weights: Float64Array;
  /** Shape [coordinates][lags]. */
  readonly slopes: readonly Float64Array[];
}

/**
 * Makes room for weights.
 *
 * @param kind Form of carry-over.
 * @param lags Periods in which a spend works, at least 1.
 * @returns Weights that all lie on the first lag until they are set.
 */
export function createCarry(kind: AdstockKind, lags: number): Carry {
  const weights = new Float64Array(lags);
  weights[0] = 1;
  return {
    kind,
    lags,
    weights,
    slopes: ADSTOCK_COORDINATES[kind].map(() => new Float64Array(lags)),
  };
}

/**
 * Sets weights and slopes.
 *
 * @param carry Where to write.
 * @param point Coordinates: log odds of the decay and of the peak's share of the last
 * lag; logarithms of scale and shape.
 * @param from Place of the first coordinate.
 */
export function setCarry(
  carry: Carry,
  point: Float64Array,
  from: number,
): void {
  const first = point[from] as number;
  const second = point[from + 1] as number;
  if (carry.kind === "geometric") writeGeometric(carry, first);
  else if (carry.kind === "delayed") writeDelayed(carry, first, second);
  else writeWeibull(carry, Math.exp(first), Math.exp(second));
  normalize(carry);
}

function writeGeometric({ weights, slopes, lags }: Carry, odds: number): void {
  const log = logSigmoid(odds);
  const rest = -Math.expm1(log);
  const byDecay = slopes[0] as Float64Array;
  for (let lag = 0; lag < lags; lag++) {
    weights[lag] = lag * log;
    byDecay[lag] = lag * rest;
  }
}

function writeDelayed(
  { weights, slopes, lags }: Carry,
  odds: number,
  peakOdds: number,
): void {
  const log = logSigmoid(odds);
  const rest = -Math.expm1(log);
  const share = Math.exp(logSigmoid(peakOdds));
  const peak = (lags - 1) * share;
  const [byDecay, byPeak] = slopes as [Float64Array, Float64Array];
  for (let lag = 0; lag < lags; lag++) {
    const away = lag - peak;
    weights[lag] = away * away * log;
    byDecay[lag] = away * away * rest;
    byPeak[lag] = -2 * away * log * peak * (1 - share);
  }
}

function writeWeibull(
  { kind, weights, slopes, lags }: Carry,
  scale: number,
  shape: number,
): void {
  const [byScale, byShape] = slopes as [Float64Array, Float64Array];
  let hazard = 0;
  let hazardLog = 0;
  for (let lag = 0; lag < lags; lag++) {
    const time = kind === "weibull_pdf" ? lag + 1 : lag;
    const height = time > 0 ? Math.log(time / scale) : 0;
    const now = time > 0 ? Math.exp(shape * height) : 0;
    const kept = kind === "weibull_pdf" ? 0 : 1;
    hazard = kept * hazard + now;
    hazardLog = kept * hazardLog + now * height;
    weights[lag] = -hazard;
    byScale[lag] = shape * hazard;
    byShape[lag] = -shape * hazardLog;
    if (kind === "weibull_pdf") {
      weights[lag] = (weights[lag] as number) + (shape - 1) * Math.log(time);
      byShape[lag] = (byShape[lag] as number) + shape * Math.log(time);
    }
  }
}

/** Logarithm of the share with the given log odds, exact also next to 0. */
function logSigmoid(odds: number): number {
  return odds >= 0
    ? -Math.log1p(Math.exp(-odds))
    : odds - Math.log1p(Math.exp(odds));
}

/** From log weights and their slopes to weights that sum to 1 and theirs. */
function normalize({ weights, slopes, lags }: Carry): void {
  let most = -Infinity;
  for (let lag = 0; lag < lags; lag++) {
    most = Math.max(most, weights[lag] as number);
  }
  let sum = 0;
  for (let lag = 0; lag < lags; lag++) {
    const weight = Math.exp((weights[lag] as number) - most);
    weights[lag] = weight;
    sum += weight;
  }
  for (let lag = 0; lag < lags; lag++) {
    weights[lag] = (weights[lag] as number) / sum;
  }
  for (const slope of slopes) {
    let mean = 0;
    for (let lag = 0; lag < lags; lag++) {
      const weight = weights[lag] as number;
      if (weight > 0) mean += weight * (slope[lag] as number);
    }
    for (let lag = 0; lag < lags; lag++) {
      const weight = weights[lag] as number;
      slope[lag] = weight > 0 ? weight * ((slope[lag] as number) - mean) : 0;
    }
  }
}

/**
 * Periods until half of a spend's effect has come.
 *
 * @param carry The weights.
 * @returns At least 0, straight between lags.
 */
export function carryHalfLife({ weights, lags }: Carry): number {
  let before = 0;
  for (let lag = 0; lag < lags; lag++) {
    const weight = weights[lag] as number;
    if (before + weight >= 0.5) return lag + (0.5 - before) / weight;
    before += weight;
  }
  return lags;
}
