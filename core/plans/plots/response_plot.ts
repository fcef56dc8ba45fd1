/**
 * Response curves, with what is spent today and what is planned marked on each.
 *
 * @module
 */
import { lineChart } from "../../charts/line_chart.ts";

/** One entity's curve. */
export interface PlottedResponse {
  readonly id: string;
  /** What it gets today; null if that is not known. */
  readonly today: number | null;
  /** What it is to get. */
  readonly plan: number;
  /** Largest amount to draw. */
  readonly until: number;
  /** Outcome of an amount. */
  respond(amount: number): number;
}

/** Names of the axes. */
export interface PlotUnits {
  /** Such as `EUR for the period`. */
  readonly amount: string;
  /** Such as `revenue`. */
  readonly outcome: string;
}

const STEPS = 80;
/** Curves that one chart shows; of more, those that move or cost most. */
export const MOST_CURVES = 6;

/**
 * Draws the curves of the entities that move most.
 *
 * @returns SVG; the same curves give the same text.
 */
export function plotResponses(
  responses: readonly PlottedResponse[],
  units: PlotUnits,
): string {
  const weightOf = ({ today, plan }: PlottedResponse) =>
    Math.abs(plan - (today ?? 0)) + 1e-6 * plan;
  const shown = responses
    .toSorted((one, other) => weightOf(other) - weightOf(one))
    .slice(0, MOST_CURVES);
  const only = responses.length > shown.length
    ? `, the ${shown.length} of ${responses.length} that move most`
    : "";
  return lineChart({
    title: `Response to spend${only}`,
    x: { label: units.amount },
    y: { label: units.outcome },
    series: shown.map(({ id, until, respond }) => ({
      name: id,
      points: Array.from({ length: STEPS + 1 }, (_, step) => {
        const amount = until * (step / STEPS);
        return [amount, respond(amount)] as const;
      }),
    })),
    marks: shown.flatMap(({ today, plan, respond }) => [
      ...today === null
        ? []
        : [{ x: today, y: respond(today), label: "today" }],
      { x: plan, y: respond(plan), label: "plan" },
    ]),
  });
}
