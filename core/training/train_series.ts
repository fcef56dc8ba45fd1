/**
 * Trains response curves: measured on the latest periods after learning from those
 * before them, then learnt from all.
 *
 * @module
 */
import { canonicalJson } from "../domain/canonical.ts";
import type { SeriesDataset } from "../domain/dataset.ts";
import { EngineError } from "../domain/error.ts";
import { seededRandom } from "../domain/random.ts";
import type { FittedCurve, ResponseCurves } from "../domain/score.ts";
import type { FittedSeries, SeriesFamily } from "../../plugins/contract.ts";
import type { ReadScope } from "./dataset.ts";
import { finiteOnly, mape, mean, rSquared, wape } from "../domain/measures.ts";
import { unfit } from "./refusal.ts";
import { hashSeries, MIN_PERIODS, readSeries, slicePeriods } from "./series.ts";
import type { SeriesSpec } from "./spec.ts";
import type { Trained } from "./trained.ts";

const HOLDOUT_SHARE = 0.15;
const YEAR_DAYS = 364;

/** What was measured of one outcome. */
interface Forecast {
  readonly actual: Float64Array;
  readonly said: Float64Array;
  readonly baseline: Float64Array;
}

/** One outcome's curves, and how well its latest periods were forecast. */
interface Learnt {
  readonly curves: readonly FittedCurve[];
  readonly forecast: Forecast;
}

/** Trains curves. */
export async function trainSeries(
  family: SeriesFamily,
  spec: SeriesSpec,
  scope: ReadScope,
): Promise<Trained> {
  scope.report("series", null);
  const datasets = await readSeries(spec, scope);
  const learnt = learnAll(family, spec, { datasets, report: scope.report });
  const curves: ResponseCurves = {
    outcome: spec.outcome.metric,
    curves: learnt.flatMap(({ curves }) => curves),
  };
  return {
    schema: { inputs: [], actions: [], crossed: false },
    metrics: {
      ...measure(learnt.map(({ forecast }) => forecast)),
      entities: curves.curves.length,
      outcomes_left_out: datasets.length - learnt.length,
    },
    unit: `${spec.outcome.metric}_per_day`,
    use: spec.use,
    rows: datasets[0]?.days.length ?? 0,
    datasetHash: hashSeries(datasets),
    views: [],
    artifactKind: "curves",
    artifact: new TextEncoder().encode(canonicalJson(curves)),
  };
}

/** Outcomes from which nothing can be learnt are left out, as long as others remain. */
function learnAll(
  family: SeriesFamily,
  spec: SeriesSpec,
  { datasets, report }: {
    readonly datasets: readonly SeriesDataset[];
    readonly report: ReadScope["report"];
  },
): Learnt[] {
  const learnt: Learnt[] = [];
  let refusal: EngineError | null = null;
  for (const [place, dataset] of datasets.entries()) {
    const share = (part: number | null) =>
      part === null ? null : (place + part) / datasets.length;
    try {
      learnt.push(learn(family, spec, {
        dataset,
        report: (step, part) => report(step, share(part)),
      }));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      refusal = error;
      const [one] = dataset.spend;
      report(`left out ${one?.entity ?? "an outcome"}: ${error.message}`, null);
    }
  }
  if (learnt.length > 0) return learnt;
  throw refusal ??
    unfit(spec.model, "no entity has both spend and outcome; check outcome.by");
}

function learn(
  family: SeriesFamily,
  spec: SeriesSpec,
  { dataset, report }: {
    readonly dataset: SeriesDataset;
    readonly report: ReadScope["report"];
  },
): Learnt {
  refuseUnvaried(spec, dataset);
  const fit = (dataset: SeriesDataset): FittedSeries =>
    family.fit({
      dataset,
      validation: null,
      params: family.params.parse(spec.params),
      random: seededRandom(spec.seed),
      report,
    });
  const cut = Math.floor(dataset.days.length * (1 - HOLDOUT_SHARE));
  const forecast = fit(slicePeriods(dataset, 0, cut)).predict(dataset);
  return {
    curves: fit(dataset).curves,
    forecast: {
      actual: dataset.outcome.slice(cut),
      said: forecast.slice(cut),
      baseline: usual(dataset, cut),
    },
  };
}

/** A response of zero must not be learnt from having seen none. */
function refuseUnvaried(
  { model }: SeriesSpec,
  { outcome, spend }: SeriesDataset,
): void {
  if (outcome.every((amount) => amount === outcome[0])) {
    throw unfit(model, "its outcome never varies; check outcome.metric");
  }
  const most = Math.max(
    ...spend.map(({ series }) => series.filter((micros) => micros > 0).length),
  );
  if (most < MIN_PERIODS) {
    throw unfit(
      model,
      `there was spend in ${most} periods and it needs ${MIN_PERIODS}; wait for more`,
    );
  }
}

/** What one would say without a model: the same period a year before, or the mean. */
function usual(
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

function measure(forecasts: readonly Forecast[]): Record<string, number> {
  const join = (of: keyof Forecast) =>
    Float64Array.from(forecasts.flatMap((one) => [...one[of]]));
  const [actual, said, baseline] = [
    join("actual"),
    join("said"),
    join("baseline"),
  ];
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
