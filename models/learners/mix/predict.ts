/**
 * What a point of the posterior says of any periods: the data learnt from, or later
 * ones, in the same terms and units.
 *
 * @module
 */
import { carryOver } from "./carry_over.ts";
import { termColumns } from "./baseline_terms.ts";
import type { BuiltProblem, GeoScale } from "./build_problem.ts";
import type { MixGeo, MixPanel } from "./panel.ts";
import type { Posterior } from "./posterior.ts";
import { saturate } from "./saturation.ts";

/** One geography's outcome in parts, in the unit of the outcome; rewritten by each call. */
export interface GeoPrediction {
  /** Shape [channels][periods]. */
  readonly channels: readonly Float64Array[];
  /** Shape [terms][periods]; the level's has the outcome's mean in it. */
  readonly terms: readonly Float64Array[];
  /** Sum of all, shape [periods]. */
  readonly outcome: Float64Array;
}

/** Predicts periods. */
export interface Predictor {
  readonly geos: readonly GeoPrediction[];
  /**
   * Predicts at the point that the posterior was last asked for.
   *
   * @param coefficients Of the baseline, by geography, shape [geographies][terms].
   */
  predict(coefficients: readonly Float64Array[]): void;
}

/**
 * Prepares predictions.
 *
 * @param built What was learnt from.
 * @param posterior Its posterior.
 * @param panel What to predict; geographies and channels as learnt.
 * @returns The predictor.
 */
export function createPredictor(
  { scales, terms }: BuiltProblem,
  posterior: Posterior,
  panel: MixPanel,
): Predictor {
  const makers = panel.geos.map((geo, at) => {
    const scale = scales[at] as GeoScale;
    const design = termColumns(terms, geo, panel.periodDays);
    const inputs = geo.input.map((series, channel) =>
      series.map((one) => one / (scale.inputs[channel] as number))
    );
    return { scale, design, inputs, out: room(geo, terms.length) };
  });
  const longest = Math.max(...panel.geos.map(({ days }) => days.length));
  const scratch = new Float64Array(longest);
  return {
    geos: makers.map(({ out }) => out),
    predict(coefficients) {
      makers.forEach(({ scale, design, inputs, out }, geo) => {
        out.outcome.fill(0);
        const adstock = scratch.subarray(0, out.outcome.length);
        for (const cell of posterior.media.cells[geo] ?? []) {
          const brought = out.channels[cell.channel] as Float64Array;
          carryOver(cell.carry, inputs[cell.channel] as Float64Array, adstock);
          saturate(cell.saturation, adstock, brought);
          scaleBy(brought, cell.ceiling * scale.unit);
          addTo(out.outcome, brought);
        }
        design.forEach((column, term) => {
          const part = out.terms[term] as Float64Array;
          const weight = coefficients[geo]?.[term] as number;
          const level = term === 0 ? scale.centre : 0;
          for (let t = 0; t < part.length; t++) {
            part[t] = level + scale.unit * weight * (column[t] as number);
          }
          addTo(out.outcome, part);
        });
      });
    },
  };
}

function room({ days, input }: MixGeo, terms: number): GeoPrediction {
  const series = () => new Float64Array(days.length);
  return {
    channels: input.map(series),
    terms: Array.from({ length: terms }, series),
    outcome: series(),
  };
}

function scaleBy(series: Float64Array, factor: number): void {
  for (let t = 0; t < series.length; t++) {
    series[t] = factor * (series[t] as number);
  }
}

function addTo(sum: Float64Array, more: Float64Array): void {
  for (let t = 0; t < sum.length; t++) {
    sum[t] = (sum[t] as number) + (more[t] as number);
  }
}
