/**
 * Much of everything, written by the database itself.
 *
 * @module
 */
import type { Session } from "../../core/store/sql.ts";

/** Whose it is. */
export const OWNER = { tenant: "acme", source: "ads" } as const;
/** The report that is filled. */
export const REPORT = "campaign_daily";
/** First day that is filled. */
export const FIRST_DAY = "2026-01-01";

/** Claims of each of some days. */
export async function fillClaims(
  sql: Session,
  { days, each }: { readonly days: number; readonly each: number },
): Promise<void> {
  await sql.query(CLAIMS, [OWNER.tenant, OWNER.source, REPORT, days, each]);
  await sql.query("analyze partition_claim");
}

/** Totals, so many a day, half of them superseded. */
export async function fillPerformance(
  sql: Session,
  { days, each }: { readonly days: number; readonly each: number },
): Promise<void> {
  await sql.query(TOTALS, [OWNER.tenant, OWNER.source, REPORT, days, each]);
  await sql.query("analyze performance");
}

/** Dead letters, one in ten of each source. */
export async function fillLetters(sql: Session, rows: number): Promise<void> {
  await sql.query(LETTERS, [OWNER.tenant, OWNER.source, rows]);
  await sql.query("analyze dead_letter");
}

/** Batches of the outbox, one a second, that have their positions. */
export async function fillOutbox(sql: Session, rows: number): Promise<void> {
  await sql.query(BATCHES, [OWNER.tenant, OWNER.source, rows]);
  await sql.query("analyze outbox");
}

const CLAIMS = `
  insert into partition_claim (tenant, source, partition_key, claimed_at, since,
    report, level, day, whole, rows, age_days, maturity, quality, metrics)
  select $1, $2, 'p-' || d, at, at, $3, 'campaign', '${FIRST_DAY}'::date + d,
    true, 1, n - 1, case when n = $5::int4 then 'final' else 'settling' end, '{}',
    jsonb_build_object('clicks', n::text, 'spend_micros', '5')
  from generate_series(0, $4::int4 - 1) d, generate_series(1, $5::int4) n,
    lateral (select '${FIRST_DAY}'::timestamptz + d * interval '1 day'
      + n * interval '1 hour' as at) moment`;

const TOTALS = `
  insert into performance (tenant, source, row_key, revision, partition_key,
    report, level, day, period_days, zone, currency, breakdowns, attribution,
    content_hash, maturity, campaign_id, spend_micros, observed_at, superseded_at)
  select $1, $2, 'r-' || d || '-' || n / 2, 1 + n % 2, 'p-' || d, $3,
    'campaign', '${FIRST_DAY}'::date + d, 1, 'UTC', 'EUR', '{}', '', 'h',
    'settling', 'c-' || n / 2, n, '${FIRST_DAY}'::timestamptz,
    case when n % 2 = 0 then '${FIRST_DAY}'::timestamptz end
  from generate_series(0, $4::int4 - 1) d, generate_series(0, $5::int4 - 1) n`;

const LETTERS = `
  insert into dead_letter (tenant, source, connector, id, reason, detail,
    original, observed_at)
  select $1, $2 || '-' || n % 10, 'csv', 'l-' || n, 'day_invalid', '', '',
    '${FIRST_DAY}'::timestamptz + n * interval '1 second'
  from generate_series(0, $3::int4 - 1) n`;

const BATCHES = `
  insert into outbox (tenant, source, batch, connector, observed_at, performance,
    events, position)
  select $1, $2, n, 'csv', '${FIRST_DAY}'::timestamptz + n * interval '1 second',
    0, 1, n
  from generate_series(1, $3::int4) n`;
