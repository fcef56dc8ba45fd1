/**
 * How the level of a daily series after a change compares with the level before, with
 * an interval that holds however often one looks.
 *
 * The days are a linear model with one level for each weekday and one effect of the
 * change. Its effect has an exact confidence sequence under normal noise of unknown
 * size: the mixture of likelihood ratios over a normal prior on the effect, invariant
 * to levels and scale, is a martingale from the first day on, so that it passes 1/α on
 * any day with a chance of at most α (Ville). A ratio is tried by dividing the days
 * after by it: if it is the true one, the effect is nought. The ratios that are not
 * refused are the interval.
 *
 * Days that follow each other are alike. Explained squares are therefore divided by
 * (1 + r) / (1 − r), by which a mean of such days takes longer to settle, where r is an
 * upper estimate of the lag-one correlation of what the model leaves. That part is an
 * approximation; the test beside it measures false alarms with and without correlation.
 *
 * @see Lindon, Ham, Tingley and Bojinov (2022), Anytime-Valid Linear Models and
 * Regression Adjusted Causal Inference in Randomized Experiments, arXiv:2210.08589
 * @see Howard, Ramdas, McAuliffe and Sekhon (2021), Time-uniform, nonparametric,
 * nonasymptotic confidence sequences, Annals of Statistics 49(2)
 * @module
 */
import { type Day, DAY_MS } from "../../domain/day.ts";

/** What was seen on one day. */
export interface DayLevel {
  readonly day: Day;
  readonly level: number;
}

/** Days before and after a change. */
export interface Comparison {
  readonly before: readonly DayLevel[];
  readonly after: readonly DayLevel[];
}

/** Ratio of after to before, and where it lies. */
export interface AnytimeRatio {
  readonly ratio: number;
  /** From at least 0 to at most infinity. */
  readonly interval: readonly [number, number];
}

/** Of the prior on the effect, which is counted in standard deviations of a day. */
const PRIOR_PRECISION = 0.3;
/** How far above its estimate the correlation of days is taken to be, standard errors. */
const CORRELATION_MARGIN = 0.5;
const MOST_CORRELATION = 0.9;
/** Squares that the effect explains for each that it leaves: no days are alike exactly. */
const MOST_SHARE = 1e9;
const HALVINGS = 30;
/** Farthest that a bound is looked for, as a factor of the ratio. */
const FARTHEST = 1e6;
const WEEK = 7;

/**
 * Compares.
 *
 * @param comparison Days in order; days after on a weekday that was not seen before are
 * left out.
 * @param alpha Chance that the interval ever misses the true ratio, in (0, 1).
 * @returns Null if there are too few days, or there was nothing before.
 */
export function compareAnytime(
  { before, after }: Comparison,
  alpha: number,
): AnytimeRatio | null {
  const earlier = numbered(before);
  const known = new Set(earlier.map(({ at }) => at % WEEK));
  const later = numbered(after).filter(({ at }) => known.has(at % WEEK));
  const weekdays = sortByWeekday(earlier, later);
  const freedom = earlier.length + later.length - weekdays.length - 1;
  const base = weigh(weekdays, (weekday) => mean(weekday.before));
  if (later.length === 0 || freedom < 1 || !(base > 0)) return null;
  const ratio = weigh(weekdays, (weekday) => mean(weekday.after)) / base;
  const scale = ratio > 0 ? ratio : 1;
  const days = [...earlier, ...divided(later, scale)];
  const tried = {
    ...{ weekdays, freedom, alpha },
    inflation: inflate(days, freedom),
  };
  if (ratio <= 0) {
    const hi = isRefused(tried, scale) ? 0 : Infinity;
    return { ratio, interval: [0, hi] };
  }
  return {
    ratio,
    interval: [
      findBound(tried, scale, 1 / FARTHEST),
      findBound(tried, scale, FARTHEST),
    ],
  };
}

interface Numbered {
  /** Days since 1970. */
  readonly at: number;
  readonly level: number;
}

function numbered(days: readonly DayLevel[]): Numbered[] {
  return days.map(({ day, level }) => ({
    at: Math.round(Date.parse(`${day}T00:00:00.000Z`) / DAY_MS),
    level,
  }));
}

