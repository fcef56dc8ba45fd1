/**
 * Whether chances still come true, on rows whose time for an outcome is over.
 *
 * Rows are put in groups of equal size by their chance. If the chances are right,
 * Σ (happened − expected)² ÷ variance is about χ² with as many degrees of freedom as
 * there are groups, as nothing was fitted to these rows.
 *
 * @see Hosmer and Lemeshow (1980), Goodness of Fit Tests for the Multiple Logistic
 * Regression Model, Communications in Statistics 9(10)
 * @module
 */
import { chiSquareTail } from "../../domain/distributions.ts";

const GROUPS = 10;
/** A gap below is no reason to act, however many rows show it: a twentieth of what is expected. */
const LEAST_GAP = 0.05;
/** Least variance of a group: about five outcomes to be expected. */
const LEAST_VARIANCE = 4;

/** How chances came true. */
export interface CalibrationCheck {
  readonly rows: number;
  readonly expected: number;
  readonly happened: number;
  /** Happened ÷ expected; 1 is calibrated. */
  readonly ratio: number;
  /** Chance of so large a gap if the chances were right. */
  readonly tail: number;
  /** Mean gap between happened and expected over groups, as a share of the expected. */
  readonly gap: number;
  /** Whether the gap is too large for chance, and large enough to matter. */
  readonly drifted: boolean;
}

/**
 * Checks chances against what happened.
 *
 * @param chances Shape [rows], each in [0, 1].
 * @param happened 0 or 1, shape [rows].
 * @param falseAlarms How often a check may alarm although the chances are right.
 * @returns Null if too little is to be expected to say anything.
 */
export function checkCalibration(
  chances: Float64Array,
  happened: Float64Array,
  falseAlarms: number,
): CalibrationCheck | null {
  const groups = groupsOf(chances, happened);
  if (groups.length === 0) return null;
  const distance = groups.reduce(
    (sum, { expected, outcomes, variance }) =>
      sum + (outcomes - expected) ** 2 / variance,
    0,
  );
  const expected = sum(chances);
  const outcomes = sum(happened);
  const tail = chiSquareTail(distance, groups.length);
  const gap = groups.reduce(
    (sum, group) => sum + Math.abs(group.outcomes - group.expected),
    0,
  ) / expected;
  return {
    rows: chances.length,
    expected,
    happened: outcomes,
    ratio: outcomes / expected,
    tail,
    gap,
    drifted: tail < falseAlarms && gap > LEAST_GAP,
  };
}

interface Group {
  readonly expected: number;
  readonly outcomes: number;
  readonly variance: number;
}

/** As many groups as each has enough variance, ten at most. */
function groupsOf(chances: Float64Array, happened: Float64Array): Group[] {
  const order = Uint32Array.from(chances.keys()).sort((a, b) =>
    (chances[a] as number) - (chances[b] as number) || a - b
  );
  const whole = groupOf(order, chances, happened);
  const wanted = Math.min(
    GROUPS,
    Math.floor(whole.variance / LEAST_VARIANCE),
  );
  const groups: Group[] = [];
  let from = 0;
  let reached = 0;
  for (let until = 0; until < order.length; until++) {
    const chance = chances[order[until] as number] as number;
    reached += chance * (1 - chance);
    if (reached * wanted < whole.variance * (groups.length + 1)) continue;
    if (groups.length + 1 >= wanted) break;
    groups.push(groupOf(order.subarray(from, until + 1), chances, happened));
    from = until + 1;
  }
  if (wanted === 0) return [];
  return [...groups, groupOf(order.subarray(from), chances, happened)]
    .filter(({ variance }) => variance > 0);
}

function groupOf(
  rows: Uint32Array,
  chances: Float64Array,
  happened: Float64Array,
): Group {
  let [expected, outcomes, variance] = [0, 0, 0];
  for (const row of rows) {
    const chance = chances[row] as number;
    expected += chance;
    outcomes += happened[row] as number;
    variance += chance * (1 - chance);
  }
  return { expected, outcomes, variance };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
