/**
 * Histograms that each request tells of a dozen times: what comes is added to a row of
 * numbers, and labels are printed only where somebody reads them. They tell the same as
 * prom-client's, which looks its labels up for each value.
 *
 * @module
 */
import type { Metric, Registry } from "prom-client";
import type { ToldMetric } from "../../telemetry/family.ts";

/** How a histogram is told. */
export interface HistogramTerms {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

/** One series of a histogram. */
export interface Series {
  /**
   * Adds a value.
   *
   * @param value The value, in the unit of the metric's name.
   * @throws {TypeError} If it is not finite.
   */
  observe(value: number): void;
}

interface Kept extends Series {
  /** Values by label. */
  readonly labels: Readonly<Record<string, string>>;
  /** Values in each bucket alone, those beyond the last bound at the end. */
  readonly counts: Float64Array;
  count: number;
  sum: number;
}

type Told = ToldMetric["values"][number];

/**
 * Registers a histogram.
 *
 * @param registry Where.
 * @param terms Name, labels and buckets.
 * @returns Opens the series of some labels, which is told from its first value on.
 */
export function registerHistogram(
  registry: Registry,
  terms: HistogramTerms,
): (...labels: readonly string[]) => Series {
  const { name, help, labelNames, buckets } = terms;
  const told: Kept[] = [];
  const metric = {
    ...{ name, help, labelNames },
    get: () =>
      Promise.resolve({
        ...{ name, help, type: "histogram", aggregator: "sum" },
        values: told.flatMap((kept) => valuesOf(kept, terms)),
      }),
  };
  registry.registerMetric(metric as unknown as Metric);
  return (...values) => {
    const counts = new Float64Array(buckets.length + 1);
    const labels = Object.fromEntries(
      labelNames.map((label, place) => [label, values[place] ?? ""]),
    );
    const kept: Kept = {
      ...{ labels, counts, count: 0, sum: 0 },
      observe(value) {
        demandFinite(value);
        if (kept.count === 0) told.push(kept);
        let place = 0;
        while (value > (buckets[place] ?? Infinity)) place += 1;
        counts[place] = (counts[place] ?? 0) + 1;
        kept.count += 1;
        kept.sum += value;
      },
    };
    return kept;
  };
}

function demandFinite(value: number): void {
  if (Number.isFinite(value)) return;
  throw new TypeError(`Value is not a valid number: ${value}`);
}

function valuesOf(
  { labels, counts, count, sum }: Kept,
  { name, buckets }: HistogramTerms,
): readonly Told[] {
  let below = 0;
  const bounded = [...counts].map((alone, place): Told => {
    below += alone;
    return {
      ...{ value: below, metricName: `${name}_bucket` },
      labels: { le: buckets[place] ?? "+Inf", ...labels },
    };
  });
  return [
    ...bounded,
    { value: sum, metricName: `${name}_sum`, labels },
    { value: count, metricName: `${name}_count`, labels },
  ];
}
