/**
 * Performance before the labels come, from what the model said itself: each row
 * counts as an outcome by its chance, and as none by the rest (confidence-based
 * performance estimation).
 *
 * It holds while chances are calibrated and what they depend on stays as it was;
 * calibration is watched apart.
 *
 * @see https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html,
 * read on 2026-11-26
 * @module
 */

/** What is to be expected of chances. */
export interface Estimated {
  readonly rocAuc: number;
  /** Area under precision and recall, by steps. */
  readonly averagePrecision: number;
  /** Nats a row. */
  readonly logLoss: number;
  /** Share of outcomes. */
  readonly rate: number;
}

/** What is to be expected of decisions at a threshold. */
export interface EstimatedChoices {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly specificity: number;
  readonly f1: number;
}

/**
 * Estimates from calibrated chances.
 *
 * @param chances Shape [rows], each in [0, 1].
 * @returns Measures to be expected; NaN where chances leave no doubt, or there are none.
 */
export function estimatePerformance(chances: Float64Array): Estimated {
  const sorted = chances.slice().sort().reverse();
  const outcomes = sum(sorted);
  const others = sorted.length - outcomes;
  let [above, passed] = [0, 0];
  let [area, precisionSum, loss] = [0, 0, 0];
  for (let from = 0; from < sorted.length;) {
    const chance = sorted[from] as number;
    let until = from;
    while (until < sorted.length && sorted[until] === chance) until++;
    const rows = until - from;
    area += rows * (1 - chance) * (above + rows * chance / 2);
    above += rows * chance;
    passed += rows;
    precisionSum += rows * chance * above / passed;
    loss += rows * entropy(chance);
    from = until;
  }
  return {
    rocAuc: area / (outcomes * others),
    averagePrecision: precisionSum / outcomes,
    logLoss: loss / sorted.length,
    rate: outcomes / sorted.length,
  };
}

/**
 * Estimates what a threshold on calibrated chances leads to.
 *
 * @param chances Shape [rows], each in [0, 1].
 * @param threshold Rows of at least that are chosen.
 * @returns Expected rows of each kind, and shares; a share of nothing is 0.
 */
export function estimateChoices(
  chances: Float64Array,
  threshold: number,
): EstimatedChoices {
  let [truePositives, falsePositives, trueNegatives, falseNegatives] = [
    0,
    0,
    0,
    0,
  ];
  for (const chance of chances) {
    if (chance >= threshold) {
      truePositives += chance;
      falsePositives += 1 - chance;
    } else {
      falseNegatives += chance;
      trueNegatives += 1 - chance;
    }
  }
  const precision = share(truePositives, falsePositives);
  const recall = share(truePositives, falseNegatives);
  return {
    truePositives,
    falsePositives,
    trueNegatives,
    falseNegatives,
    accuracy: (truePositives + trueNegatives) / chances.length,
    precision,
    recall,
    specificity: share(trueNegatives, falsePositives),
    f1: precision + recall === 0
      ? 0
      : 2 * precision * recall / (precision + recall),
  };
}

function share(part: number, rest: number): number {
  return part + rest === 0 ? 0 : part / (part + rest);
}

function entropy(chance: number): number {
  if (chance <= 0 || chance >= 1) return 0;
  return -chance * Math.log(chance) - (1 - chance) * Math.log1p(-chance);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
