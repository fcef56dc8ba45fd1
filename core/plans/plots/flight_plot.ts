/**
 * What each entity gets in each period, stacked.
 *
 * @module
 */
import { type Layer, stackedChart } from "../../charts/stacked_chart.ts";

/** A plan over periods. */
export interface PlottedFlight {
  readonly ids: readonly string[];
  readonly periods: number;
  /** Shape [entities × periods]. */
  readonly amounts: Float64Array;
}

/** Entities that have a layer of their own; of more, the smallest share one. */
const MOST_LAYERS = 9;

/**
 * Draws layers.
 *
 * @returns SVG; the same plan gives the same text.
 */
export function plotFlight({ ids, periods, amounts }: PlottedFlight): string {
  const rows = ids.map((name, at): Layer => ({
    name,
    values: [...amounts.subarray(at * periods, (at + 1) * periods)],
  }));
  const total = ({ values }: Layer) =>
    values.reduce((sum, value) => sum + value, 0);
  const ordered = rows.toSorted((one, other) => total(other) - total(one));
  const rest = ordered.slice(MOST_LAYERS);
  const others: Layer[] = rest.length === 0 ? [] : [{
    name: `${rest.length} others`,
    values: Array.from(
      { length: periods },
      (_, t) => rest.reduce((sum, { values }) => sum + (values[t] ?? 0), 0),
    ),
  }];
  return stackedChart({
    title: "Planned amounts",
    x: { label: "Period" },
    y: { label: "Amount" },
    xs: Array.from({ length: periods }, (_, t) => t + 1),
    layers: [...ordered.slice(0, MOST_LAYERS), ...others],
  });
}
