/**
 * Takes old records and old answers out of the database.
 *
 * @module
 */
import type { LogRetention } from "../../ports/log.ts";
import type { Sql } from "../sql.ts";

/** Retires in a database. */
export function createLogRetention(sql: Sql): LogRetention {
  async function count(
    text: string,
    params: readonly (string | number)[],
  ): Promise<number> {
    const [row] = await sql.query<{ count: bigint }>(text, params);
    return Number(row?.count ?? 0);
  }
  return {
    retire: (tenant, upTo, limit) => count(RETIRE, [tenant, upTo, limit]),
    keyedTenants: async () =>
      (await sql.query<{ tenant: string }>(KEYED_TENANTS))
        .map(({ tenant }) => tenant),
    countAnswers: (tenant, before) => count(COUNT_ANSWERS, [tenant, before]),
    forgetAnswers: (tenant, before, limit) =>
      count(FORGET_ANSWERS, [tenant, before, limit]),
  };
}

/**
 * One statement, so that at any moment the chain begins where the anchor says. Rows of
 * entities lie in the order of their moments, between the first and the last of the page.
 */
const RETIRE = `
  with page as materialized (
    select seq, at, hash from decision
    where tenant = $1 and seq <= $2::int8
    order by seq limit $3::int4
  ),
  span as materialized (
    select min(at) as first, max(at) as last, min(seq) as low, max(seq) as high
    from page
  ),
  gone as (
    delete from decision using page
    where decision.tenant = $1 and decision.seq = page.seq
    returning 1
  ),
  unnamed as (
    delete from decision_entity as named
    where named.tenant = $1
      and named.at >= (select first from span)
      and named.at <= (select last from span)
      and named.seq >= (select low from span)
      and named.seq <= (select high from span)
  ),
  moved as (
    insert into log_anchor as anchor (tenant, seq, hash)
    select $1, seq, hash from page order by seq desc limit 1
    on conflict (tenant) do update set seq = excluded.seq, hash = excluded.hash
    where anchor.seq < excluded.seq
  )
  select count(*) as count from gone`;

const KEYED_TENANTS = `
  select distinct tenant from idempotent_answer order by tenant`;

const COUNT_ANSWERS = `
  select count(*) as count from idempotent_answer
  where tenant = $1 and kept_at < $2::timestamptz`;

const FORGET_ANSWERS = `
  with gone as (
    delete from idempotent_answer
    where ctid = any(array(
      select ctid from idempotent_answer
      where tenant = $1 and kept_at < $2::timestamptz limit $3::int4
    ))
    returning 1
  )
  select count(*) as count from gone`;
