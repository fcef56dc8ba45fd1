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
import { printRows } from "./signal_columns.ts";
import type { Session, Sql } from "./sql.ts";

/** Reads claims. */
export function readClaims(
  sql: Sql,
): Pick<SignalStore, "latestClaims" | "lagCurve"> {
  return {
    latestClaims: (tenant, source, report) =>
      sql.query<LatestClaim>(LATEST, [tenant, source, report]),
    lagCurve: (tenant, source, report) =>
      sql.query<LagPoint>(LAG, [tenant, source, report]),
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

const INSERT = `
  insert into partition_claim (tenant, source, claimed_at, partition_key, report,
    level, account, day, record, whole, rows, age_days, maturity, quality,
    metrics, reconciled)
  select $1, $2, $3::timestamptz, given."partitionKey", given.report,
    given.level, given.account, given.day, given.record, given.whole,
    given.rows, given."ageDays", given.maturity,
    array(select jsonb_array_elements_text(given.quality)), given.metrics,
    given.reconciled
  from jsonb_to_recordset($4::jsonb) as given("partitionKey" text, report text,
    level text, account text, day date, record text, whole boolean, rows int4,
    "ageDays" int4, maturity text, quality jsonb, metrics jsonb,
    reconciled text)
  on conflict (tenant, source, partition_key, claimed_at) do update set
    whole = excluded.whole, rows = excluded.rows,
    age_days = excluded.age_days, maturity = excluded.maturity,
    quality = excluded.quality, metrics = excluded.metrics,
    reconciled = excluded.reconciled`;

const LATEST = `
  select distinct on (day) day, claimed_at as "claimedAt",
    age_days as "ageDays", maturity
  from partition_claim
  where tenant = $1 and source = $2 and report = $3 and day is not null
  order by day, claimed_at desc`;

/** What is attributed late: conversions, or clicks where there are none. */
const LATE = "coalesce((metrics->>'conversions_millionths')::numeric, 0)";

const LAG = `
  with final as (
    select distinct on (partition_key) partition_key, ${LATE} as came_to
    from partition_claim
    where tenant = $1 and source = $2 and report = $3
      and day is not null and maturity = 'final'
    order by partition_key, claimed_at desc
  )
  select c.age_days as "ageDays",
    sum(${LATE.replaceAll("metrics", "c.metrics")})::float8 as known,
    sum(f.came_to)::float8 as final,
    count(*)::int4 as days
  from partition_claim c join final f using (partition_key)
  where c.tenant = $1 and c.source = $2 and c.report = $3 and c.age_days >= 0
  group by c.age_days
  order by c.age_days`;