function divided(days: readonly Numbered[], ratio: number): Numbered[] {
  return days.map(({ at, level }) => ({ at, level: level / ratio }));
}

interface Weekday {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** What it tells of the effect: n₀ n₁ / (n₀ + n₁). */
  readonly weight: number;
}

function sortByWeekday(
  earlier: readonly Numbered[],
  later: readonly Numbered[],
): Weekday[] {
  const after = Map.groupBy(later, ({ at }) => at % WEEK);
  return [...Map.groupBy(earlier, ({ at }) => at % WEEK)].map(
    ([weekday, days]) => {
      const follow = after.get(weekday) ?? [];
      return {
        before: days.map(({ level }) => level),
        after: follow.map(({ level }) => level),
        weight: days.length * follow.length / (days.length + follow.length),
      };
    },
  );
}

interface Tried {
  readonly weekdays: readonly Weekday[];
  /** Days less what was fitted to them. */
  readonly freedom: number;
  readonly alpha: number;
  readonly inflation: number;
}

/** The ratio farthest from one that is kept, towards a factor of it, that is kept too. */
function findBound(tried: Tried, ratio: number, factor: number): number {
  if (!isRefused(tried, ratio * factor)) return factor < 1 ? 0 : Infinity;
  let kept = 0;
  let refused = Math.log(factor);
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (kept + refused) / 2;
    if (isRefused(tried, ratio * Math.exp(middle))) refused = middle;
    else kept = middle;
  }
  return ratio * Math.exp(refused);
}

/** Whether the evidence against a ratio has reached 1/α. */
function isRefused(
  { weekdays, freedom, alpha, inflation }: Tried,
  ratio: number,
): boolean {
  const weight = weekdays.reduce((sum, weekday) => sum + weekday.weight, 0);
  const effect = weigh(
    weekdays,
    ({ before, after }) => mean(after) / ratio - mean(before),
  );
  const explained = weight * effect ** 2;
  if (explained === 0) return false;
  const squares = weekdays.reduce(
    (sum, { before, after }) =>
      sum + squaresOf([...before, ...after.map((level) => level / ratio)]),
    0,
  );
  const residual = Math.max(squares - explained, explained / MOST_SHARE);
  const share = explained / inflation / residual;
  const shrink = PRIOR_PRECISION / (PRIOR_PRECISION + weight);
  const evidence = Math.log(shrink) / 2 +
    (freedom + 1) / 2 * (Math.log1p(share) - Math.log1p(shrink * share));
  return evidence >= Math.log(1 / alpha);
}

/** Squares about the mean. */
function squaresOf(levels: readonly number[]): number {
  const middle = mean(levels);
  return levels.reduce((sum, level) => sum + (level - middle) ** 2, 0);
}

/** How much longer a mean takes to settle than of independent days. */
function inflate(days: readonly Numbered[], freedom: number): number {
  const middles = new Map(
    [...Map.groupBy(days, ({ at }) => at % WEEK)].map(([weekday, same]) => [
      weekday,
      mean(same.map(({ level }) => level)),
    ]),
  );
  const rests = new Map(
    days.map(({ at, level }) => [at, level - (middles.get(at % WEEK) ?? 0)]),
  );
  let squares = 0;
  let products = 0;
  for (const [at, rest] of rests) {
    squares += rest ** 2;
    products += rest * (rests.get(at + 1) ?? 0);
  }
  const estimate = squares > 0 ? products / squares : 0;
  const upper = estimate + CORRELATION_MARGIN / Math.sqrt(freedom);
  const correlation = Math.min(MOST_CORRELATION, Math.max(0, upper));
  return (1 + correlation) / (1 - correlation);
}

/** The mean over weekdays that were seen before and after, by what each tells. */
function weigh(
  weekdays: readonly Weekday[],
  of: (weekday: Weekday) => number,
): number {
  const seen = weekdays.filter(({ weight }) => weight > 0);
  const all = seen.reduce((sum, { weight }) => sum + weight, 0);
  return seen.reduce((sum, one) => sum + one.weight * of(one), 0) / all;
}

function mean(levels: readonly number[]): number {
  return levels.reduce((sum, level) => sum + level, 0) / levels.length;
}
