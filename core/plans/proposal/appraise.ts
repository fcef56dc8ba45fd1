/**
 * What a plan is worth: its outcome and goal with the bound, and how sure they are.
 *
 * @module
 */
import type {
  PlanExperiment,
  PlanForecast,
  PlanGoal,
  PlanValue,
} from "../../domain/plan_proof.ts";
import { respond } from "../../domain/response.ts";
import type { ResponseCurve } from "../../domain/score.ts";
import type { Candidate } from "./candidate.ts";
import { explore } from "../outlook/explore.ts";
import { averageTail, quantile } from "../outlook/outcomes.ts";
import { drawOutcomes } from "./request/draws.ts";
import type { Frame } from "./request/pose.ts";
import {
  expectCurve,
  findValue,
  findWeight,
  isProfit,
  stretchOne,
} from "./request/worth.ts";

/** A plan whose worth is asked. */
export interface Appraisal {
  readonly candidates: readonly Candidate[];
  /** For the period, micros, shape [candidates]. */
  readonly budgets: readonly bigint[];
  readonly frame: Frame;
  /** Of all candidates; null if none is known. */
  readonly draws: readonly (readonly ResponseCurve[])[] | null;
}

/** Share of the draws within an interval. */
const SHARE = 0.9;
const TAIL = (1 - SHARE) / 2;
/** A target counts as reached to so much of it. */
const REACHED = 1e-9;

/** Values the plan and what is spent today; the bound is at least what was reached. */
export function appraise(
  appraisal: Appraisal,
  unit: string,
  bound: number,
): PlanValue {
  const { candidates, budgets } = appraisal;
  const today = candidates.map((one) => one.today);
  const goal = valueGoal(appraisal, unit, today);
  const outcome = sumOutcomes(appraisal, budgets, false);
  const value = goal?.value ?? outcome;
  const upperBound = Math.max(bound, value);
  return {
    unit,
    outcome,
    currentOutcome: sumOutcomes(appraisal, today, false),
    upperBound,
    gap: upperBound === 0 ? 0 : (upperBound - value) / Math.abs(upperBound),
    ...goal ? { goal } : {},
  };
}

function valueGoal(
  appraisal: Appraisal,
  unit: string,
  today: readonly bigint[],
): PlanGoal | null {
  const { frame: { request }, budgets } = appraisal;
  const { risk, objective } = request;
  const measure = risk && risk.measure !== "mean"
    ? risk.measure
    : isProfit(request)
    ? "profit"
    : objective?.weights
    ? "weighted_outcome"
    : null;
  if (measure === null) return null;
  return {
    measure,
    unit: measure === "chance" ? "share" : isProfit(request) ? "micros" : unit,
    value: valueOf(appraisal, budgets),
    current: valueOf(appraisal, today),
  };
}

function valueOf(appraisal: Appraisal, budgets: readonly bigint[]): number {
  const { frame: { request, grid }, candidates, draws } = appraisal;
  const { risk } = request;
  const measured = () => {
    if (draws === null || risk === undefined || risk.measure === "mean") {
      return sumOutcomes(appraisal, budgets, true);
    }
    const outcomes = drawOutcomes(candidates, budgets, {
      ...{ request, draws },
      days: grid.days,
    });
    if (risk.measure === "chance") {
      const { target } = risk;
      return outcomes.filter((one) => one >= target * (1 - REACHED)).length /
        outcomes.length;
    }
    return (1 - risk.weight) * average(outcomes) +
      risk.weight * averageTail(outcomes, risk.tail);
  };
  if (!isProfit(request)) return measured();
  const spent = budgets.reduce((sum, budget) => sum + budget, 0n);
  return findValue(request) * measured() - Number(spent);
}

/** Expected outcome over the period, weighted as asked or plain. */
export function sumOutcomes(
  { candidates, frame: { request, grid } }: Pick<
    Appraisal,
    "candidates" | "frame"
  >,
  budgets: readonly bigint[],
  weighted: boolean,
): number {
  return candidates.reduce((sum, { fitted }, at) => {
    const perDay = Number(budgets[at] ?? 0n) / grid.days;
    const weight = weighted ? findWeight(request, fitted) : 1;
    return sum + weight * respond(expectCurve(fitted), perDay) * grid.days;
  }, 0);
}

/** Forecasts from draws; undefined if there are none. */
export function forecastPlan(
  { candidates, budgets, draws, frame: { request, grid } }: Appraisal,
): PlanForecast | undefined {
  if (draws === null) return undefined;
  const scope = { request, draws, days: grid.days };
  const outcomes = drawOutcomes(candidates, budgets, scope);
  const today = candidates.map((one) => one.today);
  const before = drawOutcomes(candidates, today, scope);
  const more = outcomes.map((outcome, draw) => outcome - (before[draw] ?? 0));
  return {
    share: SHARE,
    draws: outcomes.length,
    outcome: spread(outcomes),
    improvementMean: average(more),
    improvement: spread(more),
    beatsToday: more.filter((one) => one > 0).length / more.length,
  };
}

/** Interval that holds all but the tails. */
export function spread(outcomes: Float64Array): readonly [number, number] {
  return [quantile(outcomes, TAIL), quantile(outcomes, 1 - TAIL)];
}

function average(outcomes: Float64Array): number {
  return outcomes.reduce((sum, one) => sum + one, 0) / outcomes.length;
}

/** Tests that are expected to be worth their cost; undefined if none were asked for. */
export function findExperiments(
  { candidates, budgets, draws, frame }: Appraisal,
): readonly PlanExperiment[] | undefined {
  const { request, grid, total } = frame;
  const { exploration, spend } = request;
  if (exploration === undefined || draws === null) return undefined;
  const outcome = sumOutcomes({ candidates, frame }, budgets, true);
  if (outcome === 0) return [];
  const { costPermille, testDays, usefulPeriods, noisePermille } = exploration;
  const period = { ...grid, unitMicros: 1n };
  const { experiments } = explore({
    entities: candidates.map(({ fitted, lo, hi }, at) => ({
      id: fitted.entity,
      lo: Number(lo.micros),
      hi: Number(hi.micros),
      draws: (draws[at] ?? []).map((draw) => {
        const curve = stretchOne(draw, period);
        return {
          ...curve,
          ceiling: curve.ceiling * findWeight(request, fitted),
        };
      }),
    })),
    budget: Number(total.micros),
    spend,
  }, {
    testShare: testDays / grid.days,
    useful: usefulPeriods,
    noise: noisePermille / 1000 * outcome / candidates.length,
    budget: costPermille / 1000 * outcome,
  });
  const perDay = (micros: number) =>
    BigInt(Math.floor(micros / grid.days)) / grid.stepMicros * grid.stepMicros;
  return experiments.flatMap(({ id, amount, benefit, cost }) => {
    const at = candidates.findIndex(({ fitted }) => fitted.entity === id);
    const entity = candidates[at]?.fitted.entity;
    return entity === undefined ? [] : [{
      entity,
      plannedMicrosPerDay: (budgets[at] ?? 0n) / BigInt(grid.days),
      testMicrosPerDay: perDay(amount),
      days: testDays,
      benefit,
      cost,
    }];
  });
}
