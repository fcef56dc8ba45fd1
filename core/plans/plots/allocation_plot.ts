/**
 * What each entity got and is to get.
 *
 * @module
 */
import { barChart } from "../../charts/bar_chart.ts";

/** One entity's amounts. */
export interface PlottedAmount {
  readonly id: string;
  /** What it gets today; null if that is not known. */
  readonly today: number | null;
  readonly plan: number;
}

/** Entities that one chart shows; of more, those that move or cost most. */
const MOST_BARS = 24;
/** Place of the colour of what was. */
const PAST = 8;

/**
 * Draws two bars for each entity, today's and the plan's.
 *
 * @param unit Of the amounts.
 * @returns SVG; the same amounts give the same text.
 */
export function plotAllocation(
  amounts: readonly PlottedAmount[],
  unit: string,
): string {
  const weightOf = ({ today, plan }: PlottedAmount) =>
    Math.abs(plan - (today ?? 0)) + 1e-6 * plan;
  const shown = new Set(
    amounts.toSorted((one, other) => weightOf(other) - weightOf(one))
      .slice(0, MOST_BARS),
  );
  const only = amounts.length > shown.size
    ? `, the ${shown.size} of ${amounts.length} that move most`
    : "";
  return barChart({
    title: `Budgets today and planned${only}`,
    label: unit,
    bars: amounts.filter((one) => shown.has(one)).flatMap((
      { id, today, plan },
    ) => [
      ...today === null
        ? []
        : [{ name: `${id}, today`, value: today, colour: PAST }],
      { name: `${id}, plan`, value: plan },
    ]),
  });
}
