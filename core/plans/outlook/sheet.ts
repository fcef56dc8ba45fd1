/**
 * Draws in columns, scaled so that amounts and slopes are of the order of 1.
 *
 * Site i · draws + d is entity i in draw d.
 *
 * @module
 */
import {
  type ConcaveCurves,
  layCurves,
  look,
} from "../interior/concave_curves.ts";
import type { OutlookProblem } from "./problem.ts";

/** Columns of an outlook problem. */
export interface OutlookSheet {
  readonly count: number;
  readonly draws: number;
  readonly amountUnit: number;
  readonly outcomeUnit: number;
  readonly curves: ConcaveCurves;
  /** Bounds of amounts, scaled, shape [entities]. */
  readonly lo: Float64Array;
  readonly hi: Float64Array;
  readonly free: Uint8Array;
  /** Amounts to start from. */
  readonly start: Float64Array;
  /** Outcome of each draw at the current amounts, scaled. */
  readonly outcomes: Float64Array;
  /** Derivatives at the current amounts, scaled, shape [sites]. */
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Lays a checked problem out. */
export function laySheet(
  { entities, budget }: OutlookProblem,
  draws: number,
): OutlookSheet {
  const count = entities.length;
  const held = entities.reduce((sum, { lo }) => sum + lo, 0);
  const room = entities.reduce((sum, { lo, hi }) => sum + hi - lo, 0);
  const choice = budget - held > 1e-12 * budget;
  const free = Uint8Array.from(
    entities,
    ({ lo, hi }) => choice && hi > lo ? 1 : 0,
  );
  const open = free.reduce((sum, one) => sum + one, 0);
  const amountUnit = Math.max(budget - held, 1e-9 * budget) /
      Math.max(open, 1) || 1;
  const share = Math.min(0.9999, Math.max(1e-4, (budget - held) / room || 0));
  const column = (read: (entity: typeof entities[number]) => number) =>
    Float64Array.from(entities, (entity) => read(entity) / amountUnit);
  const most = (hi: number, lo: number) => Math.min(hi, lo + budget - held);
  const sheet = {
    count,
    draws,
    amountUnit,
    outcomeUnit: 1,
    curves: layCurves(
      entities.flatMap((entity) => entity.draws),
      Int32Array.from({ length: count * draws }, (_, site) => site),
      amountUnit,
    ),
    lo: column(({ lo }) => lo),
    hi: column(({ hi }) => hi),
    free,
    start: column(({ lo, hi }) =>
      lo + (choice ? share * (most(hi, lo) - lo) : 0)
    ),
    outcomes: new Float64Array(draws),
    first: new Float64Array(count * draws),
    second: new Float64Array(count * draws),
  };
  respondToDraws(sheet, sheet.start);
  let rise = 0;
  sheet.first.forEach((slope, site) =>
    rise += slope * (sheet.start[Math.floor(site / draws)] as number)
  );
  const unit = Math.max(rise, 1e-6 * sum(sheet.outcomes)) / draws;
  return { ...sheet, outcomeUnit: unit / Math.max(open, 1) || 1 };
}

/** Moves to scaled amounts: fills outcomes and derivatives by the stand-ins. */
export function respondToDraws(sheet: OutlookSheet, x: Float64Array): void {
  const { count, draws, curves, outcomes, first, second, outcomeUnit } = sheet;
  outcomes.fill(0);
  for (let at = 0; at < count; at++) {
    const amount = x[at] as number;
    for (let draw = 0; draw < draws; draw++) {
      const site = at * draws + draw;
      look(curves, site, amount);
      outcomes[draw] = (outcomes[draw] as number) + curves.value / outcomeUnit;
      first[site] = curves.first / outcomeUnit;
      second[site] = Math.min(curves.second, 0) / outcomeUnit;
    }
  }
}

/** Σ of all. */
export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
