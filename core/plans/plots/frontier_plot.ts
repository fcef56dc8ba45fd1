/**
 * The efficient frontier: the best outcome for each budget, or what safety costs.
 *
 * @module
 */
import { lineChart } from "../../charts/line_chart.ts";
import type { PlotUnits } from "./response_plot.ts";

/** The best plan for a budget. */
export interface FrontierPoint {
  readonly budget: number;
  readonly value: number;
  /** No plan of this budget brings more. */
  readonly upperBound: number;
}

/** What to draw of it. */
export interface FrontierPlot {
  /** In ascending order of budgets. */
  readonly points: readonly FrontierPoint[];
  /** The plan's own budget and outcome. */
  readonly plan: { readonly budget: number; readonly value: number };
  /** The same as things are; null if that is not known. */
  readonly today: { readonly budget: number; readonly value: number } | null;
}

/**
 * Draws outcome by budget.
 *
 * @returns SVG; the same points give the same text.
 */
export function plotFrontier(
  { points, plan, today }: FrontierPlot,
  units: PlotUnits,
): string {
  return lineChart({
    title: "Best outcome for each budget",
    x: { label: units.amount },
    y: { label: units.outcome },
    series: [
      {
        name: "Best plan",
        points: points.map(({ budget, value }) => [budget, value]),
      },
      {
        name: "No plan brings more",
        points: points.map(({ budget, upperBound }) => [budget, upperBound]),
        dashed: true,
      },
    ],
    marks: [
      { x: plan.budget, y: plan.value, label: "plan" },
      ...today === null
        ? []
        : [{ x: today.budget, y: today.value, label: "today" }],
    ],
  });
}

/** A plan's mean outcome, and that of its worst draws. */
export interface RiskPlotPoint {
  readonly mean: number;
  readonly tail: number;
}

/**
 * Draws the mean outcome against that of the worst draws.
 *
 * @param points From the largest mean to the largest tail.
 * @param share Share of the draws that counts as the worst.
 * @returns SVG; the same points give the same text.
 */
export function plotRisk(
  points: readonly RiskPlotPoint[],
  share: number,
): string {
  const [boldest] = points;
  const safest = points.at(-1);
  return lineChart({
    title: "Mean outcome against the worst case",
    x: {
      label: `Mean outcome of the worst ${
        Number((100 * share).toPrecision(3))
      } % of draws`,
    },
    y: { label: "Mean outcome of all draws" },
    series: [{
      name: "Best plans",
      points: points.map(({ mean, tail }) => [tail, mean]),
    }],
    marks: [
      ...boldest
        ? [{ x: boldest.tail, y: boldest.mean, label: "largest mean" }]
        : [],
      ...safest ? [{ x: safest.tail, y: safest.mean, label: "safest" }] : [],
    ],
  });
}
