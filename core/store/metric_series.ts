/**
 * A metric over time, one series per entity, all over the same periods.
 *
 * @module
 */
import { addDays, countDays, type Day } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import { METRICS } from "../domain/signal.ts";
import type { MetricSeries, SeriesQuery } from "../ports/training_sets.ts";
import type { Sql } from "./sql.ts";
import { inForceSql, startStatement } from "./statement.ts";
import { entityColumn } from "./tables/columns.ts";

interface Total {
  readonly id: string;
  readonly parent: string | null;
  readonly day: Day;
  readonly days: number;
  readonly total: number;
}

/**
 * Reads totals by entity and period; a period without a row is 0.
 *
 * @throws {EngineError} `dataset_invalid` if periods differ in length or overlap.
 */
export async function readSeries(
  sql: Sql,
  query: SeriesQuery,
): Promise<MetricSeries[]> {
  const totals = await readTotals(sql, query);
  const days = periodDays(totals, query);
  const places = new Map(days.map((day, place) => [day, place]));
  return [...Map.groupBy(totals, ({ id }) => id)].map(([id, rows]) => {
    const series = new Float64Array(days.length);
    for (const { day, total } of rows) {
      series[places.get(day) ?? NaN] = total;
    }
    const parent = rows.find((row) => row.parent !== null)?.parent ?? null;
    return { id, parent, days, totals: series };
  });
}

function periodDays(totals: readonly Total[], query: SeriesQuery): Day[] {
  const [first] = totals;
  if (first === undefined) return [];
  const starts = totals.map(({ day }) => day).sort();
  const from = starts[0] ?? first.day;
  const last = starts.at(-1) ?? from;
  const step = first.days;
  const aligned = totals.every(({ day, days }) =>
    days === step && countDays({ from, until: day }) % step === 0
  );
  if (!aligned) {
    throw new EngineError(
      "dataset_invalid",
      `Cannot read series of "${query.metric}" by "${query.by}": its periods differ in length or overlap; ingest one length of period per level`,
    );
  }
  const periods = countDays({ from, until: last }) / step + 1;
  return Array.from(
    { length: periods },
    (_, period) => addDays(from, period * step),
  );
}

async function readTotals(sql: Sql, query: SeriesQuery): Promise<Total[]> {
  const { metric, from, until, knownAt } = query;
  if (!Object.hasOwn(METRICS, metric)) {
    throw new RangeError(`Cannot read series of "${metric}": no such metric`);
  }
  const statement = startStatement();
  const { bind, params } = statement;
  const by = `s.${entityColumn(query.by)}`;
  const parent = query.parent === null
    ? "null"
    : `max(s.${entityColumn(query.parent)})`;
  return await sql.query<Total>(
    `select ${by} as id, ${parent} as parent, s.day, s.period_days as days,
      coalesce(sum(s.${metric}), 0)::float8 as total
    from performance s
    where s.tenant = ${bind(query.tenant)} and s.level = ${bind(query.level)}
      and ${by} is not null
      and s.day >= coalesce(${bind(from)}::date, '-infinity')
      and s.day < coalesce(${bind(until)}::date, 'infinity')
      and ${inForceSql(knownAt, statement)}
    group by ${by}, s.day, s.period_days
    order by ${by} collate "C", s.day`,
    params,
  );
}
