/**
 * Plans for the worst tail of the draws, or for the chance of a target.
 *
 * @module
 */
import type { AllocationProblem } from "../../domain/allocation.ts";
import { respondMarginally } from "../../domain/response.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import { forecast, listOutcomes, valueOutcomes } from "../outlook/outcomes.ts";
import { planOutlook } from "../outlook/plan_outlook.ts";
import type {
  LinearRow,
  OutlookEntity,
  OutlookProblem,
} from "../outlook/problem.ts";
import { reachChance } from "../outlook/reach_chance.ts";
import { buildTree, type Tree } from "../allocation/solver/tree.ts";
import { type AnyProblem, readColumns } from "../allocation/solver/columns.ts";
import { inferPrices } from "./infer_prices.ts";
import { findGap, sumUp } from "./measure.ts";
import type { PlanAnswer } from "./plan_answer.ts";
import type { Aim, AmountsAsked } from "./plan_problem.ts";
import { settleAmounts } from "./settle.ts";

/** Draws reach a target to so much of it. */
const REACHED = 1e-9;

/**
 * Plans.
 *
 * @throws {RangeError} If the search does not take the curves, such as S-shaped ones for a chance.
 * @throws {EngineError} `plan_infeasible` with the constraints in conflict.
 */
export function planDraws(
  { problem, today, seen }: AmountsAsked,
  aim: Exclude<Aim, { type: "mean" }>,
): PlanAnswer {
  const outlook = toOutlook(problem, seen);
  if (outlook === null) throw new RangeError("Cannot plan: there are no draws");
  const plan = aim.type === "chance"
    ? planChance(outlook, aim.target)
    : planTail(outlook, aim);
  const amounts = settleAmounts(problem, plan.amounts);
  const value = plan.valueOf(amounts);
  const marginal = measureMarginal(outlook, amounts, plan.weights);
  const prices = plan.price === null
    ? null
    : inferPrices(problem, { amounts, marginal, price: plan.price });
  const upperBound = Math.max(plan.upperBound, value);
  return {
    ids: outlook.entities.map(({ id }) => id),
    periods: null,
    ...{ amounts, value, upperBound, gap: findGap(value, upperBound) },
    ...{ budget: problem.budget, spent: sumUp(amounts) },
    price: plan.price ?? 0,
    shadowPrices: prices?.shadowPrices ?? {},
    marginal,
    mustBring: prices?.mustBring ?? new Float64Array(amounts.length).fill(NaN),
    forecast: forecast(outlook, amounts, completeToday(today)),
  };
}

function measureMarginal(
  { entities }: OutlookProblem,
  amounts: Float64Array,
  weights: Float64Array,
): Float64Array {
  return amounts.map((amount, at) =>
    (entities[at]?.draws ?? []).reduce(
      (sum, curve, draw) =>
        sum + (weights[draw] as number) * respondMarginally(curve, amount),
      0,
    )
  );
}

interface DrawsPlan {
  readonly amounts: Float64Array;
  readonly upperBound: number;
  /** Null where it is not known. */
  readonly price: number | null;
  /** Weight of each draw in the marginal return. */
  readonly weights: Float64Array;
  valueOf(amounts: Float64Array): number;
}

function planTail(
  outlook: OutlookProblem,
  aim: Aim & { type: "mean_cvar" },
): DrawsPlan {
  const { amounts, upperBound, price, weights } = planOutlook(outlook, aim);
  const valueOf = (x: Float64Array) =>
    valueOutcomes(listOutcomes(outlook, x), aim);
  return { amounts, upperBound, price, weights, valueOf };
}

function planChance(outlook: OutlookProblem, target: number): DrawsPlan {
  const { amounts, upperBound } = reachChance(outlook, target);
  const draws = outlook.entities[0]?.draws.length ?? 0;
  return {
    ...{ amounts, upperBound, price: null },
    weights: new Float64Array(draws).fill(1 / draws),
    valueOf: (x) =>
      listOutcomes(outlook, x)
        .filter((outcome) => outcome >= target * (1 - REACHED)).length / draws,
  };
}

/**
 * The problem by its draws; a curve that has none is the same in each.
 *
 * @returns Null where no curve has draws, or curves cannot be told draw by draw.
 */
export function toOutlook(
  problem: AnyProblem,
  seen: AmountsAsked["seen"],
): OutlookProblem | null {
  if ("columns" in problem) return null;
  const count = countDraws(problem);
  if (count === null) return null;
  const entities = problem.entities.map(
    ({ id, lo, hi, curve, weight = 1 }): OutlookEntity => {
      const range = seen.get(id);
      const draws = curve.type === "sampled"
        ? curve.draws
        : Array<ResponseCurve>(count).fill(curve as ResponseCurve);
      return {
        ...{ id, lo, hi },
        draws: weight === 1 ? draws : draws.map((draw) => ({
          ...draw,
          ceiling: weight * draw.ceiling,
        })),
        ...range ? { seen: range } : {},
      };
    },
  );
  const { budget, spend } = problem;
  return { entities, rows: listRows(problem), budget, spend };
}

function countDraws({ entities }: AllocationProblem): number | null {
  const counts = new Set<number>();
  for (const { curve } of entities) {
    if (curve.type === "piecewise") return null;
    if (curve.type === "sampled") counts.add(curve.draws.length);
  }
  const [count] = counts;
  return counts.size === 1 && count !== undefined ? count : null;
}

/** Linear constraints, and groups as such. */
function listRows(problem: AllocationProblem): LinearRow[] {
  const columns = readColumns(problem);
  const tree = buildTree(problem.groups, columns.group);
  const groups = problem.groups.map(({ id, lo, hi }, at) => ({
    id: `group:${id}`,
    terms: listTerms(problem, tree, at),
    lo,
    ...hi < Infinity ? { hi } : {},
  }));
  return [...problem.linear ?? [], ...groups];
}

function listTerms(
  problem: AllocationProblem,
  tree: Tree,
  group: number,
): Record<string, number> {
  const terms: Record<string, number> = Object.create(null);
  const node = tree.nodeOfGroup[group] as number;
  const members = tree.order.subarray(tree.first[node], tree.end[node]);
  for (const at of members) terms[problem.entities[at]?.id ?? ""] = 1;
  return terms;
}

/** Today's amounts if all are known. */
export function completeToday(
  today: Float64Array | null,
): Float64Array | undefined {
  return today?.every(Number.isFinite) ? today : undefined;
}
