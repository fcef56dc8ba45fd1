/**
 * Features over several windows, named after what they count and how long.
 *
 * @module
 */
import type {
  Aggregation,
  FeatureDefinition,
  SignalFilter,
} from "../../domain/feature.ts";
import type { Metric } from "../../domain/signal.ts";

/** A feature without its window. */
export interface Measure {
  /** Name up to the window, ending in its unit: `clicks_count`. */
  readonly stem: string;
  /** What it says, for a person, without the window. */
  readonly about: string;
  readonly unit: string;
  readonly aggregation: Aggregation;
  readonly where?: SignalFilter;
}

/** One feature for each window and measure, window by window. */
export function overWindows(
  windowsDays: readonly number[],
  measures: readonly Measure[],
): FeatureDefinition[] {
  return windowsDays.flatMap((windowDays) =>
    measures.map(({ stem, about, ...rest }) => ({
      ...rest,
      name: `${stem}_${windowDays}d`,
      about: `${about}, last ${windowDays} ${
        windowDays === 1 ? "day" : "days"
      }`,
      window: `${windowDays}d` as const,
    }))
  );
}

/** Sum of a metric. */
export function total(of: Metric, stem: string, about: string): Measure {
  const unit = stem.slice(stem.lastIndexOf("_") + 1);
  return { stem, about, unit, aggregation: { how: "sum", of } };
}

/** Number of events of a type. */
export function events(type: string, stem: string, about: string): Measure {
  return {
    stem,
    about,
    unit: "count",
    aggregation: { how: "count" },
    where: { types: [type] },
  };
}

/**
 * Ratio of two metrics, drawn to what is usual while there is little data: as if
 * `strength` of the denominator had been seen before, at the usual ratio.
 */
export function smoothed(
  [of, over]: readonly [Metric, Metric],
  usual: { readonly prior: number; readonly strength: number },
  named: {
    readonly stem: string;
    readonly about: string;
    readonly unit: string;
  },
): Measure {
  return { ...named, aggregation: { how: "ratio", of, over, ...usual } };
}
