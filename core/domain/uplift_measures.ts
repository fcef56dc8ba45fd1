/**
 * How well a score finds those whom a treatment moves: Qini and uplift curves,
 * their coefficients, and the uplift among the highest scores.
 *
 * Rows are taken by descending score, equal scores together as one point, so that
 * the order in which rows are given never matters. With treated n_t and y_t, control
 * n_c and y_c, all summed over the rows taken so far:
 * Qini = y_t − y_c · n_t / n_c, uplift gain = (y_t / n_t − y_c / n_c) · n;
 * a ratio without rows is 0. A coefficient is (A − B) / (P − B): areas under the
 * curve, under the straight line to its end, and under the best curve there could be.
 *
 * @see Radcliffe (2007), Using Control Groups to Target on Predicted Lift
 * @see https://github.com/maks-sh/scikit-uplift, whose definitions these are, read on 2026-11-26
 * @module
 */

import {
  addRow,
  addSums,
  clearSums,
  limitsOf,
  noSums,
  qiniGain,
  type Stakes,
  stakesOf,
  sumFirst,
  type Sums,
  upliftGain,
} from "./uplift_sums.ts";
import {
  rank,
  type Ranking,
  rankUplift,
  type ScoredRows,
  type TreatedRows,
  type UpliftRankings,
} from "./uplift_ranking.ts";

/** A curve over the rows taken, of shape [distinct scores + 1]; it starts at (0, 0). */
export interface GainCurve {
  /** Rows taken, or their weight. */
  readonly taken: Float64Array;
  /** Outcome units gained. */
  readonly gain: Float64Array;
}

/** Shares of the rows whose uplift {@link measureUplift} tells. */
const SHARES = [0.1, 0.2, 0.3];

/** Areas under the best curves that any score could draw. */
export interface BestAreas {
  /** Under the best Qini curve. */
  readonly qini: number;
  /** Under the best uplift curve. */
  readonly uplift: number;
}

/**
 * Measures the best there could be.
 *
 * @param rows Rows of an experiment.
 * @param rankings Of these rows.
 * @returns Areas for {@link measureUplift}; the same for all scores of the rows.
 */
export function bestAreas(
  rows: TreatedRows,
  { bestQini, bestUplift }: UpliftRankings,
): BestAreas {
  const stakes = stakesOf(rows);
  return {
    qini: sweep(bestQini, stakes).qini,
    uplift: sweep(bestUplift, stakes).uplift,
  };
}

/**
 * Measures a score.
 *
 * @param rows Scored rows.
 * @param rankings Of the same rows, when they are measured more than once.
 * @param best Of the same rows and weights, when there is more than one score.
 * @returns `qini`, `auuc`, and `uplift_at_10`, `_20`, `_30` in outcome units a row;
 * NaN where it cannot be told.
 */
export function measureUplift(
  rows: ScoredRows,
  rankings: UpliftRankings = rankUplift(rows),
  best: BestAreas = bestAreas(rows, rankings),
): Record<string, number> {
  const stakes = stakesOf(rows);
  const swept = sweep(rankings.score, stakes);
  const { sums, first } = swept;
  const chords = {
    qini: sums.rows * qiniGain(sums) / 2,
    uplift: sums.rows * upliftGain(sums) / 2,
  };
  return {
    qini: (swept.qini - chords.qini) / (best.qini - chords.qini),
    auuc: (swept.uplift - chords.uplift) / (best.uplift - chords.uplift),
    ...Object.fromEntries(
      SHARES.map((share, at) => [
        `uplift_at_${100 * share}`,
        meanDifference(first[at] ?? noSums()),
      ]),
    ),
  };
}

/**
 * Draws the Qini curve.
 *
 * @param rows Scored rows.
 * @returns Additional outcome among the treated rows by rows taken.
 */
export function qiniCurve(rows: ScoredRows): GainCurve {
  return drawCurve(rank(rows.score), stakesOf(rows), qiniGain);
}

