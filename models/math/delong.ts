/**
 * The area under a ROC curve with its interval, by DeLong's variance: that of the
 * share of the other class which each row outranks.
 *
 * @see DeLong, DeLong and Clarke-Pearson (1988), Comparing the Areas under Two or More Correlated ROC Curves
 * @module
 */

/** An area and the interval around it. */
export interface AucEstimate {
  readonly auc: number;
  readonly interval: readonly [low: number, high: number];
}

/**
 * Estimates the area.
 *
 * @param positive 1 for the one class, shape [rows].
 * @param score Any scale without NaN, shape [rows].
 * @param deviations Standard deviations to either side, such as 1.96.
 * @returns Area and interval, cut to [0, 1]; NaN if a class has fewer than two rows.
 */
export function estimateAuc(
  positive: Uint8Array,
  score: Float64Array,
  deviations: number,
): AucEstimate {
  const sorted = ([0, 1] as const).map((one) =>
    score.filter((_, row) => positive[row] === one).sort()
  ) as [Float64Array, Float64Array];
  const outranked = ([0, 1] as const).map((one) =>
    sorted[one].map((value) =>
      shareBelow(sorted[1 - one] as Float64Array, value)
    )
  ) as [Float64Array, Float64Array];
  const [below, above] = outranked.map(spread) as [Spread, Spread];
  const deviation = Math.sqrt(
    below.variance / sorted[0].length + above.variance / sorted[1].length,
  );
  const auc = above.mean;
  return {
    auc,
    interval: [
      Math.max(0, auc - deviations * deviation),
      Math.min(1, auc + deviations * deviation),
    ],
  };
}

/** Share of sorted values below one, equal ones counted half. */
function shareBelow(sorted: Float64Array, value: number): number {
  const below = countWhere(sorted, (one) => one < value);
  const upTo = countWhere(sorted, (one) => one <= value);
  return (below + upTo) / 2 / sorted.length;
}

/** How many values at the front satisfy what holds for a front part only. */
function countWhere(
  sorted: Float64Array,
  holds: (value: number) => boolean,
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Spread {
  readonly mean: number;
  readonly variance: number;
}

function spread(values: Float64Array): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}
