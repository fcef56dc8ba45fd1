/**
 * The plots of a stored plan.
 *
 * @module
 */
import type { AllocationProblem } from "../../domain/allocation.ts";
import { addDays, countDays, type Day } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import { respond } from "../../domain/response.ts";
import type { FittedCurve, ResponseCurves } from "../../domain/score.ts";
import { allocate } from "../allocation/allocate.ts";
import { plotAllocation } from "./allocation_plot.ts";
import { type FrontierPoint, plotFrontier } from "./frontier_plot.ts";
import { plotPacing } from "./pacing_plot.ts";
import { plotResponses } from "./response_plot.ts";

/** Plots that there are of a stored plan. */
export const PLAN_PLOTS = [
  "curves",
  "allocation",
  "frontier",
  "pacing",
] as const;

/** One of them. */
export type PlanPlot = (typeof PLAN_PLOTS)[number];

/** What a stored plan's plots are drawn from, beside the plan. */
export interface PlotEvidence {
  /** Curves of the plan's model version. */
  readonly curves: ResponseCurves;
  /** What was spent on each day of the period so far, micros; absent: the plan is drawn alone. */
  readonly spent?: readonly {
    readonly day: Day;
    readonly spendMicros: number;
  }[];
}

const MICROS = 1e6;
/** Budgets of the frontier, as parts of the plan's. */
const SHARES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5];

/**
 * Draws one plot of a plan.
 *
 * @param plan The plan.
 * @param evidence Curves of its model version, and what was spent.
 * @param kind Which plot.
 * @returns SVG; the same plan and evidence give the same text.
 */
export function plotPlan(
  plan: Plan,
  evidence: PlotEvidence,
  kind: PlanPlot,
): string {
  switch (kind) {
    case "curves":
      return drawCurves(plan, evidence);
    case "allocation":
      return plotAllocation(
        plan.recommendations.map((
          { entity, currentMicros, budgetMicros },
        ) => ({
          id: entity,
          today: Number(currentMicros) / MICROS,
          plan: Number(budgetMicros) / MICROS,
        })),
        amountLabel(plan),
      );
    case "frontier":
      return drawFrontier(plan, evidence);
    case "pacing":
      return drawPacing(plan, evidence);
  }
}

function amountLabel({ currency, period }: Plan): string {
  const days = countDays(period);
  return `${currency} for ${days === 1 ? "a day" : `${days} days`}`;
}

/** Outcomes in money are drawn in currency units. */
function outcomeScale({ objective: { unit }, currency }: Plan) {
  return unit.endsWith("_micros")
    ? { scale: 1 / MICROS, label: `${unit.slice(0, -7)}, ${currency}` }
    : { scale: 1, label: unit };
}

function findCurves(plan: Plan, { curves }: PlotEvidence) {
  const byEntity = new Map(curves.curves.map((one) => [one.entity, one]));
  return plan.recommendations.flatMap((row) => {
    const fitted = byEntity.get(row.entity);
    return fitted === undefined ? [] : [{ row, fitted }];
  });
}

function drawCurves(plan: Plan, evidence: PlotEvidence): string {
  const days = countDays(plan.period);
  const { scale, label } = outcomeScale(plan);
  return plotResponses(
    findCurves(plan, evidence).map(({ row, fitted }) => {
      const today = Number(row.currentMicros) / MICROS;
      const budget = Number(row.budgetMicros) / MICROS;
      return {
        id: row.entity,
        today,
        plan: budget,
        until: 1.3 * Math.max(today, budget) || 1,
        respond: (amount) => scale * respondOver(fitted, amount * MICROS, days),
      };
    }),
    { amount: amountLabel(plan), outcome: label },
  );
}

/** Outcome of a budget that is spread evenly over days. */
function respondOver(
  { curve }: FittedCurve,
  micros: number,
  days: number,
): number {
  return days * respond(curve, micros / days);
}

/** Entities' own bounds hold; those of their parents are not in the plan. */
function drawFrontier(plan: Plan, evidence: PlotEvidence): string {
  const days = countDays(plan.period);
  const { scale, label } = outcomeScale(plan);
  const entities = findCurves(plan, evidence).map(({ row, fitted }) => ({
    id: row.entity,
    group: null,
    curve: fitted.curve,
    lo: Number(row.boundsMicros[0]) / days,
    hi: Number(row.boundsMicros[1]) / days,
  }));
  const total = Number(plan.totalMicros);
  const points = SHARES.flatMap((share): FrontierPoint[] => {
    const budget = total * share;
    const found = attempt({
      ...{ entities, groups: [], budget: budget / days, spend: "all" },
    });
    return found === null ? [] : [{
      budget: budget / MICROS,
      value: found.outcome * days * scale,
      upperBound: found.upperBound * days * scale,
    }];
  });
  const current = plan.recommendations.reduce(
    (sum, { currentMicros }) => sum + Number(currentMicros),
    0,
  );
  const { outcome, currentOutcome } = plan.objective;
  return plotFrontier({
    points,
    plan: { budget: total / MICROS, value: outcome * scale },
    today: { budget: current / MICROS, value: currentOutcome * scale },
  }, { amount: amountLabel(plan), outcome: label });
}

/** An allocation; null where the bounds admit none. */
function attempt(problem: AllocationProblem) {
  try {
    return allocate(problem);
  } catch (error) {
    const none = error instanceof EngineError &&
      error.code === "plan_infeasible";
    if (none) return null;
    throw error;
  }
}

/** The plan spreads its total evenly over the days. */
function drawPacing(plan: Plan, { spent = [] }: PlotEvidence): string {
  const { period: { from }, totalMicros } = plan;
  const count = countDays(plan.period);
  const days = Array.from({ length: count }, (_, at) => addDays(from, at));
  const byDay = new Map(
    spent.map(({ day, spendMicros }) => [day, spendMicros]),
  );
  const last = days.findLastIndex((day) => byDay.has(day));
  return plotPacing({
    days,
    planned: days.map(() => Number(totalMicros) / count / MICROS),
    spent: days.slice(0, last + 1).map((day) => (byDay.get(day) ?? 0) / MICROS),
  }, `${plan.currency}, added up`);
}
