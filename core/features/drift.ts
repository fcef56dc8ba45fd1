/**
 * Whether the values of a run are spread otherwise than those of the runs before.
 *
 * The population stability index Σ (c − r) × ln(c ÷ r) of shares r before and c now is
 * compared with what chance makes of it: without drift, it is about
 * (1/n + 1/m) × χ² with bins − 1 degrees of freedom, for n and m entities. A feature
 * drifts if it is above the quantile of that and of any size to speak of, against every
 * one of the runs before that are given: what was so in any of them is no drift.
 * The chance of a false alarm is at most 1 percent for all features of a run together.
 *
 * Numbers are counted in the bins between the quartiles of the run before, which are of
 * equal mass. Where many values are equal to a quartile, any share of them may have been
 * on either side, so that means are compared in place of bins: the square of their
 * distance in standard deviations, which is about the index of normal values, with one
 * degree of freedom. Runs of the same entities differ by less than chance would make
 * them, so that there are fewer false alarms.
 *
 * @see Yurdakul and Naranjo (2020), Statistical properties of the population stability
 * index, Journal of Risk Model Validation 14(4)
 * @module
 */
import { criticalIndex, stabilityIndex } from "../domain/stability.ts";
import type { FeatureStatistics } from "../ports/features.ts";
import type { CutCounts } from "../ports/trust.ts";

/** A feature whose values are spread otherwise than before. */
export interface Drift {
  readonly feature: string;
  /** `nulls`: how many have no value; `range`: far beyond the values before; else how they are spread. */
  readonly what: "nulls" | "range" | "spread";
  /** The index; for `range`, how many times as wide the values are. */
  readonly size: number;
  /** What it would have to be at most. */
  readonly limit: number;
}

const FALSE_ALARMS = 0.01;
/** An index below says nothing to anybody: a shift by less than 0.07 standard deviations. */
const LEAST_INDEX = 0.005;
/** A range so many times as wide is another unit, or a mistake. */
const WIDER = 10;
/** Share of the values that may be equal to a quartile for the bins to be as they were. */
const TIED = 0.01;
/** Where the quartiles are among the kept quantiles, and what is below each. */
const QUARTILES = [[2, 0.25], [3, 0.5], [4, 0.75]] as const;

/** An earlier run, and what is kept now counted by its quartiles. */
export interface EarlierRun {
  readonly statistics: readonly FeatureStatistics[];
  /** Counts at the quartiles of each feature of numbers. */
  readonly counts: readonly CutCounts[];
}

/** Values of each feature of numbers by which to count: the quartiles. */
export function cutsOf(
  statistics: readonly FeatureStatistics[],
): readonly { readonly feature: string; readonly cuts: readonly number[] }[] {
  return statistics.flatMap(({ feature, numbers }) =>
    numbers === null ? [] : [{
      feature,
      cuts: QUARTILES.map(([place]) => numbers.quantiles[place] ?? NaN),
    }]
  );
}

/**
 * Compares a run with those before.
 *
 * @param now Statistics of the run.
 * @param before Earlier runs; none says nothing.
 */
export function findDrift(
  now: readonly FeatureStatistics[],
  before: readonly EarlierRun[],
): readonly Drift[] {
  const chance = FALSE_ALARMS / Math.max(now.length, 1);
  return now.flatMap((one) => {
    const { feature } = one;
    const earlier = before.flatMap(({ statistics, counts }) => {
      const other = statistics.find((other) => other.feature === feature);
      const counted = counts.find((other) => other.feature === feature);
      return other === undefined || other.rows === 0
        ? []
        : [{ other, counted: counted ?? null }];
    });
    if (earlier.length === 0 || one.rows === 0) return [];
    const drifts = earlier.map(({ other, counted }) =>
      compare(one, other, { counted, chance })
    );
    return (drifts[0] ?? []).filter(({ what }) =>
      drifts.every((found) => found.some((other) => other.what === what))
    );
  });
}

function compare(
  now: FeatureStatistics,
  before: FeatureStatistics,
  { counted, chance }: {
    readonly counted: CutCounts | null;
    readonly chance: number;
  },
): Drift[] {
  const { feature } = now;
  const nulls = judge(
    [now.nulls, now.rows - now.nulls],
    [before.nulls, before.rows - before.nulls],
    chance,
  );
  const wider = widthOf(now) / widthOf(before);
  const judged = judgeSpread(now, before, { counted, chance });
  return [
    ...nulls === null ? [] : [{ feature, what: "nulls" as const, ...nulls }],
    ...wider > WIDER
      ? [{ feature, what: "range" as const, size: wider, limit: WIDER }]
      : [],
    ...judged === null ? [] : [{ feature, what: "spread" as const, ...judged }],
  ];
}

