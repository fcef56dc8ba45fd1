/**
 * Which inputs, and whether the score, are spread otherwise than where the model was
 * measured. Whether chance could have done it is judged by Pearson's χ² of the counts,
 * for so many rows; how large it is, by the population stability index. (The index
 * itself has heavier tails than χ² for a hundred rows: one look in six would alarm.)
 *
 * A look accepts one false alarm in `1 / chance` looks, over all columns together
 * (Holm), whatever the number of rows and columns.
 *
 * @see Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure,
 * Scandinavian Journal of Statistics 6(2)
 * @module
 */
import { chiSquareTail } from "../../domain/distributions.ts";
import type { ReferenceColumn } from "../../domain/evidence.ts";
import type { FeatureValue } from "../../domain/feature.ts";
import { countValues } from "../../domain/reference_spread.ts";
import { stabilityIndex } from "../../domain/stability.ts";

/** An index below says nothing to anybody: a shift by less than 0.07 standard deviations. */
const LEAST_INDEX = 0.005;
/** Fewest rows that say anything. */
const LEAST_ROWS = 50;

/** A column that is spread otherwise. */
export interface SpreadShift {
  /** Name of the input, or `score`. */
  readonly name: string;
  /** Population stability index. */
  readonly index: number;
  /** Chance of so much if nothing moved. */
  readonly tail: number;
  /** Share of the rows that lie in other bins than they would, [0, 1]. */
  readonly moved: number;
}

/**
 * Compares columns with their references.
 *
 * @param columns References with the values now, null for missing.
 * @param chance How often a look may alarm although nothing moved, (0, 1).
 * @returns Columns that moved, the largest index first.
 */
export function findShifts(
  columns: readonly {
    readonly reference: ReferenceColumn;
    readonly values: readonly FeatureValue[];
  }[],
  chance: number,
): readonly SpreadShift[] {
  const compared = columns.flatMap(({ reference, values }) =>
    compare(reference, values) ?? []
  ).sort((a, b) => a.tail - b.tail);
  const chanceful = compared.findIndex(({ tail }, place) =>
    tail > chance / (compared.length - place)
  );
  return compared.slice(0, chanceful < 0 ? compared.length : chanceful)
    .filter(({ index }) => index > LEAST_INDEX)
    .sort((a, b) => b.index - a.index);
}

function compare(
  reference: ReferenceColumn,
  values: readonly FeatureValue[],
): SpreadShift | null {
  const [now, before] = usedBins(
    countValues(reference, values),
    reference.counts,
  );
  const [n, m] = [total(now), total(before)];
  const bins = now.length;
  if (bins < 2 || n < LEAST_ROWS || m < LEAST_ROWS) return null;
  return {
    name: reference.name,
    index: stabilityIndex(before, now),
    tail: chiSquareTail(pearson(now, before), bins - 1),
    moved: now.reduce(
      (sum, count, bin) => sum + Math.abs(count / n - (before[bin] ?? 0) / m),
      0,
    ) / 2,
  };
}

/** χ² of two samples counted in the same bins. */
function pearson(now: readonly number[], before: readonly number[]): number {
  const [n, m] = [total(now), total(before)];
  return now.reduce((sum, count, bin) => {
    const usual = before[bin] ?? 0;
    return sum + n * m * (count / n - usual / m) ** 2 / (count + usual);
  }, 0);
}

/**
 * Bins that hold anything on either side. Those in which fewer than five rows would be
 * expected are put together: χ² does not hold there.
 */
function usedBins(
  now: readonly number[],
  before: readonly number[],
): [number[], number[]] {
  const share = total(now) / (total(now) + total(before));
  const kept: [number[], number[]] = [[], []];
  const rest = [0, 0];
  now.forEach((count, bin) => {
    const usual = before[bin] ?? 0;
    const expected = (count + usual) * Math.min(share, 1 - share);
    if (expected >= LEAST_EXPECTED) {
      kept[0].push(count);
      kept[1].push(usual);
    } else {
      rest[0] = (rest[0] ?? 0) + count;
      rest[1] = (rest[1] ?? 0) + usual;
    }
  });
  const [fresh = 0, usual = 0] = rest;
  if (fresh + usual > 0) {
    kept[0].push(fresh);
    kept[1].push(usual);
  }
  return kept;
}

const LEAST_EXPECTED = 5;

function total(counts: readonly number[]): number {
  return counts.reduce((sum, one) => sum + one, 0);
}