/**
 * Draws the uplift curve.
 *
 * @param rows Scored rows.
 * @returns Additional outcome, were all rows taken treated, by rows taken.
 */
export function upliftCurve(rows: ScoredRows): GainCurve {
  return drawCurve(rank(rows.score), stakesOf(rows), upliftGain);
}

/**
 * Uplift among the highest scores: mean outcome of the treated less that of the
 * control rows. Of equal scores at the border each row counts in part.
 *
 * @param rows Scored rows.
 * @param share Share of the rows, (0, 1].
 * @param within Whether the share is taken of all rows, or of each arm by itself.
 * @returns Outcome units a row; NaN if an arm has no row among them.
 */
export function upliftAt(
  rows: ScoredRows,
  share: number,
  within: "all" | "arm" = "all",
): number {
  const ranking = rank(rows.score);
  const stakes = stakesOf(rows);
  if (within === "all") {
    return meanDifference(sumFirst(ranking, stakes, share));
  }
  const only = (arm: 0 | 1) => {
    const keep = rows.treated.map((one) => one === arm ? 1 : 0);
    const kept = (values: Float64Array) =>
      values.map((value, row) => value * (keep[row] as number));
    const part = {
      ...stakes,
      rows: kept(stakes.rows),
      arms: kept(stakes.arms),
    };
    return sumFirst(ranking, part, share);
  };
  const [treated, control] = [only(1), only(0)];
  return treated.treatedOutcome / treated.treatedRows -
    control.controlOutcome / control.controlRows;
}

interface Swept {
  /** Area under the Qini curve. */
  qini: number;
  /** Area under the uplift curve. */
  uplift: number;
  /** Sums over all rows. */
  readonly sums: Sums;
  /** Sums over the first rows, for each of the shares. */
  readonly first: Sums[];
}

/** Takes all rows in order, once, for all that is measured. */
function sweep({ order, ends }: Ranking, stakes: Stakes): Swept {
  const limits = limitsOf(stakes, SHARES);
  const swept: Swept = { qini: 0, uplift: 0, sums: noSums(), first: [] };
  const { sums, first } = swept;
  const group = noSums();
  let before = { qini: 0, uplift: 0 };
  let from = 0;
  for (const end of ends) {
    clearSums(group);
    for (; from < end; from++) addRow(group, stakes, order[from] as number);
    const room = (limits[first.length] ?? Infinity) - sums.rows;
    if (room <= group.rows) cutFirst(swept, group, limits);
    addSums(sums, group, 1);
    const now = { qini: qiniGain(sums), uplift: upliftGain(sums) };
    swept.qini += group.rows * (now.qini + before.qini) / 2;
    swept.uplift += group.rows * (now.uplift + before.uplift) / 2;
    before = now;
  }
  return swept;
}

/** Notes the sums at each limit that lies among rows of one score. */
function cutFirst(
  { sums, first }: Swept,
  group: Sums,
  limits: readonly number[],
): void {
  for (;;) {
    const room = (limits[first.length] ?? Infinity) - sums.rows;
    if (room > group.rows) return;
    const there = { ...sums };
    addSums(there, group, room / group.rows);
    first.push(there);
  }
}

function drawCurve(
  { order, ends }: Ranking,
  stakes: Stakes,
  gainOf: (sums: Sums) => number,
): GainCurve {
  const sums = noSums();
  const taken = new Float64Array(ends.length + 1);
  const gain = new Float64Array(ends.length + 1);
  let from = 0;
  ends.forEach((end, point) => {
    for (; from < end; from++) addRow(sums, stakes, order[from] as number);
    taken[point + 1] = sums.rows;
    gain[point + 1] = gainOf(sums);
  });
  return { taken, gain };
}

function meanDifference(sums: Sums): number {
  return sums.treatedOutcome / sums.treatedRows -
    sums.controlOutcome / sums.controlRows;
}
