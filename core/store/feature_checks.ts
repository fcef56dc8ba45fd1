/**
 * How served vectors compared with what was derived again, counted by day.
 *
 * @module
 */
import type {
  ConsistencyCounts,
  ConsistencyStore,
  TenantCounts,
} from "../ports/trust.ts";
import type { Sql } from "./sql.ts";

/** Keeps the counts in a database. */
export function createConsistencyStore(sql: Sql): ConsistencyStore {
  return {
    add: async (tenant, counts) => {
      await sql.query(ADD, [
        tenant,
        counts.map(({ name }) => name),
        counts.map(({ version }) => version),
        counts.map(({ day }) => day),
        counts.map(({ checked }) => checked),
        counts.map(({ mismatched }) => mismatched),
      ]);
    },
    since: (tenant, day) => sql.query<ConsistencyCounts>(SINCE, [tenant, day]),
    everyoneSince: (day) => sql.query<TenantCounts>(EVERYONE_SINCE, [day]),
  };
}

/** Counts of one view and day come once into a statement, however often they are given. */
const ADD = `
  insert into feature_check as c
    (tenant, view, version, day, checked, mismatched)
  select $1, given.view, given.version, given.day, sum(given.checked),
    sum(given.mismatched)
  from unnest($2::text[], $3::int4[], $4::date[], $5::int8[], $6::int8[])
    as given(view, version, day, checked, mismatched)
  group by given.view, given.version, given.day
  order by given.view, given.version, given.day
  on conflict (tenant, view, version, day) do update set
    checked = c.checked + excluded.checked,
    mismatched = c.mismatched + excluded.mismatched`;

const SINCE = `
  select view as name, version, day, checked::float8 as checked,
    mismatched::float8 as mismatched
  from feature_check where tenant = $1 and day >= $2::date
  order by view, version, day`;

const EVERYONE_SINCE = `
  select tenant, view as name, version, day, checked::float8 as checked,
    mismatched::float8 as mismatched
  from feature_check where day >= $1::date
  order by tenant, view, version, day`;
