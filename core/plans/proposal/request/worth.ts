/**
 * What outcomes and spend are worth to a request, and curves in its units.
 *
 * A plan is divided in units: micros of the period, or so many of them as one step a
 * day makes. A curve of micros a day becomes one of units of the period.
 *
 * @module
 */
import type { AllocationCurve } from "../../../domain/allocation.ts";
import type { PlanRequest } from "../../../domain/plan_request.ts";
import type { FittedCurve, ResponseCurve } from "../../../domain/score.ts";

/** How the period's amounts are counted. */
export interface Grid {
  readonly days: number;
  /** Budgets per day are multiples of it, micros. */
  readonly stepMicros: bigint;
  /** Micros of the period in one unit. */
  readonly unitMicros: bigint;
}

/**
 * Lays the grid of a request.
 *
 * @param unitMicros What the destination can hold, micros per day, if nothing is asked.
 */
export function layGrid(
  { stepMicros }: PlanRequest,
  { days, unitMicros }: { readonly days: number; readonly unitMicros: bigint },
): Grid {
  const step = stepMicros ?? (unitMicros > 1n ? unitMicros : null);
  return {
    days,
    stepMicros: step ?? 1n,
    unitMicros: step === null ? 1n : step * BigInt(days),
  };
}

/** Expected outcome a day of micros a day: the mean over the draws, where there are any. */
export function expectCurve({ curve, draws }: FittedCurve): AllocationCurve {
  return draws === undefined || draws.length === 0
    ? curve
    : { type: "sampled", draws };
}

/** The same curve, of units of the period, its outcome that of the period. */
export function stretch(
  curve: AllocationCurve,
  grid: Grid,
): AllocationCurve {
  const shorter = Number(grid.unitMicros) / grid.days;
  switch (curve.type) {
    case "sampled":
      return {
        ...curve,
        draws: curve.draws.map((draw) => stretchOne(draw, grid)),
      };
    case "piecewise":
      return {
        ...curve,
        points: curve.points.map(([amount, outcome]) => [
          amount / shorter,
          outcome * grid.days,
        ]),
      };
    default:
      return stretchOne(curve, grid);
  }
}

/** A response curve of units of the period. */
export function stretchOne(
  curve: ResponseCurve,
  { days, unitMicros }: Grid,
): ResponseCurve {
  const shorter = Number(unitMicros) / days;
  const ceiling = curve.ceiling * days;
  return curve.type === "logistic"
    ? { ...curve, ceiling, rate: curve.rate * shorter }
    : { ...curve, ceiling, half: curve.half / shorter };
}

/** Weight of an entity's outcomes: its own, or that of its parent, or 1. */
export function findWeight(
  { objective }: PlanRequest,
  { entity, parent }: FittedCurve,
): number {
  const { weights = {} } = objective ?? {};
  const own = weights[entity];
  if (own !== undefined) return own;
  return (parent === null ? undefined : weights[parent]) ?? 1;
}

/** Worth of a unit of the weighted outcome, micros. */
export function findValue({ objective }: PlanRequest): number {
  return objective?.valueMicros ?? 1;
}

/** Whether the spend counts against what is maximised. */
export function isProfit({ objective }: PlanRequest): boolean {
  return objective?.maximize === "profit";
}

/** Value of one unit of a posed problem's objective: a profit is counted in units of money. */
export function valueUnit(
  { request, grid }: { readonly request: PlanRequest; readonly grid: Grid },
): number {
  return isProfit(request) ? Number(grid.unitMicros) : 1;
}
