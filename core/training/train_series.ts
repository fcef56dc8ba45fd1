/**
 * Trains response curves: measured on the latest periods after learning from those
 * before them, then learnt from all.
 *
 * @module
 */
import { canonicalJson } from "../domain/canonical.ts";
import type { SeriesDataset } from "../domain/dataset.ts";
import { EngineError } from "../domain/error.ts";
import { type MixEvidence, NO_EVIDENCE } from "../domain/evidence.ts";
import type { ResponseCurves } from "../domain/score.ts";
import type { SeriesFamily } from "../../plugins/contract.ts";
import type { Fitter, SeriesFit } from "./fit.ts";
import { judgeGates } from "./gates.ts";
import {
  type Forecast,
  forecastIntervals,
  joinForecasts,
  measureForecasts,
  usual,
} from "./measures/forecast.ts";
import { unfit } from "./refusal.ts";
import { hashSeries, MIN_PERIODS, readSeries, slicePeriods } from "./series.ts";
import type { SeriesSpec } from "./spec.ts";
import type { MakeScope, Trained } from "./trained.ts";

/** Curves of some outcomes, and how well their latest periods were forecast. */
interface Learnt extends Pick<SeriesFit, "curves" | "mix"> {
  readonly forecasts: readonly Forecast[];
}

/** Trains curves. */
export async function trainSeries(
  family: SeriesFamily,
  spec: SeriesSpec,
  scope: MakeScope,
): Promise<Trained> {
  scope.report("series", null);
  const datasets = await readSeries(spec, scope);
  const learnt = await learnAll(family, spec, { datasets, scope });
  const forecasts = learnt.flatMap(({ forecasts }) => forecasts);
  const curves: ResponseCurves = {
    outcome: spec.outcome.metric,
    curves: learnt.flatMap(({ curves }) => curves),
  };
  const metrics = {
    ...measureForecasts(forecasts),
    entities: curves.curves.length,
    "outcomes_left_out": datasets.length - forecasts.length,
  };
  return {
    ...{ metrics, params: spec.params, use: spec.use },
    schema: { inputs: [], actions: [], crossed: false },
    unit: `${spec.outcome.metric}_per_day`,
    rows: datasets[0]?.days.length ?? 0,
    datasetHash: hashSeries(datasets),
    views: [],
    artifactKind: "curves",
    artifact: new TextEncoder().encode(canonicalJson(curves)),
    evidence: {
      ...NO_EVIDENCE,
      intervals: await forecastIntervals(forecasts, spec.seed),
      gates: judgeGates(spec.gates, metrics),
      mix: joinMix(learnt.map(({ mix }) => mix)),
    },
  };
}

/**
 * Outcomes from which nothing can be learnt are left out, as long as others remain.
 * A family that can learns all the others at once.
 */
async function learnAll(
  family: SeriesFamily,
  spec: SeriesSpec,
  { datasets, scope: { report, fitter } }: {
    readonly datasets: readonly SeriesDataset[];
    readonly scope: MakeScope;
  },
): Promise<Learnt[]> {
  const sound = await keepSound(datasets.map((one) => [one]), report, (one) => {
    one.forEach((dataset) => refuseUnvaried(spec, dataset));
    return one;
  });
  const panels = family.fitPanel && sound.length > 1 ? [sound.flat()] : sound;
  const learnt = await keepSound(
    panels,
    report,
    (panel, place) =>
      learn(family, spec, {
        ...{ panel, fitter },
        report: (step, share) =>
          report(step, share === null ? null : (place + share) / panels.length),
      }),
  );
  if (learnt.length > 0) return learnt;
  throw unfit(
    spec.model,
    "no entity has both spend and outcome; check outcome.by",
  );
}

/** What comes of those that are not refused; if all are, throws the last refusal. */
async function keepSound<R>(
  panels: readonly (readonly SeriesDataset[])[],
  report: MakeScope["report"],
  work: (panel: readonly SeriesDataset[], place: number) => R | Promise<R>,
): Promise<R[]> {
  const kept: R[] = [];
  let refusal: EngineError | null = null;
  for (const [place, panel] of panels.entries()) {
    try {
      kept.push(await work(panel, place));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      refusal = error;
      const named = panel[0]?.spend[0]?.entity ?? "an outcome";
      report(`left out ${named}: ${error.message}`, null);
    }
  }
  if (kept.length === 0 && refusal !== null) throw refusal;
  return kept;
}

/** Forecasts each slice of the latest periods from all before it, then learns from all. */
async function learn(
  family: SeriesFamily,
  spec: SeriesSpec,
  { panel, fitter, report }: {
    readonly panel: readonly SeriesDataset[];
    readonly fitter: Fitter;
    readonly report: MakeScope["report"];
  },
): Promise<Learnt> {
  const { params, seed } = spec;
  const fit = (datasets: readonly SeriesDataset[]) =>
    fitter.run({
      kind: "series",
      family: family.name,
      ...{ params, seed, datasets },
      predict: panel,
    }, report);
  const forecasts = panel.map((): Forecast[] => []);
  for (const { from, until } of originsOf(spec, panel[0]?.days.length ?? 0)) {
    const { predicted } = await fit(
      panel.map((dataset) => slicePeriods(dataset, 0, from)),
    );
    panel.forEach((dataset, place) =>
      forecasts[place]?.push({
        actual: dataset.outcome.slice(from, until),
        said: predicted[place]?.slice(from, until) ?? new Float64Array(),
        baseline: usual(dataset, from).slice(0, until - from),
      })
    );
  }
  const { curves, mix } = await fit(panel);
  return { curves, mix, forecasts: forecasts.map(joinForecasts) };
}

/** Periods to forecast, each from what came before: slices of the latest. */
function originsOf(
  { split: { holdoutShare, origins } }: SeriesSpec,
  periods: number,
): { readonly from: number; readonly until: number }[] {
  const first = Math.floor(periods * (1 - holdoutShare));
  const at = (slice: number) =>
    first + Math.floor((periods - first) * slice / origins);
  return Array.from({ length: origins }, (_, slice) => ({
    from: at(slice),
    until: at(slice + 1),
  })).filter(({ from, until }) => until > from);
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

/** Outcomes learnt one by one have no parts in common: the first stands for them. */
function joinMix(all: readonly (MixEvidence | null)[]): MixEvidence | null {
  const told = all.filter((mix) => mix !== null);
  const [first] = told;
  if (first === undefined || told.length === 1) return first ?? null;
  const most = (
    of: (mix: MixEvidence) => number | null,
    worst: typeof Math.max,
  ) => {
    const values = told.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : worst(...values);
  };
  return {
    channels: told.flatMap(({ channels }) => channels),
    decomposition: {},
    method: first.method,
    rHat: most(({ rHat }) => rHat, Math.max),
    effectiveDraws: most(({ effectiveDraws }) => effectiveDraws, Math.min),
    divergences: most(
      ({ divergences }) => divergences,
      (...values) => values.reduce((sum, value) => sum + value, 0),
    ),
  };
}
