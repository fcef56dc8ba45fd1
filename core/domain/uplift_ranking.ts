/**
 * Rows of an experiment in the order in which a score would treat them, and in
 * which the best score there could be would.
 *
 * @module
 */

/** Rows of an experiment, all of shape [rows]. */
export interface TreatedRows {
  /** What happened: 0 or 1, or an amount. */
  readonly outcome: Float64Array;
  /** 1 where treated, 0 where not. */
  readonly treated: Uint8Array;
  /** How much each row counts; each counts 1 if absent. */
  readonly weight?: Float64Array;
  /** Chance that each row had of being treated, (0, 1); the same for all if absent. */
  readonly propensity?: Float64Array;
}

/** Rows of an experiment with what a model says of them. */
export interface ScoredRows extends TreatedRows {
  /** Highest first to be treated, without NaN. */
  readonly score: Float64Array;
}

/** Rows by descending score. */
export interface Ranking {
  /** Shape [rows]. */
  readonly order: Uint32Array;
  /** Places after the last row of each distinct score. */
  readonly ends: Uint32Array;
}

/** Rankings that the measures of one score need. */
export interface UpliftRankings {
  /** By the score itself. */
  readonly score: Ranking;
  /** By the score of the best Qini curve. */
  readonly bestQini: Ranking;
  /** By the score of the best uplift curve, of which weights decide between two for outcomes 0 and 1. */
  readonly bestUplift: Ranking;
}

/**
 * Ranks rows by the score, and as the best scores would.
 *
 * @param rows Scored rows.
 * @param best Rankings of the same rows by another score, of which all but the
 * score's own hold again.
 * @returns Rankings for `measureUplift`.
 * @throws {RangeError} If a score is NaN, or lengths differ.
 */
export function rankUplift(
  rows: ScoredRows,
  best?: UpliftRankings,
): UpliftRankings {
  const { outcome, treated, score } = rows;
  if (score.length !== outcome.length || treated.length !== outcome.length) {
    throw new RangeError("Cannot rank rows: their columns differ in length");
  }
  if (best) return { ...best, score: rank(score) };
  const signed = outcome.map((value, row) =>
    treated[row] === 1 ? value : -value
  );
  return {
    score: rank(score),
    bestQini: rank(signed),
    bestUplift: isBinary(outcome) ? rank(bestOfBinary(rows)) : rank(signed),
  };
}

/**
 * Ranks rows; the order of equal scores is that of the rows.
 *
 * @param score Shape [rows].
 * @returns Descending.
 * @throws {RangeError} If a score is NaN.
 */
export function rank(score: Float64Array): Ranking {
  const nowhere = score.findIndex(Number.isNaN);
  if (nowhere >= 0) {
    throw new RangeError(`Cannot rank row "${nowhere}": its score is NaN`);
  }
  const distinct = score.toSorted().filter((value, at, all) =>
    value !== all[at - 1]
  )
    .reverse();
  const groups = Uint32Array.from(score, (value) => placeOf(value, distinct));
  const ends = new Uint32Array(distinct.length);
  for (const group of groups) ends[group] = (ends[group] as number) + 1;
  ends.forEach((count, at) =>
    ends[at] = count + (at > 0 ? ends[at - 1] as number : 0)
  );
  const order = new Uint32Array(score.length);
  const free = Uint32Array.from(
    ends,
    (_, at) => at > 0 ? ends[at - 1] as number : 0,
  );
  groups.forEach((group, row) => {
    const place = free[group] as number;
    order[place] = row;
    free[group] = place + 1;
  });
  return { order, ends };
}

/** Place of a value among others in descending order. */
function placeOf(value: number, descending: Float64Array): number {
  let low = 0;
  let high = descending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((descending[middle] as number) <= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Treated responders first, control responders last, as the scarcer of the rest says. */
function bestOfBinary({ outcome, treated, weight }: TreatedRows): Float64Array {
  let controlResponders = 0;
  let treatedOthers = 0;
  outcome.forEach((value, row) => {
    const counts = weight?.[row] ?? 1;
    if (value === 1 && treated[row] !== 1) controlResponders += counts;
    if (value === 0 && treated[row] === 1) treatedOthers += counts;
  });
  const byOutcome = controlResponders > treatedOthers;
  return outcome.map((value, row) => {
    const arm = treated[row] as number;
    return (value === arm ? 2 : 0) + (byOutcome ? value : arm);
  });
}

function isBinary(outcome: Float64Array): boolean {
  return outcome.every((value) => value === 0 || value === 1);
}
