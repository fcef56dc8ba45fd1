/**
 * Money over time: what is asked of a flight plan, and what it answers.
 *
 *     maximise  Σ_i Σ_u season_i[u] · curve_i(a_i[u])
 *     a_i[u] = carryIn_i[u] + Σ_j kernel_i[j] · x_i[u − j]
 *
 * over the amounts x_i[t] of each entity in each period t. Outcomes count in
 * the `after` moments beyond the last period as well, where nothing is spent. A period is
 * one moment, unless `moments` says that it has several, such as the days of a week: then its
 * amount is spread evenly over them, and kernels, seasons and outcomes count moments.
 *
 * @module
 */
import type { BindingConstraint } from "../../domain/allocation.ts";
import type { ResponseCurve } from "../../domain/score.ts";

/** A least and a most; both in the problem's unit. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
}

/** What entities share in each period. */
export interface FlightGroup {
  /** Its name, unique among groups. */
  readonly id: string;
  /** Who is in it; an entity is in one group at most. */
  readonly entities: readonly string[];
  /** What they get together, shape [periods]. */
  readonly totals: readonly Range[];
}

/** One entity that may receive money in each period. */
export interface FlightEntity {
  /** Its name, unique in the problem. */
  readonly id: string;
  /** Response to the adstock of one moment. */
  readonly curve: ResponseCurve;
  /** Share of an amount that is felt j moments later, shape [lags], not negative. */
  readonly kernel: readonly number[];
  /** Adstock left by what was spent before, shape [up to horizon]; 0 beyond. */
  readonly carryIn?: readonly number[];
  /** Factor of the outcome, shape [horizon], which is that of all periods' moments and those after; 1 if absent. */
  readonly season?: readonly number[];
  /** Least in each period, shape [periods]. */
  readonly lo: readonly number[];
  /** Most in each period, shape [periods]. */
  readonly hi: readonly number[];
  /** What it gets in all periods together, what is spent included. */
  readonly total?: Range;
  /** Largest change from one period to the next that has as many moments. */
  readonly ramp?: number;
  /** Amount in the period before the first, from which the ramp counts; absent, the first is free. */
  readonly before?: number;
  /** What is spent already in the first periods, shape [up to periods]; it stays as it is, whatever the bounds. */
  readonly spent?: readonly number[];
}

/** What to plan. Amounts are in one unit and not negative. */
export interface FlightProblem {
  /** Periods in which money is spent. */
  readonly periods: number;
  /** Moments of each period, shape [periods]; one each if absent. */
  readonly moments?: readonly number[];
  /** Moments after the last period whose outcome counts; 0 to ignore what is carried out. */
  readonly after: number;
  /** Who may receive money. */
  readonly entities: readonly FlightEntity[];
  /** What there is for all periods, what is spent included. */
  readonly budget: number;
  /** Whether all must be spent, or up to the budget. */
  readonly spend: "all" | "up_to";
  /** What all entities get in a period, shape [periods]. */
  readonly totals?: readonly Range[];
  /** Budgets that some of them share in each period. */
  readonly groups?: readonly FlightGroup[];
}

/** The multipliers of a flight plan: from them, its bound can be added up again. */
export interface FlightPrices {
  /** Of the budget. */
  readonly budget: number;
  /** Of each entity's total, shape [entities]; negative where a floor holds. */
  readonly totals: Float64Array;
  /** Of each period's total, shape [periods]; negative where a floor holds. */
  readonly periods: Float64Array;
  /** Of each group's total in each period, shape [groups × periods]; negative where a floor holds. */
  readonly groups: Float64Array;
  /** Of each ramp into period t, shape [entities × periods]; negative where a fall is held. */
  readonly ramps: Float64Array;
  /** Amounts at which the outcome's tangent plane bounds it, shape [entities × periods]. */
  readonly tangent: Float64Array;
}

