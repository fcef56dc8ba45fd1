/**
 * What each entity spends today: the mean of its last 28 days of reported spend.
 *
 * Spend is read at the entity's own level, or at the nearest level below that
 * reports any. Days count back from the end of what is reported, so that a source
 * that lags, or reports by the week, is not taken to have stopped.
 *
 * @module
 */
import { addDays, countDays, type Day } from "../../domain/day.ts";
import {
  ENTITY_TYPES,
  type EntityKey,
  type EntityType,
  parseEntityKey,
} from "../../domain/entity.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import type { MetricSeries } from "../../ports/training_sets.ts";

/** Whose spend, and when. */
export interface SpendQuery {
  readonly tenant: string;
  readonly entities: readonly EntityKey[];
  /** The day that is not over yet. */
  readonly today: Day;
}

/** What is over of a period under way. */
export interface Gone {
  readonly days: number;
  /** Spent in these days. */
  readonly micros: bigint;
}

/** Spend of one entity. */
export interface CurrentSpend {
  /** Mean of the window, whole micros a day. */
  readonly microsPerDay: bigint;
  /** The day after the last that was reported; null if none ever was. */
  readonly until: Day | null;
  /** Of a planned period under way; absent if none is, or that is not asked. */
  readonly gone?: Gone;
}

const WINDOW_DAYS = 28;
const RECENT_DAYS = 63;

/** Reads the spend of entities; those without any spend 0. */
export async function readCurrentSpend(
  history: Pick<FeatureHistory, "series">,
  { tenant, entities, today }: SpendQuery,
): Promise<ReadonlyMap<EntityKey, CurrentSpend>> {
  const spend = new Map<EntityKey, CurrentSpend>();
  const byType = Map.groupBy(entities, (key) => parseEntityKey(key).type);
  for (const [type, keys] of byType) {
    const rows = await readSeries(history, { tenant, type, today });
    const window = findWindow(rows);
    const sums = new Map(
      rows.map((row) => [row.id, sumWindow(row, window.from)]),
    );
    for (const key of keys) {
      const sum = sums.get(parseEntityKey(key).id) ?? 0;
      spend.set(key, {
        microsPerDay: BigInt(Math.max(0, Math.round(sum / window.days))),
        until: window.until,
      });
    }
  }
  return spend;
}

async function readSeries(
  history: Pick<FeatureHistory, "series">,
  { tenant, type, today }: { tenant: string; type: EntityType; today: Day },
): Promise<readonly MetricSeries[]> {
  for (const from of [addDays(today, -RECENT_DAYS), null]) {
    const rows = await readSpendFrom(history, { tenant, type, today, from });
    if (rows.length > 0) return rows;
  }
  return [];
}

/** Reads spend before today, from a day or from the first, at the level that reports any. */
export async function readSpendFrom(
  history: Pick<FeatureHistory, "series">,
  { tenant, type, today, from }: {
    readonly tenant: string;
    readonly type: EntityType;
    readonly today: Day;
    readonly from: Day | null;
  },
): Promise<readonly MetricSeries[]> {
  for (const level of ENTITY_TYPES.slice(ENTITY_TYPES.indexOf(type))) {
    const rows = await history.series({
      tenant,
      metric: "spend_micros",
      level,
      by: type,
      parent: null,
      from,
      until: today,
      knownAt: null,
    });
    if (rows.some(({ days }) => days.length > 0)) return rows;
  }
  return [];
}

/** Days between one report and the next; 1 if there is one at most. */
export function findStep(days: Iterable<Day>): number {
  const sorted = [...new Set(days)].sort();
  const steps = sorted.slice(1).map((until, at) =>
    countDays({ from: sorted[at] ?? until, until })
  );
  return steps.length > 0 ? Math.min(...steps) : 1;
}

interface Window {
  readonly from: Day;
  readonly until: Day | null;
  readonly days: number;
}

function findWindow(rows: readonly MetricSeries[]): Window {
  const days = [...new Set(rows.flatMap((row) => row.days))].sort();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) {
    return { from: "", until: null, days: WINDOW_DAYS };
  }
  const until = addDays(last, findStep(days));
  const from = addDays(until, -WINDOW_DAYS);
  const start = from < first ? first : from;
  return { from, until, days: countDays({ from: start, until }) };
}

function sumWindow({ days, totals }: MetricSeries, from: Day): number {
  return days.reduce(
    (sum, day, at) => day >= from ? sum + (totals[at] ?? 0) : sum,
    0,
  );
}
