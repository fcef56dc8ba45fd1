/**
 * Takes old records, checkpoints and answers out of the database.
 *
 * @module
 */
import type { LogRetention, ThinnedCheckpoints } from "../../ports/log.ts";
import { OF_NO_CHANGE, OF_RETENTION } from "../audit_log.ts";
import type { Sql } from "../sql.ts";

/** Retires in a database. */
export function createLogRetention(sql: Sql): LogRetention {
  async function count(
    text: string,
    params: readonly (string | number | readonly string[])[],
  ): Promise<number> {
    const [row] = await sql.query<{ count: bigint }>(text, params);
    return Number(row?.count ?? 0);
  }
  return {
    retire: (tenant, upTo, limit) => count(RETIRE, [tenant, upTo, limit]),
    retireActs: (owner, upTo, limit) =>
      count(RETIRE_ACTS, [owner, upTo, limit, [OF_NO_CHANGE, OF_RETENTION]]),
    countThinned: (owner, asked) => count(COUNT_THINNED, thinned(owner, asked)),
    thinCheckpoints: (owner, asked, limit) =>
      count(THIN, [...thinned(owner, asked), limit]),
    keyedTenants: async () =>
      (await sql.query<{ tenant: string }>(KEYED_TENANTS))
        .map(({ tenant }) => tenant),
    countAnswers: (tenant, before) => count(COUNT_ANSWERS, [tenant, before]),
    forgetAnswers: (tenant, before, limit) =>
      count(FORGET_ANSWERS, [tenant, before, limit]),
  };
}

function thinned(
  owner: string,
  { before, anchors: { decisions, acts } }: ThinnedCheckpoints,
): (string | number)[] {
  return [owner, before, decisions, acts];
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

const RETIRE_ACTS = `
  with gone as (
    delete from audit_event
    where tenant = $1 and seq = any(array(
      select seq from audit_event
      where tenant = $1 and seq <= $2::int8 and change = any($4::text[])
      order by seq limit $3::int4
    ))
    returning 1
  )
  select count(*) as count from gone`;

/** Checkpoints are made in the order of their numbers, so a later one of a day comes next. */
const THINNED = `
  stood as (
    select number, at, lead(at) over (order by number) as next
    from checkpoint where tenant = $1
  ),
  signing as (
    select max(number) as number from checkpoint
    where tenant = $1 and decisions = $3::int8
    union all
    select max(number) from checkpoint where tenant = $1 and acts = $4::int8
  ),
  thinned as (
    select number from stood
    where at < $2::timestamptz
      and date_trunc('day', at at time zone 'UTC') =
        date_trunc('day', next at time zone 'UTC')
      and not exists (
        select from signing where signing.number = stood.number
      )
  )`;

const COUNT_THINNED = `
  with ${THINNED} select count(*) as count from thinned`;

const THIN = `
  with ${THINNED},
  gone as (
    delete from checkpoint where tenant = $1 and number = any(array(
      select number from thinned order by number limit $5::int4
    ))
    returning 1
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
