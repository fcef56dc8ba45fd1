/**
 * The best plan that spends alike all the time: what timing is worth is the rest.
 *
 * @module
 */
import { adstock, sumOutcome } from "./carry_over.ts";
import { planFlight } from "./plan_flight.ts";
import {
  countHorizon,
  type FlightEntity,
  type FlightProblem,
  listMoments,
  type Range,
} from "./problem.ts";

/** A plan that is the same in all moments that are not spent. */
export interface UniformPlan {
  /** Shape [entities × periods]. */
  readonly amounts: Float64Array;
  readonly outcome: number;
}

/**
 * Plans without timing. Budget, cells, entities' totals and ramps hold; the totals of periods and
 * groups where all entities have spent as many periods.
 *
 * @param problem What to plan.
 * @returns The best of all plans that do not change over time.
 * @throws {EngineError} `plan_infeasible` if bounds of periods admit none.
 */
export function planUniform(problem: FlightProblem): UniformPlan {
  const { entities, periods, budget, spend, totals, groups } = problem;
  const spentBy = entities.map(({ spent = [] }) => sum(spent));
  const counts = new Set(entities.map(({ spent = [] }) => spent.length));
  const [first] = counts;
  const shares = counts.size === 1 ? shareOut(problem, first ?? 0) : null;
  const narrow = (
    ranges: readonly Range[],
  ) => [narrowTotals(ranges, shares ?? [])];
  const flat: FlightProblem = {
    periods: 1,
    after: countHorizon(problem) - 1,
    entities: entities.map((entity, at) =>
      flatten(entity, problem, spentBy[at] ?? 0)
    ),
    budget: budget - sum(spentBy),
    spend,
    ...(totals && shares ? { totals: narrow(totals) } : {}),
    ...(groups && shares
      ? {
        groups: groups.map((group) => ({
          ...group,
          totals: narrow(group.totals),
        })),
      }
      : {}),
  };
  const found = planFlight(flat);
  const amounts = new Float64Array(entities.length * periods);
  entities.forEach(({ spent = [] }, row) => {
    shareOut(problem, spent.length).forEach((share, t) => {
      amounts[row * periods + t] = spent[t] ??
        (found.amounts[row] as number) * share;
    });
  });
  return { amounts, outcome: sumOutcome(problem, amounts) };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** Share of each period in what is left, by its moments; 0 where it is spent. */
function shareOut(problem: FlightProblem, spent: number): number[] {
  const open = listMoments(problem).map((count, t) => t < spent ? 0 : count);
  const all = sum(open);
  return open.map((count) => all === 0 ? 0 : count / all);
}

/** The least and most of all periods together that each of them admits. */
function narrowTotals(
  ranges: readonly Range[],
  shares: readonly number[],
): Range {
  let [lo, hi] = [0, Infinity];
  ranges.forEach((range, t) => {
    const share = shares[t] ?? 0;
    if (share === 0) return;
    lo = Math.max(lo, range.lo / share);
    hi = Math.min(hi, range.hi / share);
  });
  return { lo, hi };
}

/** One amount for all periods to come, felt in each moment by its share of them. */
function flatten(
  { id, curve, kernel, lo, hi, total, season, ...entity }: FlightEntity,
  problem: FlightProblem,
  spentTotal: number,
): FlightEntity {
  const { carryIn = [], spent = [] } = entity;
  const moments = listMoments(problem);
  const horizon = countHorizon(problem);
  const spread = (amounts: readonly number[]) =>
    adstock(
      kernel,
      moments.flatMap((count, t) =>
        Array<number>(count).fill((amounts[t] ?? 0) / count)
      ),
      horizon,
    );
  const shares = shareOut(problem, spent.length);
  const within = narrowTotals(
    lo.map((low, t) => ({ lo: low, hi: hi[t] as number })),
    shares,
  );
  const first = limitFirst(entity, problem, shares);
  const most = Math.min(
    within.hi,
    first.hi,
    (total?.hi ?? Infinity) - spentTotal,
  );
  return {
    id,
    curve,
    kernel: [...spread(shares)],
    carryIn: [...spread(spent)].map((felt, at) => felt + (carryIn[at] ?? 0)),
    ...(season ? { season } : {}),
    lo: [Math.max(within.lo, first.lo, (total?.lo ?? 0) - spentTotal)],
    hi: [spent.length === moments.length ? 0 : Math.max(0, most)],
  };
}

/** What the ramp into the first period to come admits of all. */
function limitFirst(
  { ramp, before, spent = [] }: Pick<
    FlightEntity,
    "ramp" | "before" | "spent"
  >,
  problem: FlightProblem,
  shares: readonly number[],
): Range {
  const moments = listMoments(problem);
  const at = spent.length;
  const share = shares[at] ?? 0;
  const last = at === 0 ? before : spent[at - 1];
  const alike = at === 0 || moments[at] === moments[at - 1];
  if (ramp === undefined || last === undefined || !alike || share === 0) {
    return { lo: 0, hi: Infinity };
  }
  return { lo: (last - ramp) / share, hi: (last + ramp) / share };
}