/** A plan over time and its certificate. */
export interface Flight {
  /** Amount of each entity in each period, shape [entities × periods], within all bounds to 1e-9 of the largest of them. */
  readonly amounts: Float64Array;
  /** Outcome of all periods, those after the last included. */
  readonly outcome: number;
  /** No plan within the bounds brings more. */
  readonly upperBound: number;
  /** (upperBound − outcome) ÷ upperBound, at least 0. */
  readonly gap: number;
  /** `budget`, `entity:<id>:hi`, `period:<t>:lo`, `group:<id>:<t>:hi`, `cell:<id>:<t>:hi`, `ramp:<id>:<t>:hi`, with what one more unit would bring. */
  readonly binding: readonly BindingConstraint[];
  /** d outcome / d amount, shape [entities × periods]. */
  readonly marginal: Float64Array;
  /** What proves the bound; of curves with an S, that of their envelopes. */
  readonly prices: FlightPrices;
  /** Newton steps in all. */
  readonly iterations: number;
}

/**
 * Checks a problem's numbers.
 *
 * @throws {RangeError} If one of them is not what it should be.
 */
export function checkFlight(problem: FlightProblem): void {
  const { periods, after, entities, budget, totals } = problem;
  const refuse = (what: string): never => {
    throw new RangeError(`Cannot plan flight: ${what}`);
  };
  const moments = listMoments(problem);
  const counts = [periods, after, ...moments].every(Number.isSafeInteger);
  const least = Math.min(...moments);
  if (!counts || periods < 1 || after < 0 || !(least >= 1)) {
    refuse("periods are not a count");
  }
  if (moments.length !== periods) refuse("moments are not for each period");
  if (!isAmount(budget)) refuse(`budget "${budget}" is not an amount`);
  if (new Set(entities.map(({ id }) => id)).size < entities.length) {
    refuse("two ids are the same");
  }
  if (totals !== undefined && totals.length !== periods) {
    refuse("totals are not one for each period");
  }
  const fault = findGroupFault(problem);
  if (fault !== null) refuse(fault);
  for (const entity of entities) {
    const reason = findFault(entity, problem);
    if (reason !== null) {
      throw new RangeError(`Cannot plan flight of "${entity.id}": ${reason}`);
    }
  }
}

function findFault(
  { curve, kernel, carryIn = [], season, lo, hi, ramp, spent = [] }:
    FlightEntity,
  problem: FlightProblem,
): string | null {
  const { periods } = problem;
  const scale = curve.type === "logistic" ? curve.rate : curve.half;
  const slope = curve.type === "hill" ? curve.slope : 1;
  const shaped = [scale, slope].every((x) => x > 0 && x < Infinity);
  if (!shaped || !isAmount(curve.ceiling)) return "its curve has no shape";
  if (lo.length !== periods || hi.length !== periods) {
    return "bounds are not one for each period";
  }
  if (season !== undefined && season.length !== countHorizon(problem)) {
    return "season is not one factor for each moment that counts";
  }
  const amounts = [kernel, carryIn, season ?? [], lo, hi, spent, [ramp ?? 0]];
  if (!amounts.flat().every(isAmount)) {
    return "kernel, season and amounts must be finite and not negative";
  }
  if (spent.length > periods) return "more periods are spent than there are";
  return null;
}

function findGroupFault(
  { groups = [], entities, periods }: FlightProblem,
): string | null {
  const members = groups.flatMap((group) => group.entities);
  const known = new Set(entities.map(({ id }) => id));
  if (groups.some(({ totals }) => totals.length !== periods)) {
    return "a group's totals are not one for each period";
  }
  if (!members.every((id) => known.has(id))) return "a group names nobody";
  if (new Set(members).size < members.length) {
    return "an entity is in two groups";
  }
  return null;
}

/** Moments of each period, shape [periods]. */
export function listMoments(
  { periods, moments }: Pick<FlightProblem, "periods" | "moments">,
): readonly number[] {
  return moments ?? Array<number>(periods).fill(1);
}

/** Moments whose outcome counts. */
export function countHorizon(
  problem: Pick<FlightProblem, "periods" | "moments" | "after">,
): number {
  return listMoments(problem).reduce((sum, own) => sum + own, problem.after);
}

function isAmount(amount: number): boolean {
  return amount >= 0 && amount < Infinity;
}
