/**
 * What guardrails watch, day by day, from the signals.
 *
 * Each entity is read at its own level, or at the nearest level below that reports it.
 * A report that is missing reads as nothing, so only days count of which nearly all is
 * there: spend of entities that spend, and conversions of those that always had some
 * before. Recent days are set against what was known of days before at their age, and
 * left out while most of them is still to come.
 *
 * @module
 */
import {
  addDays,
  countDays,
  type Day,
  type DayRange,
} from "../../domain/day.ts";
import {
  ENTITY_TYPES,
  type EntityKey,
  entityKey,
  type EntityType,
  parseEntityKey,
} from "../../domain/entity.ts";
import type { GuardrailMetric } from "../../domain/guardrail.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import type { SeriesQuery } from "../../ports/training_sets.ts";
import type { Comparison, DayLevel } from "./anytime_ratio.ts";
import { learnMaturity } from "./maturity.ts";

/** What is read, of whom and when. */
export interface LevelQuery {
  readonly tenant: string;
  readonly metric: GuardrailMetric;
  /** Who, and what each is to spend after the change, micros. */
  readonly budgets: ReadonlyMap<EntityKey, bigint>;
  readonly before: DayRange;
  /** Not before the days before. */
  readonly after: DayRange;
  /** The day that is not over yet. */
  readonly today: Day;
}

type History = Pick<FeatureHistory, "series">;

const COUNTED = {
  conversions: "conversions_millionths",
  revenue: "conversion_value_micros",
  roas: "conversion_value_micros",
  cpa: "conversions_millionths",
} as const satisfies Record<GuardrailMetric, SeriesQuery["metric"]>;

/** Share of the spend that must have been reported of a day. */
const LEAST_SPEND = 0.9;
/** Share of a day that must be known for it to count. */
const LEAST_KNOWN = 0.5;

/**
 * Reads the days that were reported, in order. Of `cpa` it is what spend brings,
 * conversions per spend, so that more is better of every metric.
 *
 * @returns Null if reports are not by the day.
 */
export async function readDailyLevels(
  history: History,
  query: LevelQuery,
): Promise<Comparison | null> {
  const { metric, before, after, today } = query;
  const { from } = before;
  const range = { from, until: latest(before.until, after.until) };
  const read = { ...query, range, knownAt: null };
  const spent = await readEach(history, { ...read, metric: "spend_micros" });
  const counted = await readEach(history, { ...read, metric: COUNTED[metric] });
  if (spent === null || counted === null) return null;
  const days = countDays(range);
  const [spend, total] = [sumDays(spent, days), sumDays(counted, days)];
  const known = await learnKnown(history, query, total);
  const complete = findComplete(query, { spent, counted, days });
  const perSpend = metric === "roas" || metric === "cpa";
  const levels = (side: DayRange, shareOf: (day: Day) => number) =>
    complete.flatMap((isComplete, at): DayLevel[] => {
      const day = addDays(from, at);
      const share = shareOf(day);
      const inside = day >= side.from && day < side.until;
      if (!inside || !isComplete || share < LEAST_KNOWN) return [];
      const per = perSpend ? spend[at] ?? 0 : 1;
      return [{ day, level: (total[at] ?? 0) / share / per }];
    });
  return {
    before: levels(before, () => 1),
    after: levels(
      after,
      (day) => known(countDays({ from: day, until: today })),
    ),
  };
}

function latest(one: Day, other: Day): Day {
  return one < other ? other : one;
}

/** What each entity came to, shape [days]. */
type Readings = ReadonlyMap<EntityKey, Float64Array>;

interface Reading extends Pick<LevelQuery, "tenant" | "budgets"> {
  readonly metric: SeriesQuery["metric"];
  readonly range: DayRange;
  readonly knownAt: SeriesQuery["knownAt"];
}

async function readEach(
  history: History,
  reading: Reading,
): Promise<Readings | null> {
  const readings = new Map<EntityKey, Float64Array>();
  const byType = Map.groupBy(
    reading.budgets.keys(),
    (key) => parseEntityKey(key).type,
  );
  for (const [type, keys] of byType) {
    const ids = new Set(keys.map((key) => parseEntityKey(key).id));
    const daily = await readType(history, reading, { type, ids, readings });
    if (!daily) return null;
  }
  return readings;
}

/** Reads those of one type; false if they are not reported by the day. */
async function readType(
  history: History,
  { tenant, metric, range, knownAt }: Reading,
  { type, ids, readings }: {
    readonly type: EntityType;
    /** Those that were not found yet. */
    readonly ids: Set<string>;
    readonly readings: Map<EntityKey, Float64Array>;
  },
): Promise<boolean> {
  for (const level of ENTITY_TYPES.slice(ENTITY_TYPES.indexOf(type))) {
    if (ids.size === 0) break;
    const rows = await history.series({
      ...{ tenant, metric, ...range, knownAt },
      ...{ level, by: type, parent: null },
    });
    for (const { id, days, totals } of rows) {
      if (days.length === 0 || !ids.delete(id)) continue;
      const [from, until = from] = days;
      if (from === undefined || until === undefined) continue;
      if (countDays({ from, until }) > 1) return false;
      const start = countDays({ from: range.from, until: from });
      const reading = new Float64Array(countDays(range));
      totals.forEach((amount, at) => reading[start + at] = amount);
      readings.set(entityKey(type, id), reading);
    }
  }
  return true;
}

function sumDays(readings: Readings, days: number): Float64Array {
  const sums = new Float64Array(days);
  for (const reading of readings.values()) {
    reading.forEach((amount, at) => sums[at] = (sums[at] ?? 0) + amount);
  }
  return sums;
}

/** How much of a day is known at an age, from what was known of the days before at their end. */
async function learnKnown(
  history: History,
  { metric, before, ...query }: LevelQuery,
  now: Float64Array,
): Promise<(ageDays: number) => number> {
  const then = await readEach(history, {
    ...{ ...query, metric: COUNTED[metric], range: before },
    knownAt: `${before.until}T00:00:00.000Z`,
  });
  if (then === null) return () => 1;
  const days = countDays(before);
  return learnMaturity(
    [...sumDays(then, days)].map((known, at) => (
      { ageDays: days - at, known, now: now[at] ?? 0 }
    )),
  );
}

/** Which days were reported nearly in full. */
function findComplete(
  { budgets, before }: LevelQuery,
  { spent, counted, days }: {
    readonly spent: Readings;
    readonly counted: Readings;
    readonly days: number;
  },
): boolean[] {
  const there = new Float64Array(days);
  const all = new Float64Array(days);
  const change = countDays(before);
  for (const [key, spend] of spent) {
    const count = counted.get(key) ?? new Float64Array(days);
    const earlier = spend.subarray(0, change);
    const always = earlier.every((micros, at) => micros <= 0 || count[at]);
    const weight = earlier.reduce((sum, micros) => sum + micros, 0);
    const first = spend.findIndex((micros) => micros > 0);
    for (let at = first < 0 ? days : first; at < days; at++) {
      const share = at < change ? weight : Number(budgets.get(key) ?? 0n);
      const reported = (spend[at] ?? 0) > 0 && (!always || count[at]);
      all[at] = (all[at] ?? 0) + share;
      if (reported) there[at] = (there[at] ?? 0) + share;
    }
  }
  return Array.from(all, (whole, at) => {
    const expected = at < change ? whole > 0 : spent.size > 0;
    return expected && (there[at] ?? 0) >= LEAST_SPEND * whole;
  });
}
