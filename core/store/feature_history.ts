/**
 * Features computed inside Postgres: at given points for training, and for every
 * entity at one moment.
 *
 * @module
 */
import { calendarPart } from "../domain/calendar.ts";
import type { Instant } from "../domain/day.ts";
import type {
  FeatureValue,
  FeatureVector,
  FeatureView,
} from "../domain/feature.ts";
import type {
  FeatureHistory,
  FeaturePoint,
  MaterializeRun,
} from "../ports/features.ts";
import { chunks } from "./chunks.ts";
import { viewSql } from "./feature_sql.ts";
import { readLabels } from "./label_rows.ts";
import { readSeries } from "./metric_series.ts";
import type { Sql } from "./sql.ts";
import { startStatement } from "./statement.ts";

const PAGE_ROWS = 5000;

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
    materialize: (tenant, view, at) => materialize(sql, view, { tenant, at }),
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

/** A run again at the same moment replaces the one before. */
async function materialize(
  sql: Sql,
  view: FeatureView,
  { tenant, at }: { tenant: string; at: Instant },
): Promise<MaterializeRun> {
  const run = { view: view.name, version: view.version, at };
  if (needsNoSignals(view)) return { ...run, rows: 0 };
  const statement = startStatement();
  const key = [tenant, view.name, view.version, at].map(statement.bind);
  const moment = `${key[3]}::timestamptz`;
  const { vector, signals, id } = viewSql(view, {
    tenant,
    at: moment,
    knownAt: null,
    calendar: (part) => `${statement.bind(calendarPart(part, at))}::float8`,
  }, statement);
  return await sql.transaction(async (tx) => {
    await tx.query(
      "delete from feature_vector where tenant = $1 and view = $2 and version = $3 and at = $4",
      statement.params.slice(0, 4),
    );
    const [added] = await tx.query<{ rows: number }>(
      `with added as (
        insert into feature_vector
          (tenant, view, version, at, entity, feature_values)
        select ${key[0]}, ${key[1]}, ${key[2]}::int4, ${moment},
          '${view.entity}:' || ${id}, ${vector}
        ${signals} and ${id} is not null
        group by ${id}
        returning 1
      )
      select count(*)::int4 as rows from added`,
      statement.params,
    );
    return { ...run, rows: added?.rows ?? 0 };
  });
}

async function* readRun(
  sql: Sql,
  tenant: string,
  { view, version, at }: MaterializeRun,
): AsyncIterable<readonly FeatureVector[]> {
  let after = "";
  while (true) {
    const rows = await sql.query<Pick<FeatureVector, "entity" | "values">>(
      READ_RUN,
      [tenant, view, version, at, after, PAGE_ROWS],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({ view, version, at, ...row }));
    after = last.entity;
  }
}

const READ_RUN = `
  select entity, feature_values as "values"
  from feature_vector
  where tenant = $1 and view = $2 and version = $3::int4
    and at = $4::timestamptz and entity > $5
  order by entity
  limit $6`;
