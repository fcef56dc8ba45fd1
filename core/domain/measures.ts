/**
 * How well scores and forecasts hold on what was held out.
 *
 * @module
 */

const LEAST_CHANCE = 1e-15;
const CALIBRATION_GROUPS = 10;

/** Mean of values, NaN of none. */
export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean negative log likelihood of 0 or 1 labels, nats a row. */
export function logLoss(label: Float64Array, chance: Float64Array): number {
  return mean(label.map((truth, row) => {
    const said = chance[row] ?? NaN;
    const clipped = Math.min(Math.max(said, LEAST_CHANCE), 1 - LEAST_CHANCE);
    return -truth * Math.log(clipped) - (1 - truth) * Math.log1p(-clipped);
  }));
}

/**
 * Chance that a random 1 scores above a random 0, ties counted half.
 *
 * @param label 0 or 1, shape [rows].
 * @param score Any scale without NaN, shape [rows].
 * @returns In [0, 1]; NaN when a class is absent.
 */
export function auc(label: Float64Array, score: Float64Array): number {
  const order = rowsByScore(score);
  const at = (place: number) => score[order[place] ?? 0] ?? NaN;
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length;) {
    let until = from;
    let tied = 0;
    while (until < order.length && at(until) === at(from)) {
      tied += label[order[until++] ?? 0] ?? 0;
    }
    positives += tied;
    rankSum += tied * (from + until + 1) / 2;
    from = Math.max(until, from + 1);
  }
  const negatives = label.length - positives;
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
}

/** Mean gap between chance said and share of ones, over groups of equal size. */
export function calibrationError(
  label: Float64Array,
  chance: Float64Array,
): number {
  const order = rowsByScore(chance);
  let gaps = 0;
  for (let group = 0; group < CALIBRATION_GROUPS; group++) {
    const from = Math.floor(order.length * group / CALIBRATION_GROUPS);
    const until = Math.floor(order.length * (group + 1) / CALIBRATION_GROUPS);
    let gap = 0;
    for (const row of order.subarray(from, until)) {
      gap += (chance[row] ?? NaN) - (label[row] ?? NaN);
    }
    gaps += Math.abs(gap);
  }
  return gaps / order.length;
}

function rowsByScore(score: Float64Array): Uint32Array {
  return Uint32Array.from(score.keys())
    .sort((a, b) => {
      const [one, other] = [score[a] ?? NaN, score[b] ?? NaN];
      return one < other ? -1 : one > other ? 1 : 0;
    });
}

/** Root of the mean squared error. */
export function rmse(actual: Float64Array, said: Float64Array): number {
  return Math.sqrt(meanSquare(actual, said));
}

/** Share of the variance explained; NaN when nothing varies. */
export function rSquared(actual: Float64Array, said: Float64Array): number {
  const centre = mean(actual);
  const spread = meanSquare(actual, actual.map(() => centre));
  return spread > 0 ? 1 - meanSquare(actual, said) / spread : NaN;
}

function meanSquare(actual: Float64Array, said: Float64Array): number {
  return mean(actual.map((one, row) => (one - (said[row] ?? NaN)) ** 2));
}

/** Sum of absolute errors as a share of the sum of actuals. */
export function wape(actual: Float64Array, said: Float64Array): number {
  const error = mean(
    actual.map((one, row) => Math.abs(one - (said[row] ?? NaN))),
  );
  return error / mean(actual.map(Math.abs));
}

/** Mean absolute error as a share of the actual, over actuals other than zero. */
export function mape(actual: Float64Array, said: Float64Array): number {
  const shares = actual.map((one, row) =>
    Math.abs((one - (said[row] ?? NaN)) / one)
  );
  return mean(shares.filter((_, row) => actual[row] !== 0));
}

/** Measures that are numbers; a measure that cannot be taken is left out. */
export function finiteOnly(
  measures: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(measures).filter(([, value]) => Number.isFinite(value)),
  );
}
