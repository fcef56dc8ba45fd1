/**
 * Importance weights that a few large ones do not rule: the largest are replaced by
 * quantiles of a generalised Pareto distribution fitted to them. Its shape k tells how
 * far the weights can be trusted: below 0.7 they can.
 *
 * @see Vehtari et al. (2024), Pareto Smoothed Importance Sampling, JMLR 25
 * @see Zhang and Stephens (2009), A New and Efficient Estimation Method for the
 * Generalized Pareto Distribution, Technometrics 51(3)
 * @module
 */

/** Weights after smoothing. */
export interface SmoothedWeights {
  /** In the order given; they sum to 1. */
  readonly weights: Float64Array;
  /**
   * Shape k of the largest; Infinity if there are too few draws to
   * tell, −Infinity if all weigh the same.
   */
  readonly shape: number;
}

const LEAST_TAIL = 5;
/** Weights that differ by no more, the largest being 1, are the same. */
const NEGLIGIBLE = 1e-9;
const GRID = 30;
const PRIOR = 3;
/** Weak belief in k = 0.5 that steadies fits to few weights. */
const SHAPE_BELIEF = { shape: 0.5, weight: 10 };

/**
 * Smooths importance weights.
 *
 * @param logRatios Logarithms of density wanted ÷ density drawn from, shape [draws].
 */
export function smoothWeights(logRatios: Float64Array): SmoothedWeights {
  const count = logRatios.length;
  const most = logRatios.reduce((most, value) => Math.max(most, value));
  const ratios = logRatios.map((value) => Math.exp(value - most));
  const order = ratios.map((_, at) => at)
    .sort((left, right) =>
      (ratios[left] as number) - (ratios[right] as number)
    );
  const size = Math.ceil(Math.min(0.2 * count, 3 * Math.sqrt(count)));
  const cutoff = ratios[order[count - size - 1] as number] ?? 0;
  const tail = order.subarray(count - size);
  if (size < LEAST_TAIL || 1 - cutoff < NEGLIGIBLE) {
    const shape = size < LEAST_TAIL ? Infinity : -Infinity;
    return { weights: normalized(ratios), shape };
  }
  const { shape, scale } = fitPareto(
    Float64Array.from(
      tail,
      (at) => Math.max(NEGLIGIBLE, (ratios[at] as number) - cutoff),
    ),
  );
  tail.forEach((at, place) => {
    const share = (place + 0.5) / size;
    const smoothed = cutoff + paretoQuantile(share, shape, scale);
    ratios[at] = Math.min(1, smoothed);
  });
  return { weights: normalized(ratios), shape };
}

/**
 * Fits a generalised Pareto distribution.
 *
 * @param values Above 0, ascending.
 */
export function fitPareto(
  values: Float64Array,
): { readonly shape: number; readonly scale: number } {
  const count = values.length;
  const quarter = values[Math.floor(count / 4 + 0.5) - 1] as number;
  const points = GRID + Math.floor(Math.sqrt(count));
  const grid = Float64Array.from(
    { length: points },
    (_, at) =>
      1 / (values[count - 1] as number) +
      (1 - Math.sqrt(points / (at + 0.5))) / PRIOR / quarter,
  );
  const logs = grid.map((theta) => {
    const shape = meanLog(values, theta);
    return count * (Math.log(-theta / shape) - shape - 1);
  });
  const most = logs.reduce((most, value) => Math.max(most, value));
  const weights = normalized(logs.map((value) => Math.exp(value - most)));
  const theta = grid.reduce((sum, at, i) => sum + at * (weights[i] ?? 0), 0);
  const shape = meanLog(values, theta);
  const { weight } = SHAPE_BELIEF;
  return {
    shape: (shape * count + SHAPE_BELIEF.shape * weight) / (count + weight),
    scale: -shape / theta,
  };
}

function meanLog(values: Float64Array, theta: number): number {
  let sum = 0;
  for (const value of values) sum += Math.log1p(-theta * value);
  return sum / values.length;
}

function paretoQuantile(share: number, shape: number, scale: number): number {
  const log = -Math.log1p(-share);
  return shape === 0 ? scale * log : scale * Math.expm1(shape * log) / shape;
}

function normalized(weights: Float64Array): Float64Array {
  const sum = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / sum);
}
