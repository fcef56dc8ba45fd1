/**
 * What each stream of a source told by day: how many signals, the sum of each metric and
 * its usual sizes, and on which days it brought something new.
 *
 * Sizes are read off a part of the signals where there are many: whichever a hash of
 * their keys takes, about the same number of each stream.
 *
 * @module
 */
import type { Day, DayRange } from "../domain/day.ts";
import { METRICS } from "../domain/signal.ts";
import type {
  DayProfile,
  MetricLevel,
  SourceProfiles,
  StreamProfile,
  WatchedMetric,
} from "../ports/trust.ts";
import type { Sql } from "./sql.ts";

/** Signals of a stream of which sizes are read. */
const SIZED_SIGNALS = 30_000;

/** Profiles from the signals of a database. */
export function createSourceProfiles(sql: Sql): SourceProfiles {
  return {
    read: async (tenant, days) => {
      const streams = [];
      for (const grain of GRAINS) {
        streams.push(...await readGrain(sql, grain, { tenant, days }));
      }
      return streams;
    },
  };
}

/** Signals of one grain, as SQL. */
interface Grain {
  readonly name: StreamProfile["grain"];
  readonly table: string;
  /** Report or type. */
  readonly stream: string;
  /** Day of occurrence. */
  readonly day: string;
  /** Which are of days from `$2` until `$3`, and in force. */
  readonly told: string;
  /** Which were new when they were observed. */
  readonly isNew: string;
  readonly key: string;
  readonly metrics: readonly WatchedMetric[];
}

const GRAINS: readonly Grain[] = [
  {
    name: "performance",
    table: "performance",
    stream: "report",
    day: "s.day",
    told: "s.superseded_at is null and s.day >= $2::date and s.day < $3::date",
    isNew: "s.revision = 1",
    key: "s.row_key",
    metrics: Object.keys(METRICS) as WatchedMetric[],
  },
  {
    name: "event",
    table: "event",
    stream: "type",
    day: "s.occurred_at::date",
    told: "s.occurred_at >= $2::date and s.occurred_at < $3::date",
    isNew: "true",
    key: "s.event_id",
    metrics: ["value_micros"],
  },
];

interface Named {
  readonly source: string;
  readonly name: string;
}

type DayRow =
  & Named
  & { readonly day: Day; readonly signals: number }
  & {
    readonly [metric in WatchedMetric]?: string | null;
  };

interface SizeRow extends Named {
  readonly day: Day;
  readonly metric: WatchedMetric;
  readonly signals: number;
  readonly sizes: readonly [low: number, median: number, high: number];
}

interface HeardRow extends Named {
  readonly connector: string;
  readonly days: readonly Day[] | null;
}

async function readGrain(
  sql: Sql,
  grain: Grain,
  { tenant, days: { from, until } }: {
    readonly tenant: string;
    readonly days: DayRange;
  },
): Promise<StreamProfile[]> {
  const params = [tenant, from, until];
  const days = await sql.query<DayRow>(daysSql(grain), params);
  if (days.length === 0) return [];
  const sizes = Map.groupBy(
    await sql.query<SizeRow>(sizesSql(grain), params),
    (row) => keyOf(row, row.day),
  );
  const heard = new Map(
    (await sql.query<HeardRow>(heardSql(grain), params))
      .map((row) => [keyOf(row), row]),
  );
  const streams = Map.groupBy(days, (row) => keyOf(row));
  return [...streams].flatMap(([key, rows]) => {
    const [first] = rows;
    const { connector = "", days: heardOn = null } = heard.get(key) ?? {};
    return first === undefined ? [] : [{
      ...{ source: first.source, connector, grain: grain.name },
      name: first.name,
      days: rows.map((row) => toDay(row, sizes.get(keyOf(row, row.day)) ?? [])),
      heard: heardOn ?? [],
    }];
  });
}

function keyOf({ source, name }: Named, day: Day = ""): string {
  return JSON.stringify([source, name, day]);
}

function toDay(row: DayRow, sizes: readonly SizeRow[]): DayProfile {
  return {
    day: row.day,
    signals: row.signals,
    levels: sizes.map(({ metric, signals, sizes: [low, median, high] }) =>
      ({
        ...{ metric, signals, low, median, high },
        sum: BigInt(row[metric] ?? 0),
      }) satisfies MetricLevel
    ),
  };
}

function daysSql({ table, stream, day, told, metrics }: Grain): string {
  const sums = metrics.map((metric) => `sum(s.${metric})::text as "${metric}"`);
  return `select s.source, s.${stream} as name, ${day} as day,
      count(*)::float8 as signals, ${sums.join(", ")}
    from ${table} s where s.tenant = $1 and ${told}
    group by s.source, s.${stream}, ${day}
    order by s.source, s.${stream}, ${day}`;
}

function sizesSql({ table, stream, day, told, key, metrics }: Grain): string {
  const values = metrics.map((metric) => `('${metric}', s.${metric})`);
  return `with stream as (
      select source, ${stream} as name,
        greatest(count(*) / ${SIZED_SIGNALS}, 1) as one_in
      from ${table} s where s.tenant = $1 and ${told}
      group by source, ${stream}
    )
    select s.source, s.${stream} as name, ${day} as day, m.metric,
      count(*)::float8 as signals,
      to_json(percentile_disc(array[0.1, 0.5, 0.9])
        within group (order by abs(m.value)::float8)) as sizes
    from ${table} s
    join stream t on t.source = s.source and t.name = s.${stream}
    cross join lateral (values ${values.join(", ")}) m(metric, value)
    where s.tenant = $1 and ${told} and m.value <> 0
      and (hashtext(${key}) & 2147483647) % t.one_in = 0
    group by s.source, s.${stream}, ${day}, m.metric`;
}

function heardSql({ table, stream, isNew }: Grain): string {
  return `select k.name as source, k.connector, h.name,
      array_agg(h.day::text order by h.day) filter (where h.day is not null)
        as days
    from (
      select distinct s.source, s.${stream} as name,
        case when ${isNew} and s.observed_at >= $2::date
          and s.observed_at < $3::date then s.observed_at::date end as day
      from ${table} s where s.tenant = $1
    ) h
    join source k on k.tenant = $1 and k.name = h.source
    group by k.name, k.connector, h.name`;
}
