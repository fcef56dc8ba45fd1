/**
 * Which partitions were asked for whole, when, and what was known then.
 *
 * @module
 */
import type {
  LagPoint,
  LatestClaim,
  SignalBatch,
  SignalStore,
} from "../ports/signals.ts";
import { chunks } from "./chunks.ts";
import { METRIC_COLUMNS, printRows } from "./signal_columns.ts";
import type { Session, Sql } from "./sql.ts";

/** Reads claims. */
export function readClaims(
  sql: Sql,
): Pick<SignalStore, "latestClaims" | "lagCurve"> {
  return {
    latestClaims: (tenant, source, report) =>
      sql.query<LatestClaim>(LATEST, [tenant, source, report]),
    lagCurve: (tenant, source, report) =>
      sql.query<LagPoint>(LAG, [
        tenant,
        source,
        report,
        LATE,
        LEARNT_DAYS,
      ]),
  };
}

/** Writes the claims of a batch. */
export async function writeClaims(
  tx: Session,
  { tenant, source, observedAt, claims }: SignalBatch,
): Promise<void> {
  for (const chunk of chunks(claims)) {
    await tx.query(INSERT, [tenant, source, observedAt, printRows(chunk)]);
  }
}

/**
 * A source may be asked every quarter of an hour, and a claim says something new once
 * a day: of claims of a partition at one age the last is kept, with the moment since
 * which the age was claimed, so that maturity as of every moment stays what it was.
 * Given up is what else the earlier claims of that day of age said: their totals,
 * quality and reconciliation. A claim of the whole partition outlives those of a
 * part, because observations older than it change nothing.
 */
const INSERT = `
  with given as materialized (
    select *
    from jsonb_to_recordset($4::jsonb) as given("partitionKey" text, report text,
      level text, account text, day date, record text, whole boolean, rows int4,
      "ageDays" int4, maturity text, quality jsonb, metrics jsonb,
      reconciled text)
  ), gone as (
    delete from partition_claim c using given
    where c.tenant = $1 and c.source = $2
      and c.partition_key = given."partitionKey"
      and c.claimed_at < $3::timestamptz
      and c.age_days = given."ageDays" and c.maturity = given.maturity
      and (given.whole or not c.whole)
    returning c.partition_key, c.since
  ), before as (
    select partition_key, min(since) as since from gone group by partition_key
  )
  insert into partition_claim as known (tenant, source, claimed_at, since,
    partition_key, report, level, account, day, record, whole, rows, age_days,
    maturity, quality, metrics, reconciled)
  select $1, $2, $3::timestamptz, coalesce(before.since, $3::timestamptz),
    given."partitionKey", given.report, given.level, given.account, given.day,
    given.record, given.whole, given.rows, given."ageDays", given.maturity,
    array(select jsonb_array_elements_text(given.quality)), given.metrics,
    given.reconciled
  from given left join before on before.partition_key = given."partitionKey"
  on conflict (tenant, source, partition_key, claimed_at) do update set
    since = least(known.since, excluded.since),
    whole = excluded.whole, rows = excluded.rows,
    age_days = excluded.age_days, maturity = excluded.maturity,
    quality = excluded.quality, metrics = excluded.metrics,
    reconciled = excluded.reconciled`;

const ONE_LATEST = `
  select day, claimed_at, age_days, maturity, whole
  from partition_claim
  where tenant = $1 and source = $2 and report = $3`;

/** From day to day by the index, so that claims in between are not read. */
const LATEST = `
  with recursive latest as (
    (${ONE_LATEST} and day is not null order by day, claimed_at desc limit 1)
    union all
    select next.* from latest cross join lateral (
      ${ONE_LATEST} and day > latest.day order by day, claimed_at desc limit 1
    ) next
  )
  select day, claimed_at as "claimedAt", age_days as "ageDays", maturity,
    case when whole or maturity <> 'final' then 0 else (
      select count(*) from partition_claim c
      where c.tenant = $1 and c.source = $2 and c.report = $3
        and c.day = latest.day and c.maturity = 'final' and not c.whole
    ) end::int4 as "partialReads"
  from latest order by day`;

/**
 * What tells how late a report's numbers are, the first that its final days have any
 * of: conversions, which are attributed last; where there are none, what people do
 * after a message or an ad; where there is nothing of that, whatever else it tells.
 */
const LATE: readonly string[] = [
  ...new Set<string>([
    ...["conversions_millionths", "clicks", "opens", "spend_micros"],
    ...METRIC_COLUMNS,
  ]),
];

/** Days up to the latest final one of which a report's lateness is learnt. */
const LEARNT_DAYS = 180;

const LAG = `
  with latest as materialized (
    select day from partition_claim
    where tenant = $1 and source = $2 and report = $3
      and day is not null and maturity = 'final'
    order by day desc limit 1
  ), claim as materialized (
    select distinct on (partition_key, age_days)
      partition_key, age_days, day, claimed_at, maturity, metrics
    from partition_claim
    where tenant = $1 and source = $2 and report = $3
      and day > (select day from latest) - $5::int4
      and day <= (select day from latest) and age_days >= 0
    order by partition_key, age_days, claimed_at desc
  ), final as materialized (
    select distinct on (partition_key) partition_key, metrics
    from claim where maturity = 'final'
    order by partition_key, claimed_at desc
  ), late as materialized (
    select metric
    from unnest($4::text[]) with ordinality as told(metric, place)
    where exists (
      select from final where (final.metrics->>metric)::numeric > 0
    )
    order by place limit 1
  )
  select c.age_days as "ageDays",
    sum(coalesce((c.metrics->>metric)::numeric, 0))::float8 as known,
    sum(coalesce((f.metrics->>metric)::numeric, 0))::float8 as final,
    count(distinct c.day)::int4 as days
  from claim c join final f using (partition_key) cross join late
  group by c.age_days
  order by c.age_days`;
