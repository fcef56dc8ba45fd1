/**
 * How the kept values of each feature are spread over the entities: computed when it is
 * first asked for after a run, and kept with that run.
 *
 * Deviation is that of the population, and quantiles lie between values where they fall
 * between them. Entities without signals in the windows do not count.
 *
 * @module
 */
import type { FeatureView } from "../domain/feature.ts";
import type { FeatureStatistics } from "../ports/features.ts";
import { chunks } from "./chunks.ts";
import { EMPTY_VECTOR } from "./feature_vectors.ts";
import type { Session } from "./sql.ts";
import { startStatement, type Statement } from "./statement.ts";

/** Features that one statement reads: each is sorted, and others wait meanwhile. */
const FEATURES_AT_ONCE = 10;
/** Categories that are named. */
const TOP = 20;
const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Statistics of the kept vectors as of the latest run, in the view's order. */
export async function readStatistics(
  sql: Session,
  view: FeatureView,
  tenant: string,
): Promise<readonly FeatureStatistics[]> {
  const key = [tenant, view.name, view.version];
  const [run] = await sql.query<Latest>(LATEST, key);
  if (run?.statistics) return run.statistics;
  const statistics: FeatureStatistics[] = [];
  const places = view.features.map((_, place) => place);
  for (const some of chunks(places, FEATURES_AT_ONCE)) {
    statistics.push(...await summarize(sql, view, { tenant, places: some }));
  }
  if (run !== undefined) {
    await sql.query(KEEP, [...key, run.id, JSON.stringify(statistics)]);
  }
  return statistics;
}

interface Latest {
  readonly id: string;
  readonly statistics: readonly FeatureStatistics[] | null;
}

interface Summary {
  readonly place: number;
  readonly rows: number;
  readonly nulls: number;
  readonly min: number | null;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  readonly quantiles: readonly number[];
}

interface Category {
  readonly place: number;
  readonly value: string;
  readonly count: number;
  readonly distinct: number;
}

async function summarize(
  sql: Session,
  view: FeatureView,
  which: { readonly tenant: string; readonly places: readonly number[] },
): Promise<FeatureStatistics[]> {
  const numbers = startStatement();
  const summaries = await sql.query<Summary>(
    numbersSql(valuesSql(view, which, numbers)),
    numbers.params,
  );
  const texts = startStatement();
  const categories = Map.groupBy(
    await sql.query<Category>(
      categoriesSql(valuesSql(view, which, texts)),
      texts.params,
    ),
    ({ place }) => place,
  );
  const byPlace = new Map(summaries.map((summary) => [summary.place, summary]));
  return which.places.map((place) => ({
    feature: view.features[place]?.name ?? "",
    ...toStatistics(byPlace.get(place), categories.get(place)),
  }));
}

function toStatistics(
  summary: Summary | undefined,
  categories: readonly Category[] | undefined,
): Omit<FeatureStatistics, "feature"> {
  if (summary === undefined) {
    return { rows: 0, nulls: 0, numbers: null, categories: null };
  }
  const { rows, nulls, min, max, mean, deviation, quantiles } = summary;
  return {
    rows,
    nulls,
    numbers: min === null ? null : { min, max, mean, deviation, quantiles },
    categories: categories === undefined ? null : {
      distinct: categories[0]?.distinct ?? 0,
      top: categories.map(({ value, count }) => [value, count] as const),
    },
  };
}

/** Values of some features as rows `(place, value)`. */
function valuesSql(
  view: FeatureView,
  { tenant, places }: {
    readonly tenant: string;
    readonly places: readonly number[];
  },
  { typed }: Statement,
): string {
  const values = places.map((place) =>
    `(${place}, nullif(v.feature_values -> ${place}, 'null'))`
  );
  return `from feature_vector v
    cross join lateral (values ${values.join(", ")}) f(place, value)
    where v.tenant = ${typed(tenant, "text")}
      and v.view = ${typed(view.name, "text")}
      and v.version = ${typed(view.version, "int4")}
      and (v.withheld or v.feature_values <> '${EMPTY_VECTOR}')`;
}

/** Columns of values that are null are not read: a mean of no numbers is null. */
function numbersSql(values: string): string {
  const number = "n.number";
  return `select n.place, count(*)::float8 as rows,
      (count(*) - count(n.value))::float8 as nulls,
      min(${number}) as min, max(${number}) as max, avg(${number}) as mean,
      stddev_pop(${number}) as deviation,
      to_json(percentile_cont('{${QUANTILES.join(",")}}'::float8[])
        within group (order by ${number})) as quantiles
    from (
      select f.place, f.value,
        case jsonb_typeof(f.value) when 'number' then f.value::float8 end
          as number
      ${values}
    ) n
    group by n.place`;
}

/** The most frequent come first, those of equal count by code point. */
function categoriesSql(values: string): string {
  return `select place, value, count, "distinct" from (
      select c.*, count(*) over (partition by place)::float8 as "distinct",
        row_number() over (
          partition by place order by count desc, value collate "C"
        ) as rank
      from (
        select f.place, f.value #>> '{}' as value, count(*)::float8 as count
        ${values} and jsonb_typeof(f.value) = 'string'
        group by f.place, f.value #>> '{}'
      ) c
    ) ranked
    where rank <= ${TOP}
    order by place, rank`;
}

const LATEST = `
  select id, statistics from feature_run
  where tenant = $1 and view = $2 and version = $3::int4
    and finished_at is not null
  order by finished_at desc, at desc limit 1`;

const KEEP = `
  update feature_run set statistics = $5::json
  where tenant = $1 and view = $2 and version = $3::int4 and id = $4`;
