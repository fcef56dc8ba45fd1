/**
 * A stretch of the past that is planned again with the money that was spent in it.
 *
 * Bounds are shares of each entity's part in the weeks before, at the stretch's own
 * total, so that every method has a plan and all of them spend the same.
 *
 * @module
 */
import type { Day } from "../../domain/day.ts";
import type { EntityKey } from "../../domain/entity.ts";
import type { FittedCurve } from "../../domain/score.ts";

/** What was spent and what came of it, by day. */
export interface SpendLog {
  /** Each day, without gaps. */
  readonly days: readonly Day[];
  /** Who spent. */
  readonly entities: readonly LoggedEntity[];
}

/** One entity's days. */
export interface LoggedEntity {
  /** Who. */
  readonly entity: EntityKey;
  /** Spend, micros a day, shape [days]. */
  readonly spend: Float64Array;
  /** Outcome in its unit, shape [days]. */
  readonly outcome: Float64Array;
}

/** A stretch to plan again. Amounts are micros a day. */
export interface Window {
  /** First day of it, and the day after its last, as places in the log. */
  readonly from: number;
  readonly until: number;
  /** Curves as they were known before it, shape [entities]. */
  readonly curves: readonly FittedCurve[];
  /** What was spent in the mean, shape [entities]. */
  readonly done: Float64Array;
  /** The same total in the shares of the days before, shape [entities]. */
  readonly before: Float64Array;
  /** Least and most, shape [entities]. */
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  /** All together. */
  readonly total: number;
}

/** How windows are cut. */
export interface WindowOptions {
  /** First day planned, as a place in the log; at least {@link BEFORE_DAYS}. */
  readonly from: number;
  /** Place after the last day planned. */
  readonly until: number;
  /** Days of one window, at least 1; the last may be shorter. */
  readonly every: number;
  /** Share by which an entity may get more or less than its part, 0.5 for ±50 %. */
  readonly changeMost: number;
}

/** Days that say what an entity's part is. */
export const BEFORE_DAYS = 28;

/**
 * Cuts windows.
 *
 * @param curvesAt Curves known before a day, shape [entities].
 */
export function cutWindows(
  log: SpendLog,
  { from, until, every, changeMost }: WindowOptions,
  curvesAt: (place: number) => readonly FittedCurve[],
): Window[] {
  const windows: Window[] = [];
  for (let start = from; start < until; start += every) {
    const end = Math.min(start + every, until);
    const done = meanSpend(log, start, end);
    const total = sum(done);
    const recent = meanSpend(log, Math.max(0, start - BEFORE_DAYS), start);
    const scale = total / sum(recent);
    const before = recent.map((spend) => spend * scale);
    if (!(total > 0) || !Number.isFinite(scale)) continue;
    windows.push({
      ...{ from: start, until: end, done, before, total },
      curves: curvesAt(start),
      lo: before.map((spend) => spend * Math.max(0, 1 - changeMost)),
      hi: before.map((spend) => spend * (1 + changeMost)),
    });
  }
  return windows;
}

function meanSpend(
  { entities }: SpendLog,
  from: number,
  until: number,
): Float64Array {
  return Float64Array.from(
    entities,
    ({ spend }) => sum(spend.subarray(from, until)) / (until - from),
  );
}

/** Sum of numbers. */
export function sum(values: Float64Array): number {
  return values.reduce((all, value) => all + value, 0);
}
