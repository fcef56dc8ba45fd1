/**
 * Features computed inside Postgres: at given points for training, and for every
 * entity at one moment.
 *
 * @module
 */
import { calendarPart } from "../domain/calendar.ts";
import type { Instant } from "../domain/day.ts";
import type { FeatureValue, FeatureView } from "../domain/feature.ts";
import type { FeatureHistory, FeaturePoint } from "../ports/features.ts";
import { chunks } from "./chunks.ts";
import { materialize, readRun } from "./feature_runs.ts";
import { viewSql } from "./feature_sql.ts";
import { readLabels } from "./label_rows.ts";
import { readSeries } from "./metric_series.ts";
import type { Sql } from "./sql.ts";
import { startStatement } from "./statement.ts";

/** Computes features over the signals of a database. */
export function createFeatureHistory(sql: Sql): FeatureHistory {
  return {
    aggregate: async (tenant, view, { points, knownAt }) => {
      const vectors = [];
      for (const chunk of chunks(points)) {
        vectors.push(
          ...await aggregate(sql, view, { tenant, points: chunk, knownAt }),
        );
      }
      return vectors;
    },
    materialize: async (tenant, view, at) =>
      needsNoSignals(view)
        ? { view: view.name, version: view.version, at, rows: 0 }
        : await materialize(sql, view, { tenant, at }),
    readRun: (tenant, run) => readRun(sql, tenant, run),
    labels: (query) => readLabels(sql, query),
    series: (query) => readSeries(sql, query),
  };
}

async function aggregate(
  sql: Sql,
  view: FeatureView,
  { tenant, points, knownAt }: {
    tenant: string;
    points: readonly FeaturePoint[];
    knownAt: Instant | null;
  },
): Promise<FeatureValue[][]> {
  if (needsNoSignals(view)) {
    return points.map(({ at }) => withCalendar(view, at, []));
  }
  const statement = startStatement();
  const ids = statement.bind(points.map(({ id }) => id));
  const ats = statement.bind(points.map(({ at }) => at));
  const { vector, signals, id } = viewSql(view, {
    tenant,
    at: "p.at",
    knownAt,
    calendar: () => "null",
  }, statement);
  const rows = await sql.values(
    `select v.vector
    from unnest(${ids}::text[], ${ats}::timestamptz[])
      with ordinality as p(id, at, place)
    cross join lateral (
      select ${vector} as vector ${signals} and ${id} = p.id
    ) v
    order by p.place`,
    statement.params,
  ) as [FeatureValue[]][];
  return points.map(({ at }, place) =>
    withCalendar(view, at, rows[place]?.[0] ?? [])
  );
}

function needsNoSignals({ features, source }: FeatureView): boolean {
  return source.grain === "calendar" ||
    features.every(({ aggregation }) => aggregation.how === "calendar");
}

function withCalendar(
  { features }: FeatureView,
  at: Instant,
  values: readonly FeatureValue[],
): FeatureValue[] {
  return features.map(({ aggregation }, place) =>
    aggregation.how === "calendar"
      ? calendarPart(aggregation.part, at)
      : values[place] ?? null
  );
}
