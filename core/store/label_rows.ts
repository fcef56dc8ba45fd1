/**
 * Labels: what came of each starting event, within days of it.
 *
 * A starting event that carries no id to match on has no label and is left out.
 *
 * @module
 */
import { DAY_MS } from "../domain/day.ts";
import type { LabelQuery, LabelRow } from "../ports/training_sets.ts";
import { ENTITY_TYPES } from "../domain/entity.ts";
import { knownSql, startStatement } from "./statement.ts";
import type { Sql } from "./sql.ts";
import { entityColumn, idColumn } from "./tables/columns.ts";

/** Reads labelled starting events in order of time. */
export async function readLabels(
  sql: Sql,
  query: LabelQuery,
): Promise<LabelRow[]> {
  const statement = startStatement();
  const { bind, params } = statement;
  const tenant = bind(query.tenant);
  const match = entityColumn(query.matchOn);
  const within = bind(query.withinDays * DAY_MS);
  const from = bind(query.from);
  const until = bind(query.until);
  const value = "coalesce(sum(o.value_micros), 0)::float8";
  const label = query.measure === "occurs" ? "(count(o.at) > 0)::int4" : value;
  const known = knownSql(query.knownAt, statement)
    .map((condition) => `and ${condition}`).join(" ");
  return await sql.query<LabelRow>(
    `with start as materialized (
      select row_number() over (
          order by s.occurred_at, s.source collate "C", s.event_id collate "C"
        ) as place,
        s.${match} as match, s.occurred_at as at,
        jsonb_strip_nulls(jsonb_build_object(${ENTITIES})) as entities,
        s.properties ->> ${bind(query.actionProperty)}::text as action,
        s.properties
      from event s
      where s.tenant = ${tenant} and s.type = ${bind(query.start)}
        and s.${match} is not null
        and s.occurred_at >= coalesce(${from}::timestamptz, '-infinity')
        and s.occurred_at < coalesce(${until}::timestamptz, 'infinity') ${known}
    ), outcome as materialized (
      select s.${match} as match, s.occurred_at as at, s.value_micros
      from event s
      where s.tenant = ${tenant} and s.type = ${bind(query.outcome)} ${known}
    )
    select s.entities, s.at, s.action, s.properties, ${label} as label,
      ${value} as "valueMicros",
      min(o.at) as "outcomeAt"
    from start s
    left join outcome o on o.match = s.match and o.at > s.at
      and o.at <= s.at + ${within}::float8 * interval '1 millisecond'
    group by s.place, s.entities, s.at, s.action, s.properties
    order by s.place`,
    params,
  );
}

const ENTITIES = ENTITY_TYPES.map((type) => `'${type}', s.${idColumn(type)}`)
  .join(", ");
