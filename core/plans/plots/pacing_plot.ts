/**
 * Pacing against plan: what was to be spent by each day, and what was.
 *
 * @module
 */
import { lineChart } from "../../charts/line_chart.ts";
import type { Day } from "../../domain/day.ts";

/** What is spent over a period. */
export interface PacingPlot {
  /** Each day of the period, in order. */
  readonly days: readonly Day[];
  /** To be spent on each, shape [days]. */
  readonly planned: readonly number[];
  /** Spent on each of the first days, shape [up to days]. */
  readonly spent: readonly number[];
}

/**
 * Draws both as they add up.
 *
 * @param unit Of the amounts.
 * @returns SVG; the same amounts give the same text.
 */
export function plotPacing(
  { days, planned, spent }: PacingPlot,
  unit: string,
): string {
  const due = addUp(planned);
  const paid = addUp(spent);
  const last = paid.length - 1;
  return lineChart({
    title: "Spent against plan",
    x: { label: "Day", names: days },
    y: { label: unit },
    series: [
      { name: "Plan", points: due.map((sum, day) => [day, sum]), dashed: true },
      { name: "Spent", points: paid.map((sum, day) => [day, sum]) },
    ],
    marks: last < 0
      ? []
      : [{ x: last, y: paid[last] as number, label: "spent so far" }],
  });
}

function addUp(amounts: readonly number[]): number[] {
  let sum = 0;
  return amounts.map((amount) => sum += amount);
}
