/**
 * How well a media mix forecasts what it has not seen: learnt from the first periods,
 * it forecasts the next, from several origins in time.
 *
 * Spend and controls of the periods forecast are known to it, their outcome is not.
 *
 * @see Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, 5.10
 * @module
 */
import type { Day, Random } from "@moe/plugin";
import { type MixFit, type PreparedMix, prepareMix } from "./fit.ts";
import type { MixPanel } from "./panel.ts";
import type { PeriodForecast } from "./period_draws.ts";
import { rankedScore } from "./quantiles.ts";
import type { MixSpec } from "./spec.ts";
import { forecastMix } from "./summary.ts";

/** How forecasts from one origin, or from all, came true. */
export interface ForecastCheck {
  /** Periods learnt from; of all origins, the fewest. */
  readonly learntPeriods: number;
  /** Outcomes forecast, over all geographies. */
  readonly outcomes: number;
  /** Mean ranked probability score, in the unit of the outcome. */
  readonly crps: number;
  /** 1 − score ÷ score of taking the outcomes learnt from as forecast; 1 is perfect, 0 useless. */
  readonly skill: number;
  /** Mean of |actual − mean forecast| ÷ |actual|; null if an outcome is 0. */
  readonly mape: number | null;
  /** Share of outcomes inside their 90 % intervals. */
  readonly coverage: number;
}

/** Checks from several origins. */
export interface ForecastChecks {
  readonly origins: readonly ForecastCheck[];
  /** All origins together. */
  readonly overall: ForecastCheck;
}

/** What to check, and how. */
export interface CheckPlan {
  /** Periods to learn from, ascending; see {@link planOrigins}. */
  readonly origins: readonly number[];
  /** Periods to forecast from each. */
  readonly horizon: number;
  /** Draws from a posterior, by Laplace or by chains. */
  readonly draw: (prepared: PreparedMix) => MixFit | Promise<MixFit>;
  readonly random: Random;
  /** Called with the share done, (0, 1]. */
  readonly report?: (share: number) => void;
}

/** An outcome and how its forecast came true. */
interface Score {
  readonly score: number;
  readonly naive: number;
  readonly miss: number;
  readonly inside: boolean;
}

/**
 * Plans origins such that the last forecasts end with the data, one after another.
 *
 * @param periods Periods there are.
 * @param plan Origins wanted, and periods to forecast from each.
 * @returns Periods to learn from, ascending; fewer than wanted if less than half of the
 * data would be left to learn from.
 */
export function planOrigins(
  periods: number,
  { folds, horizon }: { readonly folds: number; readonly horizon: number },
): number[] {
  return Array.from(
    { length: folds },
    (_, fold) => periods - (folds - fold) * horizon,
  ).filter((origin) => origin >= periods / 2);
}

/**
 * Checks forecasts.
 *
 * @param spec How to learn.
 * @param panel All that is known.
 * @param plan Origins, horizon, sampler.
 * @returns The check of each origin, and of all.
 * @throws {EngineError} `dataset_invalid` if an origin leaves too little to learn from.
 */
export async function checkForecasts(
  spec: MixSpec,
  panel: MixPanel,
  { origins, horizon, draw, random, report }: CheckPlan,
): Promise<ForecastChecks> {
  const days = [...new Set(panel.geos.flatMap(({ days }) => days))].sort();
  const checks: { origin: number; scores: Score[] }[] = [];
  for (const origin of origins) {
    const learnt = panelBefore(panel, days[origin]);
    const fit = await draw(prepareMix(spec, learnt));
    const seen = panelBefore(panel, days[origin + horizon]);
    const forecasts = forecastMix(fit, seen, random);
    const from = days[origin] as Day;
    checks.push({
      origin,
      scores: forecasts.flatMap((one) => scoreForecast(one, from)),
    });
    report?.(checks.length / origins.length);
  }
  return {
    origins: checks.map(({ origin, scores }) => average(origin, scores)),
    overall: average(
      Math.min(...origins),
      checks.flatMap(({ scores }) => scores),
    ),
  };
}

/** Periods before a day; all if there is no such day. */
function panelBefore(panel: MixPanel, until: Day | undefined): MixPanel {
  if (until === undefined) return panel;
  return {
    ...panel,
    geos: panel.geos.map((geo) => {
      const count = geo.days.filter((day) => day < until).length;
      const cut = (series: Float64Array) => series.subarray(0, count);
      return {
        name: geo.name,
        days: geo.days.slice(0, count),
        rows: geo.rows.slice(0, count),
        outcome: cut(geo.outcome),
        spend: geo.spend.map(cut),
        input: geo.input.map(cut),
        controls: geo.controls.map(cut),
      };
    }),
  };
}

/** Scores of the known outcomes from a day on. */
function scoreForecast(
  { days, actual, mean, low, high, score }: PeriodForecast,
  from: Day,
): Score[] {
  const past = actual.filter((value, t) =>
    (days[t] as Day) < from && Number.isFinite(value)
  ).sort();
  return Array.from(actual).flatMap((value, t) =>
    (days[t] as Day) < from || !Number.isFinite(value) ? [] : [{
      score: score[t] as number,
      naive: rankedScore(past, value),
      miss: Math.abs((value - (mean[t] as number)) / value),
      inside: (low[t] as number) <= value && value <= (high[t] as number),
    }]
  );
}

function average(
  learntPeriods: number,
  scores: readonly Score[],
): ForecastCheck {
  const mean = (of: (score: Score) => number) =>
    scores.reduce((sum, one) => sum + of(one), 0) / scores.length;
  const crps = mean(({ score }) => score);
  const mape = mean(({ miss }) => miss);
  return {
    learntPeriods,
    outcomes: scores.length,
    crps,
    skill: 1 - crps / mean(({ naive }) => naive),
    mape: Number.isFinite(mape) ? mape : null,
    coverage: mean(({ inside }) => inside ? 1 : 0),
  };
}
