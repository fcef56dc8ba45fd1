/**
 * How well the latest periods were forecast.
 *
 * @module
 */
import type { SeriesDataset } from "../../domain/dataset.ts";
import type { ModelEvidence } from "../../domain/evidence.ts";
import {
  finiteOnly,
  mape,
  mean,
  rSquared,
  wape,
} from "../../domain/measures.ts";
import { entitiesOf, intervalsOf, replicate } from "./bootstrap.ts";

const YEAR_DAYS = 364;
/** Following periods that are drawn together, as neighbours are alike. */
const BLOCK_PERIODS = 4;

/** What was forecast of one outcome, all of shape [periods]. */
export interface Forecast {
  readonly actual: Float64Array;
  readonly said: Float64Array;
  readonly baseline: Float64Array;
}

/** What one would say without a model: the same period a year before, or the mean. */
export function usual(
  { outcome, periodDays }: SeriesDataset,
  cut: number,
): Float64Array {
  const year = Math.round(YEAR_DAYS / periodDays);
  const level = mean(outcome.slice(0, cut));
  return outcome.slice(cut).map((_, place) => {
    const before = cut + place - year;
    return before >= 0 && before < cut ? outcome[before] ?? level : level;
  });
}

/** Forecasts one after the other. */
export function joinForecasts(forecasts: readonly Forecast[]): Forecast {
  const join = (of: keyof Forecast) =>
    Float64Array.from(forecasts.flatMap((one) => [...one[of]]));
  return {
    actual: join("actual"),
    said: join("said"),
    baseline: join("baseline"),
  };
}

/** Measures of all forecasts together, and of what one would say without a model. */
export function measureForecasts(
  forecasts: readonly Forecast[],
): Record<string, number> {
  const { actual, said, baseline } = joinForecasts(forecasts);
  return finiteOnly({
    r2: rSquared(actual, said),
    baseline_r2: rSquared(actual, baseline),
    mape: mape(actual, said),
    baseline_mape: mape(actual, baseline),
    wape: wape(actual, said),
    baseline_wape: wape(actual, baseline),
    holdout_periods: actual.length,
  });
}

/** By drawing runs of following periods again, the same in all outcomes. */
export async function forecastIntervals(
  forecasts: readonly Forecast[],
  seed: number,
): Promise<ModelEvidence["intervals"]> {
  const periods = Math.max(...forecasts.map(({ actual }) => actual.length));
  const blocks = Array.from(
    { length: periods },
    (_, period) => String(Math.floor(period / BLOCK_PERIODS)),
  );
  const replicated = await replicate(
    (counts) => {
      const drawn = (values: Float64Array) =>
        Float64Array.from(
          [...values].flatMap((value, period) =>
            new Array<number>(counts[period] ?? 0).fill(value)
          ),
        );
      return measureForecasts(forecasts.map(({ actual, said, baseline }) => ({
        actual: drawn(actual),
        said: drawn(said),
        baseline: drawn(baseline),
      })));
    },
    entitiesOf(blocks),
    seed,
  );
  const { holdout_periods: _, ...intervals } = intervalsOf(replicated);
  return intervals;
}
