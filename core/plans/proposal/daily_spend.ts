/**
 * What each entity spent day by day.
 *
 * Days that are not reported yet count as today's mean spend.
 *
 * @module
 */
import { addDays, countDays, type Day } from "../../domain/day.ts";
import { type EntityKey, parseEntityKey } from "../../domain/entity.ts";
import type { FeatureHistory } from "../../ports/features.ts";
import type { MetricSeries } from "../../ports/training_sets.ts";
import { type CurrentSpend, findStep, readSpendFrom } from "./current_spend.ts";

/** Whose days are read. */
export interface DailySpendQuery {
  readonly tenant: string;
  /** Entities with what they spend today. */
  readonly spend: ReadonlyMap<EntityKey, CurrentSpend>;
  readonly from: Day;
  /** The first day that is not read; days from today on count as today's mean. */
  readonly until: Day;
  /** The day that is not over yet. */
  readonly today: Day;
}

/**
 * Reads days.
 *
 * @returns Micros of each day from `from`, shape [days]; null if spend is not reported
 * by the day.
 */
export async function readDailySpend(
  history: Pick<FeatureHistory, "series">,
  query: DailySpendQuery,
): Promise<ReadonlyMap<EntityKey, readonly bigint[]> | null> {
  const { tenant, spend, from, today } = query;
  const found = new Map<EntityKey, readonly bigint[]>();
  const byType = Map.groupBy(
    spend.keys(),
    (key) => parseEntityKey(key).type,
  );
  for (const [type, keys] of byType) {
    const rows = await readSpendFrom(history, { tenant, type, today, from });
    if (findStep(rows.flatMap(({ days }) => days)) > 1) return null;
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const key of keys) {
      const row = byId.get(parseEntityKey(key).id) ?? null;
      found.set(key, listDays(row, spend.get(key), query));
    }
  }
  return found;
}

function listDays(
  row: MetricSeries | null,
  spend: CurrentSpend | undefined,
  { from, until }: DailySpendQuery,
): readonly bigint[] {
  const reported = spend?.until ?? from;
  const totals = new Map(
    row?.days.map((day, at) => [day, row.totals[at] ?? 0]) ?? [],
  );
  return Array.from({ length: countDays({ from, until }) }, (_, at) => {
    const day = addDays(from, at);
    return day < reported
      ? BigInt(Math.max(0, Math.round(totals.get(day) ?? 0)))
      : spend?.microsPerDay ?? 0n;
  });
}
