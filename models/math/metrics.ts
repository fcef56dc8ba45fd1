/**
 * How well scores and forecasts hold on data that they have not seen.
 *
 * @module
 */

const LEAST_CHANCE = 1e-15;

/**
 * Mean negative log likelihood.
 *
 * @param label 0 or 1, shape [rows].
 * @param chance Predicted probability, shape [rows].
 * @returns Nats a row; NaN without rows.
 */
export function logLoss(label: Float64Array, chance: Float64Array): number {
  return mean(label, (truth, row) => {
    const said = chance[row] as number;
    const clipped = Math.min(Math.max(said, LEAST_CHANCE), 1 - LEAST_CHANCE);
    return -truth * Math.log(clipped) - (1 - truth) * Math.log1p(-clipped);
  });
}

/**
 * Chance that a random 1 scores above a random 0, ties counted half.
 *
 * @param label 0 or 1, shape [rows].
 * @param score Any scale, shape [rows].
 * @returns In [0, 1]; NaN when a class is absent.
 */
export function auc(label: Float64Array, score: Float64Array): number {
  const order = Uint32Array.from(label.keys())
    .sort((a, b) => (score[a] as number) - (score[b] as number));
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length;) {
    let until = from;
    let tied = 0;
    const level = score[order[from] as number];
    while (until < order.length && score[order[until] as number] === level) {
      tied += label[order[until++] as number] as number;
    }
    positives += tied;
    rankSum += tied * (from + until + 1) / 2;
    from = Math.max(until, from + 1);
  }
  const negatives = label.length - positives;
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
}

/**
 * Root of the mean squared error.
 *
 * @param actual Shape [rows].
 * @param predicted Shape [rows].
 * @returns In the unit of `actual`; NaN without rows.
 */
export function rmse(actual: Float64Array, predicted: Float64Array): number {
  return Math.sqrt(
    mean(actual, (truth, row) => (truth - (predicted[row] as number)) ** 2),
  );
}

/**
 * Share of the variance that is explained.
 *
 * @param actual Shape [rows].
 * @param predicted Shape [rows].
 * @returns At most 1; NaN when `actual` does not vary.
 */
export function rSquared(
  actual: Float64Array,
  predicted: Float64Array,
): number {
  const centre = mean(actual, (truth) => truth);
  const spread = mean(actual, (truth) => (truth - centre) ** 2);
  return spread > 0 ? 1 - rmse(actual, predicted) ** 2 / spread : NaN;
}

/**
 * Mean absolute error as a share of the actual, over actuals other than zero.
 *
 * @param actual Shape [rows].
 * @param predicted Shape [rows].
 * @returns Share; NaN when every actual is zero.
 */
export function mape(actual: Float64Array, predicted: Float64Array): number {
  let sum = 0;
  let rows = 0;
  actual.forEach((truth, row) => {
    if (truth === 0) return;
    sum += Math.abs((truth - (predicted[row] as number)) / truth);
    rows++;
  });
  return sum / rows;
}

/**
 * Expected calibration error: rows sorted by chance, cut into groups of equal
 * size, and the gap between mean chance and share of ones averaged over groups.
 *
 * @param label 0 or 1, shape [rows].
 * @param chance Predicted probability, shape [rows].
 * @param groups How many groups.
 * @returns In [0, 1]; NaN without rows.
 */
export function calibrationError(
  label: Float64Array,
  chance: Float64Array,
  groups = 10,
): number {
  const rows = label.length;
  const order = Uint32Array.from(label.keys())
    .sort((a, b) => (chance[a] as number) - (chance[b] as number));
  let gaps = 0;
  for (let group = 0; group < groups; group++) {
    const from = Math.floor(rows * group / groups);
    const until = Math.floor(rows * (group + 1) / groups);
    let gap = 0;
    for (const row of order.subarray(from, until)) {
      gap += (chance[row] as number) - (label[row] as number);
    }
    gaps += Math.abs(gap);
  }
  return gaps / rows;
}

function mean(
  values: Float64Array,
  of: (value: number, row: number) => number,
): number {
  let sum = 0;
  values.forEach((value, row) => sum += of(value, row));
  return sum / values.length;
}