function judgeSpread(
  now: FeatureStatistics,
  before: FeatureStatistics,
  { counted, chance }: {
    readonly counted: CutCounts | null;
    readonly chance: number;
  },
): Judged | null {
  if (counted !== null && isTied(counted)) {
    return judgeMeans(now, before, chance);
  }
  const spread = counted === null
    ? categoryCounts(now, before)
    : numberCounts(before, counted);
  return spread === null ? null : judge(...spread, chance);
}

function isTied({ known, below, upTo }: CutCounts): boolean {
  return upTo.some((count, cut) => count - (below[cut] ?? 0) > TIED * known);
}

function judgeMeans(
  now: FeatureStatistics,
  before: FeatureStatistics,
  chance: number,
): Judged | null {
  if (now.numbers === null || before.numbers === null) return null;
  const [n, m] = [now.rows - now.nulls, before.rows - before.nulls];
  const variance = (n * now.numbers.deviation ** 2 +
    m * before.numbers.deviation ** 2) / (n + m);
  const distance = now.numbers.mean - before.numbers.mean;
  if (distance === 0) return null;
  const critical = criticalIndex({ n, m, bins: 2, chance });
  return judged(distance ** 2 / variance, critical);
}

/** An index that is too high. */
interface Judged {
  readonly size: number;
  readonly limit: number;
}

function judged(size: number, critical: number): Judged | null {
  const limit = Math.max(critical, LEAST_INDEX);
  return size > limit ? { size, limit } : null;
}

/** The index if it is too high; null if it is not. */
function judge(
  now: readonly number[],
  before: readonly number[],
  chance: number,
): Judged | null {
  const [n, m] = [sum(now), sum(before)];
  if (n === 0 || m === 0) return null;
  const critical = criticalIndex({ n, m, bins: now.length, chance });
  return judged(stabilityIndex(before, now), critical);
}

type Counts = [now: number[], before: number[]];

function numberCounts(
  { rows, nulls }: FeatureStatistics,
  { known, upTo }: CutCounts,
): Counts | null {
  if (known === 0) return null;
  const shares = QUARTILES.map((_, cut) => (upTo[cut] ?? 0) / known);
  const bins = (ends: readonly number[], of: number) =>
    [...ends, 1].map((end, bin) => (end - (ends[bin - 1] ?? 0)) * of);
  const usual = QUARTILES.map(([, share]) => share);
  return [bins(shares, known), bins(usual, rows - nulls)];
}

/** The most frequent of both, and the rest as one. */
function categoryCounts(
  now: FeatureStatistics,
  before: FeatureStatistics,
): Counts | null {
  const sides = [now, before].map(({ categories, rows, nulls }) => ({
    counts: new Map(categories?.top ?? []),
    known: rows - nulls,
  }));
  const [here, there] = sides;
  if (here === undefined || there === undefined) return null;
  const words = [...there.counts.keys()].filter((word) =>
    here.counts.has(word)
  );
  const [counts = [], usual = []] = sides.map(({ counts, known }) => {
    const listed = words.map((word) => counts.get(word) ?? 0);
    return [...listed, known - sum(listed)];
  });
  const rest = words.length;
  const isWhole = counts[rest] === 0 && usual[rest] === 0;
  const bins = isWhole ? rest : rest + 1;
  return bins < 2 ? null : [counts.slice(0, bins), usual.slice(0, bins)];
}

/** From the least to the greatest, or to 0 if that is farther; of nothing infinite. */
function widthOf({ numbers }: FeatureStatistics): number {
  if (numbers === null) return Infinity;
  return Math.max(numbers.max, 0) - Math.min(numbers.min, 0);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, one) => total + one, 0);
}

/** Says a drift in one line. */
export function printDrift({ feature, what, size, limit }: Drift): string {
  const sized = Number(size.toPrecision(3));
  if (what === "range") {
    return `${feature}: its values reach ${sized} times as far as before`;
  }
  const said = what === "nulls"
    ? "another share has no value"
    : "its values are spread otherwise than before";
  return `${feature}: ${said} (index ${sized}, at most ${
    Number(limit.toPrecision(3))
  } expected)`;
}
