/**
 * A stretch of the past to plan again: what a model learns from, by entity, and the
 * truth where it is known.
 *
 * @module
 */
import type { SeriesDataset } from "../../domain/dataset.ts";
import type { Day } from "../../domain/day.ts";
import { EngineError } from "../../domain/error.ts";
import type { FittedCurve } from "../../domain/score.ts";
import type { KnownResponse } from "../../plans/backtest/truth.ts";
import type { SpendLog } from "../../plans/backtest/window.ts";
import type { Fitter } from "../../training/fit.ts";
import { slicePeriods } from "../../training/series.ts";
import type { Report } from "../../../plugins/contract.ts";

/** What is planned again. */
export interface Episode {
  /** Family that learns the curves, with its parameters and seed. */
  readonly family: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** One for each entity, all on the same days. */
  readonly datasets: readonly SeriesDataset[];
  /** Unit of the outcome. */
  readonly unit: string;
  readonly truth: KnownResponse | null;
}

/** Curves learnt before each of some days, and the log of those who have one at all of them. */
export interface LearntEpisode {
  readonly log: SpendLog;
  /** Entities from which nothing could be learnt, with the reason. */
  readonly leftOut: readonly string[];
  readonly truth: KnownResponse | null;
  curvesAt(place: number): readonly FittedCurve[];
}

/** Lays an episode's days out. */
export function logOf(datasets: readonly SeriesDataset[]): SpendLog {
  return {
    days: datasets[0]?.days ?? [],
    entities: datasets.flatMap(({ spend, outcome }) =>
      spend.slice(0, 1).map(({ entity, series }) => ({
        entity,
        spend: series,
        outcome,
      }))
    ),
  };
}

/**
 * Learns curves at some places, each from the days before it alone.
 *
 * @param places Ascending; a place between two of them has the curves of the former.
 * @throws {EngineError} `request_invalid` if nothing can be learnt.
 */
export async function learnEpisode(
  episode: Episode,
  places: readonly number[],
  { fitter, report }: { readonly fitter: Fitter; readonly report: Report },
): Promise<LearntEpisode> {
  const { datasets, family, params, seed, truth } = episode;
  const learnt = new Map<number, FittedCurve[]>();
  const leftOut: string[] = [];
  const kept: number[] = [];
  let fits = 0;
  for (const [at, dataset] of datasets.entries()) {
    try {
      const curves: FittedCurve[] = [];
      for (const place of places) {
        report("curves", fits++ / (datasets.length * places.length));
        const before = slicePeriods(dataset, 0, place);
        const fit = await fitter.run({
          kind: "series",
          ...{ family, params, seed, datasets: [before], predict: [] },
        }, () => {});
        curves.push(...fit.curves.slice(0, 1));
      }
      learnt.set(at, curves);
      kept.push(at);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      leftOut.push(`${dataset.spend[0]?.entity}: ${error.message}`);
    }
  }
  if (kept.length === 0) {
    throw new EngineError(
      "request_invalid",
      `Cannot backtest plans: nothing can be learnt before the first day: ${
        leftOut[0] ?? "there is no entity"
      }`,
    );
  }
  return {
    log: logOf(kept.map((at) => datasets[at] as SeriesDataset)),
    ...{ leftOut, truth: truth && keepTruth(truth, kept) },
    curvesAt: (place) => {
      const at = Math.max(places.findLastIndex((one) => one <= place), 0);
      return kept.map((entity) => learnt.get(entity)?.[at] as FittedCurve);
    },
  };
}

function keepTruth(
  { respond, best }: KnownResponse,
  kept: readonly number[],
): KnownResponse {
  return {
    respond: (at, spend) => respond(kept[at] as number, spend),
    ...best && { best },
  };
}

/**
 * Finds a day in the log.
 *
 * @throws {EngineError} `request_invalid` if it is not in it.
 */
export function placeOf(days: readonly Day[], day: Day): number {
  const place = days.findIndex((one) => one >= day);
  if (place >= 0 && days[0] !== undefined && days[0] <= day) return place;
  const last = days.at(-1);
  if (last !== undefined && day > last) return days.length;
  throw new EngineError(
    "request_invalid",
    `Cannot backtest plans from "${day}": the log begins on ${
      days[0] ?? "no day"
    }`,
  );
}
