/**
 * The plan that reaches a target with the largest chance, as far as can be known.
 *
 * The chance is not concave, so the plan is the best that a local search finds: it gives up the
 * draws that lack most and asks of the others that none falls short, for as many as
 * that is possible. The bound is honest and often wide: draws that reach the
 * target under no plan of their own count as lost, and of the others each counts
 *
 *     1{F_d(x) ≥ target} ≤ min(1, 1 − (target − F_d(x)) ÷ (target − F_d(least)))
 *
 * which is concave in x where the curves are.
 *
 * @module
 */
import { allocate } from "../allocation/allocate.ts";
import { areConcave } from "../interior/concave_curves.ts";
import { frameOutlook, type Shortfall } from "./frame.ts";
import { type Forecast, forecast, listOutcomes } from "./outcomes.ts";
import { planOutlook, search } from "./plan_outlook.ts";
import { checkOutlook, type OutlookProblem } from "./problem.ts";
import { laySheet, type OutlookSheet } from "./sheet.ts";

/** A plan for a target. */
export interface ChancePlan {
  /** Shape [entities]. */
  readonly amounts: Float64Array;
  /** Share of the draws in which the plan reaches the target. */
  readonly chance: number;
  /** No plan within the bounds reaches it in a larger share. */
  readonly upperBound: number;
  readonly forecast: Forecast;
}

const ROUNDS = 12;
const TOLERANCE = 1e-7;
/** A target counts as reached to so much of it. */
const REACHED = 1e-9;
/** Price of a shortfall that does not matter; the search needs one. */
const FAINT = 1e-9;

/**
 * Plans for a target.
 *
 * @param problem Draws with concave curves, and bounds.
 * @param target Outcome wanted.
 * @returns The best plan found, and a bound on every other.
 * @throws {RangeError} If a curve is S-shaped.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function reachChance(
  problem: OutlookProblem,
  target: number,
): ChancePlan {
  const draws = checkOutlook(problem);
  const sheet = laySheet(problem, draws);
  if (!areConcave(sheet.curves)) {
    throw new RangeError("Cannot plan for a chance: a curve is S-shaped");
  }
  const hit = (amounts: Float64Array) =>
    listOutcomes(problem, amounts).map((outcome) =>
      outcome - target * (1 - REACHED)
    );
  const spare = (amounts: Float64Array) =>
    hit(amounts).filter((left) => left >= 0).length;
  const reachable = listReachable(problem, target);
  const scaled = target * (1 - REACHED) / sheet.outcomeUnit;
  const relaxed = relax(problem, sheet, { reachable, target: scaled });
  let best = [relaxed.amounts, planOutlook(problem).amounts]
    .reduce((one, other) => spare(other) > spare(one) ? other : one);
  let step = Math.ceil(draws / 8);
  for (let round = 0; round < ROUNDS && step > 0; round++) {
    const kept = keepNearest(hit(best), spare(best) + step);
    const cost = kept.map((one) => one / draws);
    const next = meet(problem, sheet, {
      cost,
      target: scaled,
      unproven: true,
    }).amounts;
    if (spare(next) > spare(best)) best = next;
    else step >>= 1;
  }
  return {
    amounts: best,
    chance: spare(best) / draws,
    upperBound: relaxed.upperBound,
    forecast: forecast(problem, best),
  };
}

/** Which draws reach the target under the plan that is best for them alone; rows are not asked. */
function listReachable(
  { entities, budget, spend }: OutlookProblem,
  target: number,
): boolean[] {
  return (entities[0]?.draws ?? []).map((_, draw) => {
    const { upperBound } = allocate({
      entities: entities.map(({ id, lo, hi, draws }) => ({
        id,
        group: null,
        lo,
        hi,
        curve: draws[draw] as typeof draws[number],
      })),
      groups: [],
      budget,
      spend,
    });
    return upperBound >= target * (1 - REACHED);
  });
}

/** 1 for so many draws that lack least, 0 for others. */
function keepNearest(left: Float64Array, count: number): Float64Array {
  const order = [...left.keys()].sort((a, b) =>
    (left[b] as number) - (left[a] as number)
  );
  const kept = new Float64Array(left.length);
  for (const draw of order.slice(0, count)) kept[draw] = 1;
  return kept;
}

interface Goal {
  readonly cost: Float64Array;
  readonly target: number;
  /** Whether the plan alone matters, not its bound. */
  readonly unproven: boolean;
}

/** The plan with the least priced shortfall; `outcome` is minus that, and its bound. */
function meet(
  problem: OutlookProblem,
  sheet: OutlookSheet,
  { cost, target, unproven }: Goal,
): { amounts: Float64Array; bound: number } {
  const shortfall: Shortfall = {
    plain: new Float64Array(cost.length),
    cost: cost.map((price) => Math.max(price, FAINT / cost.length)),
    pull: 0,
    target,
  };
  const frame = frameOutlook(problem, sheet, shortfall);
  const { x, bound } = search(frame, { tolerance: TOLERANCE, unproven });
  const amounts = x.slice(0, sheet.count).map((amount, at) =>
    sheet.amountUnit *
    Math.min(
      Math.max(amount, sheet.lo[at] as number),
      sheet.hi[at] as number,
    )
  );
  return { amounts, bound };
}

function relax(
  problem: OutlookProblem,
  sheet: OutlookSheet,
  { reachable, target }: {
    readonly reachable: readonly boolean[];
    readonly target: number;
  },
): { amounts: Float64Array; upperBound: number } {
  const least = listOutcomes(problem, problem.entities.map(({ lo }) => lo))
    .map((outcome) => outcome / sheet.outcomeUnit);
  const draws = least.length;
  const cost = least.map((outcome, draw) =>
    reachable[draw] && outcome < target ? 1 / (target - outcome) / draws : 0
  );
  const { amounts, bound } = meet(problem, sheet, {
    cost,
    target,
    unproven: false,
  });
  const share = reachable.filter(Boolean).length / draws;
  const faint = least.reduce(
    (total, outcome) => total + FAINT / draws * Math.max(0, target - outcome),
    0,
  );
  return { amounts, upperBound: Math.min(share, share + bound + faint) };
}
