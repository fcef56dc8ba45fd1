/**
 * When a source tells a metric in another unit than before.
 *
 * On a scale of decimal orders, the sizes of a metric over the signals of a day have a
 * level, their median. The days are parted where levels before and after fit best (least
 * absolute deviations); the distance between the two parts is a change of unit if
 *
 * - it is a factor of more than 5, and 6 robust standard deviations of the days before,
 *   as no day before was, or in a week and more few were;
 * - it came from one week to the next: growth is no change of unit;
 * - small and large signals moved alike: another mix of campaigns is none;
 * - there are about as many signals as before: neither is another grain;
 * - no other metric of the same signals moved along: ten times the budget brings more
 *   clicks as well. Money is compared with what is not money, as a source that mistakes
 *   one amount mistakes all.
 *
 * A fall must last three days: what is new may be told in part at first.
 *
 * @module
 */
import type { Day } from "../domain/day.ts";
import { METRICS } from "../domain/signal.ts";
import type { DayProfile, MetricLevel, WatchedMetric } from "../ports/trust.ts";

/** A metric whose unit changed. */
export interface UnitChange {
  readonly since: Day;
  /** How many times as large it is as before. */
  readonly factor: number;
}

/** Least shift, decimal orders. */
const LEAST_SHIFT = Math.log10(5);
const LEAST_BEFORE = 14;
const LEAST_FALL_DAYS = 3;
const WEEK = 7;
/** Least shift in standard deviations, and the least of those that is believed. */
const DEVIATIONS = 6;
const LEAST_DEVIATION = 0.03;
/** Signals so few that their levels are hardly known, and then the least shift. */
const FEW = 5;
const DEVIATIONS_OF_FEW = 9;
/** Standard deviations for one median absolute deviation, of normal values. */
const PER_MEDIAN = 1.4826;
/** Share of the days before that may have been as far once it lasts a week. */
const EXCEPTIONS = 0.1;
/** By how much small and large signals may move otherwise, decimal orders. */
const ALIKE = 0.4;
/** By how much the number of signals may change, decimal orders. */
const AS_MANY = Math.log10(3);

/** A day's sizes, decimal orders. */
interface Level {
  readonly day: Day;
  readonly signals: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

interface Parted {
  readonly before: readonly Level[];
  readonly after: readonly Level[];
}

/** Finds the last change of a metric's unit that still holds; null if there is none. */
export function findUnitChange(
  days: readonly DayProfile[],
  metric: WatchedMetric,
): UnitChange | null {
  const parted = part(levelsOf(days, metric));
  const since = parted?.after[0]?.day;
  if (parted === null || since === undefined) return null;
  const shift = shiftOf(parted, ({ middle }) => middle);
  const moved = isLarge(parted, shift) && isSudden(parted, shift) &&
    isOfAll(parted, shift) && areAsMany(parted) &&
    !movesAlong(days, { metric, since, shift });
  return moved ? { since, factor: 10 ** shift } : null;
}

function levelsOf(
  days: readonly DayProfile[],
  metric: WatchedMetric,
): readonly Level[] {
  return days.flatMap(({ day, levels }) => {
    const level = levels.find((one) => one.metric === metric);
    return level === undefined || level.low <= 0
      ? []
      : [{ day, signals: level.signals, ...ordersOf(level) }];
  });
}

function ordersOf({ low, median, high }: MetricLevel) {
  return {
    low: Math.log10(low),
    middle: Math.log10(median),
    high: Math.log10(high),
  };
}

/** Where levels before and after fit best; null if there are too few days. */
function part(levels: readonly Level[]): Parted | null {
  let best: { readonly misfit: number; readonly parted: Parted } | null = null;
  for (let from = LEAST_BEFORE; from < levels.length; from++) {
    const parted = { before: levels.slice(0, from), after: levels.slice(from) };
    const misfit = misfitOf(parted.before) + misfitOf(parted.after);
    if (best === null || misfit < best.misfit) best = { misfit, parted };
  }
  return best?.parted ?? null;
}

function misfitOf(levels: readonly Level[]): number {
  const middle = medianOf(levels, ({ middle }) => middle);
  return levels.reduce((sum, one) => sum + Math.abs(one.middle - middle), 0);
}

function shiftOf({ before, after }: Parted, of: (one: Level) => number) {
  return medianOf(after, of) - medianOf(before, of);
}

/** Larger than anything before, on every day since. */
function isLarge({ before, after }: Parted, shift: number): boolean {
  const usual = medianOf(before, ({ middle }) => middle);
  const deviation = PER_MEDIAN *
    medianOf(before, ({ middle }) => Math.abs(middle - usual));
  const sign = Math.sign(shift);
  const isFew = after.reduce((sum, { signals }) => sum + signals, 0) < FEW;
  const least = Math.max(
    LEAST_SHIFT,
    (isFew ? DEVIATIONS_OF_FEW : DEVIATIONS) *
      Math.max(deviation, LEAST_DEVIATION),
  );
  return Math.abs(shift) > least &&
    after.length >= (sign < 0 ? LEAST_FALL_DAYS : 1) &&
    after.every(({ middle }) => sign * (middle - usual) > sign * shift / 2) &&
    before.filter(({ middle }) => sign * (middle - usual) > sign * shift / 2)
        .length <= (after.length < WEEK ? 0 : EXCEPTIONS * before.length);
}

function isSudden({ before, after }: Parted, shift: number): boolean {
  const near = { before: before.slice(-WEEK), after: after.slice(0, WEEK) };
  const sudden = shiftOf(near, ({ middle }) => middle);
  return Math.sign(shift) * sudden > LEAST_SHIFT;
}

function isOfAll(parted: Parted, shift: number): boolean {
  return [({ low }: Level) => low, ({ high }: Level) => high].every((of) =>
    Math.abs(shiftOf(parted, of) - shift) < ALIKE
  );
}

function areAsMany({ before, after }: Parted): boolean {
  const near = { before: before.slice(-2 * WEEK), after };
  const more = shiftOf(near, ({ signals }) => Math.log10(signals));
  return Math.abs(more) < AS_MANY;
}

/** Whether another metric of the same signals moved about as far. */
function movesAlong(
  days: readonly DayProfile[],
  { metric, since, shift }: {
    readonly metric: WatchedMetric;
    readonly since: Day;
    readonly shift: number;
  },
): boolean {
  const others = new Set(
    days.flatMap(({ levels }) => levels.map((one) => one.metric)),
  );
  return [...others].some((other) => {
    if (other === metric || isMoney(metric) && isMoney(other)) return false;
    const levels = levelsOf(days, other);
    const before = levels.filter(({ day }) => day < since);
    const after = levels.filter(({ day }) => day >= since);
    if (before.length < LEAST_BEFORE || after.length === 0) return false;
    const along = shiftOf({ before, after }, ({ middle }) => middle);
    return Math.abs(along - shift) < LEAST_SHIFT;
  });
}

function isMoney(metric: WatchedMetric): boolean {
  return metric === "value_micros" || METRICS[metric] === "micros";
}

function medianOf(
  levels: readonly Level[],
  of: (one: Level) => number,
): number {
  const sorted = levels.map(of).sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1
    ? upper
    : ((sorted[half - 1] ?? NaN) + upper) / 2;
}
