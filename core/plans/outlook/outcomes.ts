/**
 * What a plan brings in each draw, and what can honestly be said of it.
 *
 * @module
 */
import { respond } from "../../domain/response.ts";
import type { Objective, OutlookProblem } from "./problem.ts";

/** A plan's forecast. */
export interface Forecast {
  readonly mean: number;
  readonly median: number;
  /** 5 % of the draws are below the first, 5 % above the second. */
  readonly interval: readonly [number, number];
  /** Share of the draws in which the plan brings more than today's; null without today's. */
  readonly beatsToday: number | null;
  /** Where the plan leaves what was seen, for a person. */
  readonly warnings: readonly string[];
}

/** Outcome of each draw, shape [draws]. */
export function listOutcomes(
  { entities }: OutlookProblem,
  amounts: ArrayLike<number>,
): Float64Array {
  const outcomes = new Float64Array(entities[0]?.draws.length ?? 0);
  entities.forEach(({ draws }, at) => {
    draws.forEach((curve, draw) => {
      outcomes[draw] = (outcomes[draw] as number) +
        respond(curve, amounts[at] as number);
    });
  });
  return outcomes;
}

/** Mean of all. */
export function average(outcomes: Float64Array): number {
  return outcomes.reduce((sum, outcome) => sum + outcome, 0) / outcomes.length;
}

/** Mean of the worst share of all; the draw at its edge counts in part. */
export function averageTail(outcomes: Float64Array, tail: number): number {
  const sorted = outcomes.slice().sort();
  let rest = tail * outcomes.length;
  let sum = 0;
  for (const outcome of sorted) {
    const share = Math.min(1, rest);
    if (share <= 0) break;
    sum += share * outcome;
    rest -= share;
  }
  return sum / (tail * outcomes.length);
}

/** Value of outcomes by an objective. */
export function valueOutcomes(
  outcomes: Float64Array,
  objective: Objective,
): number {
  if (objective.type === "mean") return average(outcomes);
  const { weight, tail } = objective;
  return (1 - weight) * average(outcomes) +
    weight * averageTail(outcomes, tail);
}

/** Quantile, linear between the draws. */
export function quantile(outcomes: Float64Array, share: number): number {
  const sorted = outcomes.slice().sort();
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at - Math.floor(at)) * (above - below);
}

/**
 * Forecasts a plan.
 *
 * @param problem Draws, and what was seen of each entity.
 * @param amounts The plan, shape [entities].
 * @param today What is spent today, shape [entities]; absent, nothing is compared.
 * @returns What the plan brings.
 */
export function forecast(
  problem: OutlookProblem,
  amounts: ArrayLike<number>,
  today?: ArrayLike<number>,
): Forecast {
  const outcomes = listOutcomes(problem, amounts);
  const before = today === undefined ? null : listOutcomes(problem, today);
  const beaten = before === null
    ? null
    : outcomes.filter((outcome, draw) => outcome > (before[draw] as number))
      .length / outcomes.length;
  return {
    mean: average(outcomes),
    median: quantile(outcomes, 0.5),
    interval: [quantile(outcomes, 0.05), quantile(outcomes, 0.95)],
    beatsToday: beaten,
    warnings: [...warnBeyondSeen(problem, amounts)],
  };
}

function* warnBeyondSeen(
  { entities }: OutlookProblem,
  amounts: ArrayLike<number>,
): Generator<string> {
  for (const [at, { id, seen }] of entities.entries()) {
    const amount = amounts[at] as number;
    if (seen === undefined) continue;
    const [least, most] = seen;
    if (amount >= least && amount <= most) continue;
    yield `"${id}" gets ${amount}, outside the ${least} to ${most} that was ` +
      "seen: its curve is extrapolated there";
  }
}
