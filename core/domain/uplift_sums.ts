/**
 * Sums over the rows of an experiment, taken in the order of a ranking, and the gains
 * that follow from them.
 *
 * @module
 */
import type { Ranking, TreatedRows } from "./uplift_ranking.ts";

/** Sums over the rows taken. */
export interface Sums {
  /** Weight of the rows themselves. */
  rows: number;
  /** Weight of the treated rows in their arm. */
  treatedRows: number;
  /** Outcome of the treated rows, weighed. */
  treatedOutcome: number;
  /** Weight of the control rows in their arm. */
  controlRows: number;
  /** Outcome of the control rows, weighed. */
  controlOutcome: number;
}

/** What each row adds to the sums. */
export interface Stakes extends Pick<TreatedRows, "outcome" | "treated"> {
  /** Weight of the row itself. */
  readonly rows: Float64Array;
  /** Weight of the row in its arm's sums. */
  readonly arms: Float64Array;
  /** Whether rows are counted, and a share of them is a whole number. */
  readonly counted: boolean;
}

/**
 * Weights: of chances to be treated, a row in its arm's sums counts the arm's share
 * over its chance, so that equal chances change nothing.
 */
export function stakesOf(rows: TreatedRows): Stakes {
  const { outcome, treated, weight, propensity } = rows;
  const own = weight ?? new Float64Array(outcome.length).fill(1);
  const counted = weight === undefined;
  if (!propensity) return { outcome, treated, rows: own, arms: own, counted };
  let ofTreated = 0;
  let all = 0;
  own.forEach((one, row) => {
    all += one;
    if (treated[row] === 1) ofTreated += one;
  });
  const share = ofTreated / all;
  const arms = own.map((one, row) => {
    const chance = propensity[row] as number;
    return one *
      (treated[row] === 1 ? share / chance : (1 - share) / (1 - chance));
  });
  return { outcome, treated, rows: own, arms, counted };
}

/** Additional outcome among the treated: y_t − y_c · n_t / n_c. */
export function qiniGain(sums: Sums): number {
  const { treatedOutcome, treatedRows, controlOutcome, controlRows } = sums;
  return controlRows === 0
    ? treatedOutcome
    : treatedOutcome - controlOutcome * treatedRows / controlRows;
}

/** Additional outcome, were all rows treated: (y_t / n_t − y_c / n_c) · n. */
export function upliftGain(sums: Sums): number {
  const { treatedOutcome, treatedRows, controlOutcome, controlRows } = sums;
  const treated = treatedRows === 0 ? 0 : treatedOutcome / treatedRows;
  const control = controlRows === 0 ? 0 : controlOutcome / controlRows;
  return (treated - control) * sums.rows;
}

/** Rows, or weight, that shares of all come to. */
export function limitsOf(
  { rows, counted }: Stakes,
  shares: readonly number[],
): number[] {
  let all = 0;
  for (let row = 0; row < rows.length; row++) all += rows[row] as number;
  return shares.map((share) => counted ? Math.floor(all * share) : all * share);
}

/** Sums over a share of the rows; those of the score at the border in part. */
export function sumFirst(
  { order, ends }: Ranking,
  stakes: Stakes,
  share: number,
): Sums {
  const [wanted = 0] = limitsOf(stakes, [share]);
  const sums = noSums();
  let from = 0;
  for (const end of ends) {
    const group = noSums();
    for (; from < end; from++) addRow(group, stakes, order[from] as number);
    const room = wanted - sums.rows;
    addSums(sums, group, Math.min(1, room / group.rows));
    if (room <= group.rows) break;
  }
  return sums;
}

/** Sums over no row. */
export function noSums(): Sums {
  return {
    rows: 0,
    treatedRows: 0,
    treatedOutcome: 0,
    controlRows: 0,
    controlOutcome: 0,
  };
}

/** Empties sums. */
export function clearSums(sums: Sums): void {
  sums.rows = 0;
  sums.treatedRows = 0;
  sums.treatedOutcome = 0;
  sums.controlRows = 0;
  sums.controlOutcome = 0;
}

/** Adds a row to sums. */
export function addRow(sums: Sums, stakes: Stakes, row: number): void {
  const counts = stakes.arms[row] as number;
  sums.rows += stakes.rows[row] as number;
  if (stakes.treated[row] === 1) {
    sums.treatedRows += counts;
    sums.treatedOutcome += counts * (stakes.outcome[row] as number);
  } else {
    sums.controlRows += counts;
    sums.controlOutcome += counts * (stakes.outcome[row] as number);
  }
}

/** Adds a share of sums, above 0, to others. */
export function addSums(to: Sums, more: Sums, factor: number): void {
  if (!(factor > 0)) return;
  to.rows += factor * more.rows;
  to.treatedRows += factor * more.treatedRows;
  to.treatedOutcome += factor * more.treatedOutcome;
  to.controlRows += factor * more.controlRows;
  to.controlOutcome += factor * more.controlOutcome;
}
