/**
 * Measures of scores when each row counts so many times: what a bootstrap asks again
 * and again of the same rows. Sorted once, one pass each time. With every row counted
 * once they are those of `core/domain/measures.ts`.
 *
 * @module
 */

const CALIBRATION_GROUPS = 10;
const LEAST_CHANCE = 1e-15;

/** Scored rows, all of shape [rows]. */
export interface Scored {
  readonly label: Float64Array;
  readonly score: Float64Array;
}

/** Measures by name, for rows that count so often; shape [rows], whole numbers. */
export type Measure = (counts: Uint32Array) => Record<string, number>;

/**
 * Measures chances of something that occurs or not.
 *
 * @param scored Labels of 0 or 1, and chances.
 * @param base Chance that the baseline says of every row.
 */
export function chanceMeasures(scored: Scored, base: number): Measure {
  const order = orderOf(scored.score);
  const losses = scored.label.map((label, row) =>
    lossOf(label, scored.score[row] ?? NaN)
  );
  const [lossOf0, lossOf1] = [lossOf(0, base), lossOf(1, base)];
  return (counts) => {
    const { ones, rows } = sums(scored.label, counts);
    const logloss = weighted(losses, counts) / rows;
    const baseline = (ones * lossOf1 + (rows - ones) * lossOf0) / rows;
    return {
      auc: aucOf(scored, order, counts),
      baseline_auc: 0.5,
      logloss,
      baseline_logloss: baseline,
      logloss_skill: 1 - logloss / baseline,
      calibration_error: calibrationOf(scored, order, counts),
      base_rate: ones / rows,
      mean_score: weighted(scored.score, counts) / rows,
    };
  };
}

/**
 * Measures amounts.
 *
 * @param scored Labels and scores in the same unit.
 * @param base Amount that the baseline says of every row.
 */
export function amountMeasures(scored: Scored, base: number): Measure {
  const { label, score } = scored;
  const errors = label.map((value, row) => (value - (score[row] ?? NaN)) ** 2);
  const usual = label.map((value) => (value - base) ** 2);
  const squares = label.map((value) => value ** 2);
  return (counts) => {
    const { ones: total, rows } = sums(label, counts);
    const error = weighted(errors, counts) / rows;
    const baseline = weighted(usual, counts) / rows;
    const spread = weighted(squares, counts) / rows - (total / rows) ** 2;
    return {
      rmse: Math.sqrt(error),
      baseline_rmse: Math.sqrt(baseline),
      rmse_skill: 1 - Math.sqrt(error / baseline),
      r2: 1 - error / spread,
      mean_label: total / rows,
      mean_score: weighted(score, counts) / rows,
    };
  };
}

/** Rows by ascending score. */
export function orderOf(score: Float64Array): Uint32Array {
  return Uint32Array.from(score.keys()).sort((a, b) =>
    (score[a] ?? NaN) - (score[b] ?? NaN)
  );
}

function lossOf(label: number, said: number): number {
  const chance = Math.min(Math.max(said, LEAST_CHANCE), 1 - LEAST_CHANCE);
  return -label * Math.log(chance) - (1 - label) * Math.log1p(-chance);
}

function weighted(values: Float64Array, counts: Uint32Array): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    sum += (counts[row] ?? 0) * (values[row] ?? NaN);
  }
  return sum;
}

function sums(label: Float64Array, counts: Uint32Array) {
  let rows = 0;
  for (let row = 0; row < counts.length; row++) rows += counts[row] ?? 0;
  return { rows, ones: weighted(label, counts) };
}

/** Chance that a 1 scores above a 0, ties counted half. */
function aucOf(
  { label, score }: Scored,
  order: Uint32Array,
  counts: Uint32Array,
): number {
  let [below, ones, zeros] = [0, 0, 0];
  for (let from = 0; from < order.length;) {
    const tie = score[order[from] ?? 0];
    let [tiedOnes, tiedZeros] = [0, 0];
    for (; from < order.length; from++) {
      const row = order[from] ?? 0;
      if (score[row] !== tie) break;
      const count = counts[row] ?? 0;
      tiedOnes += count * (label[row] ?? NaN);
      tiedZeros += count * (1 - (label[row] ?? NaN));
    }
    below += tiedOnes * (zeros + tiedZeros / 2);
    ones += tiedOnes;
    zeros += tiedZeros;
  }
  return below / (ones * zeros);
}

/** Mean gap between chance said and share of ones, over groups of equal size. */
function calibrationOf(
  { label, score }: Scored,
  order: Uint32Array,
  counts: Uint32Array,
): number {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  let [seen, group, gap, gaps] = [0, 1, 0, 0];
  for (const row of order) {
    let left = counts[row] ?? 0;
    const one = (score[row] ?? NaN) - (label[row] ?? NaN);
    while (left > 0) {
      const end = Math.floor(rows * group / CALIBRATION_GROUPS);
      const taken = Math.min(left, end - seen);
      gap += taken * one;
      seen += taken;
      left -= taken;
      if (seen < end) continue;
      gaps += Math.abs(gap);
      gap = 0;
      group += 1;
    }
  }
  return gaps / rows;
}
