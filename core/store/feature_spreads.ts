/**
 * How kept values are spread: as it was noted with runs, and counted now by given cuts.
 *
 * @module
 */
import type { FeatureStatistics } from "../ports/features.ts";
import type { CutCounts, FeatureSpreads } from "../ports/trust.ts";
import { EMPTY_VECTOR } from "./feature_vectors.ts";
import type { Sql } from "./sql.ts";
import { startStatement } from "./statement.ts";

/** Spreads of the vectors of a database. */
export function createFeatureSpreads(sql: Sql): FeatureSpreads {
  return {
    earlier: async (tenant, { name, version }, limit) => {
      const rows = await sql.query<{ statistics: FeatureStatistics[] }>(
        EARLIER,
        [tenant, name, version, limit],
      );
      return rows.map(({ statistics }) => statistics);
    },
    count: async (tenant, view, cuts) => {
      const asked = cuts.flatMap(({ feature, cuts }) => {
        const place = view.features.findIndex(({ name }) => name === feature);
        return place < 0 ? [] : [{ feature, place, cuts }];
      });
      if (asked.length === 0) return [];
      const { typed, params } = startStatement();
      const columns = asked.map(({ place, cuts }) => {
        const value = `(n.numbers[${place + 1}])`;
        const count = (is: string) => `count(*) filter (where ${value} ${is})`;
        const at = (sign: string) =>
          cuts.map((cut) => count(`${sign} ${typed(cut, "float8")}`));
        const parts = [count("is not null"), ...at("<"), ...at("<=")];
        return `array[${parts.join(", ")}]::float8[]`;
      });
      const [row = []] = await sql.values(
        `select ${columns.join(", ")} from (
          select ${numbersSql(view.features.length)} as numbers
          from feature_vector v
          where v.tenant = ${typed(tenant, "text")}
            and v.view = ${typed(view.name, "text")}
            and v.version = ${typed(view.version, "int4")}
            and (v.withheld or v.feature_values <> '${EMPTY_VECTOR}')
        ) n`,
        params,
      ) as number[][][];
      return asked.map(({ feature, cuts }, column) =>
        toCounts(feature, cuts.length, row[column] ?? [])
      );
    },
  };
}

/** The values that are numbers, as an array in the view's order. */
function numbersSql(features: number): string {
  const values = Array.from(
    { length: features },
    (_, place) => {
      const value = `v.feature_values -> ${place}`;
      return `case jsonb_typeof(${value}) when 'number' then (${value})::float8 end`;
    },
  );
  return `array[${values.join(", ")}]::float8[]`;
}

function toCounts(
  feature: string,
  cuts: number,
  [known = 0, ...counts]: readonly number[],
): CutCounts {
  return {
    feature,
    known,
    below: counts.slice(0, cuts),
    upTo: counts.slice(cuts),
  };
}

const EARLIER = `
  select statistics from (
    select statistics, finished_at, at from feature_run
    where tenant = $1 and view = $2 and version = $3::int4
      and finished_at is not null
    order by finished_at desc, at desc offset 1
  ) earlier
  where statistics is not null
  order by finished_at desc, at desc limit $4::int4`;
