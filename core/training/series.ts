/**
 * Spend and outcome by period, on one calendar.
 *
 * Totals of a period become amounts a day. A period in which a source reported
 * nothing counts as zero; periods that only one side reports are left out, as are
 * those not over by `asOf`.
 *
 * @module
 */
import { digest } from "../domain/canonical.ts";
import type { SeriesDataset } from "../domain/dataset.ts";
import { addDays, countDays, type Day, type Instant } from "../domain/day.ts";
import {
  type EntityKey,
  entityKey,
  type EntityType,
} from "../domain/entity.ts";
import type { FeatureHistory } from "../ports/features.ts";
import type { MetricSeries } from "../ports/training_sets.ts";
import { unfit } from "./refusal.ts";
import type { SeriesSpec } from "./spec.ts";

/** Fewer periods teach nothing. */
export const MIN_PERIODS = 12;

/** The periods that all series cover. */
interface Calendar {
  readonly days: readonly Day[];
  readonly periodDays: number;
}

/** Reads spend and outcome: one dataset, or one for each entity with an outcome. */
export async function readSeries(
  spec: SeriesSpec,
  { history, tenant, asOf }: {
    readonly history: FeatureHistory;
    readonly tenant: string;
    readonly asOf: Instant;
  },
): Promise<readonly SeriesDataset[]> {
  const range = { tenant, from: spec.from, until: spec.until, knownAt: asOf };
  const spend = await history.series({
    ...range,
    ...spec.spend,
    metric: "spend_micros",
  });
  const { metric, level, by } = spec.outcome;
  const outcome = await history.series({
    ...range,
    metric,
    level,
    by: by ?? level,
    parent: null,
  });
  const calendar = sharedCalendar(spec, { spend, outcome, asOf });
  if (by === null) {
    return [toDataset(spec, calendar, { spend, outcome })];
  }
  return spend.flatMap((one) => {
    const own = outcome.filter(({ id }) => id === one.id);
    return own.length === 0
      ? []
      : [toDataset(spec, calendar, { spend: [one], outcome: own })];
  });
}

function sharedCalendar(
  spec: SeriesSpec,
  { spend, outcome, asOf }: {
    readonly spend: readonly MetricSeries[];
    readonly outcome: readonly MetricSeries[];
    readonly asOf: Instant;
  },
): Calendar {
  const [{ days: spent } = { days: [] }] = spend;
  const [{ days: earned } = { days: [] }] = outcome;
  const [spendStep, outcomeStep] = [stepOf(spent), stepOf(earned)];
  if (spendStep === null || outcomeStep === null) {
    const side = spendStep === null ? "spend" : "outcome";
    throw unfit(
      spec.model,
      `its ${side} has fewer than two periods; check ${side}.level and ${side}.by, or ingest more`,
    );
  }
  if (spendStep !== outcomeStep) {
    throw unfit(
      spec.model,
      `its spend is by ${spendStep} days and its outcome by ${outcomeStep}; choose levels with equal periods`,
    );
  }
  const known = new Set(earned);
  const over = asOf.slice(0, 10);
  const days = spent.filter((day) =>
    known.has(day) && addDays(day, spendStep) <= over
  );
  if (days.length < MIN_PERIODS) {
    throw unfit(
      spec.model,
      `spend and outcome share ${days.length} periods and it needs ${MIN_PERIODS}; ingest more, or widen from and until`,
    );
  }
  return { days, periodDays: spendStep };
}

function stepOf([first, second]: readonly Day[]): number | null {
  return first === undefined || second === undefined
    ? null
    : countDays({ from: first, until: second });
}

function toDataset(
  { spend: { by, parent } }: SeriesSpec,
  calendar: Calendar,
  { spend, outcome }: {
    readonly spend: readonly MetricSeries[];
    readonly outcome: readonly MetricSeries[];
  },
): SeriesDataset {
  const total = new Float64Array(calendar.days.length);
  for (const one of outcome) {
    aDay(one, calendar).forEach((amount, period) =>
      total[period] = (total[period] ?? 0) + amount
    );
  }
  return {
    ...calendar,
    spend: spend.map((one) => ({
      entity: entityKey(by, one.id),
      parent: parentKey(parent, one.parent),
      series: aDay(one, calendar),
    })),
    outcome: total,
    controls: {},
  };
}

function parentKey(
  type: EntityType | null,
  id: string | null,
): EntityKey | null {
  return type === null || id === null ? null : entityKey(type, id);
}

function aDay(
  { days, totals }: MetricSeries,
  calendar: Calendar,
): Float64Array {
  const places = new Map(days.map((day, place) => [day, place]));
  return Float64Array.from(
    calendar.days,
    (day) => (totals[places.get(day) ?? -1] ?? 0) / calendar.periodDays,
  );
}

/** The periods from one place to before another. */
export function slicePeriods(
  dataset: SeriesDataset,
  from: number,
  until: number,
): SeriesDataset {
  return {
    ...dataset,
    days: dataset.days.slice(from, until),
    spend: dataset.spend.map((one) => ({
      ...one,
      series: one.series.slice(from, until),
    })),
    outcome: dataset.outcome.slice(from, until),
  };
}

/** One hash for all that is learnt from. */
export function hashSeries(datasets: readonly SeriesDataset[]): string {
  return digest(datasets.map(({ days, periodDays, spend, outcome }) => [
    days,
    periodDays,
    spend.map(({ entity, parent, series }) => [entity, parent, [...series]]),
    [...outcome],
  ]));
}
