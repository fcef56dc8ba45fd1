/**
 * Events of a shop's customers, made inside Postgres and always the same: as ingestion
 * would have written them, with all indexes.
 *
 * @module
 */
import type { Instant } from "../../core/domain/day.ts";
import type { Sql, Transaction } from "../../core/store/sql.ts";

/** Whose events they are. */
export const TENANT = "bench";
/** Over so many days. */
const DAYS = 120;
/** Just after the last of them. */
export const END: Instant = "2026-11-01T00:00:00.000Z";

/** Types that they are of, by what features of them are named after. */
export const EVENT_TYPES = [
  ["emails_sent", "Email Sent"],
  ["emails_opened", "Email Opened"],
  ["emails_clicked", "Email Link Clicked"],
  ["pages_viewed", "Page Viewed"],
  ["orders", "Order Completed"],
] as const;

/** Events of a batch. */
const BATCH_EVENTS = 5000;

/** How much is made. */
export interface Seed {
  readonly events: number;
  /** People; few of them are in many events. */
  readonly subjects: number;
}

/** Fills an empty table of events; indexes beside the key are made afterwards. */
export async function seedEvents(sql: Sql, seed: Seed): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.query("set local statement_timeout = 0");
    await tx.query("set local maintenance_work_mem = '512MB'");
    const indexes = await dropIndexes(tx);
    await insertEvents(tx, seed);
    for (const index of indexes) await tx.query(index);
    await tx.query(INSERT_SOURCE, [
      TENANT,
      Math.ceil(seed.events / BATCH_EVENTS),
    ]);
  });
  await sql.query("vacuum (analyze) event");
}

/** Statements that make them again. */
async function dropIndexes(tx: Transaction): Promise<readonly string[]> {
  const indexes = await tx.query<{ name: string; made: string }>(INDEXES);
  for (const { name } of indexes) await tx.query(`drop index ${name}`);
  return indexes.map(({ made }) => made);
}

async function insertEvents(
  tx: Transaction,
  { events, subjects }: Seed,
): Promise<void> {
  await tx.query("select setseed(0.5)");
  const stepMs = DAYS * 86_400_000 / events;
  await tx.query(INSERT, [
    TENANT,
    events,
    subjects,
    END,
    stepMs,
    BATCH_EVENTS,
    EVENT_TYPES.map(([, type]) => type),
  ]);
}

/**
 * Adds an event of one in every hundred subjects, as a batch of its own.
 *
 * @returns How many.
 */
export async function addEvents(
  sql: Sql,
  { subjects, events }: Seed,
): Promise<number> {
  const batch = Math.ceil(events / BATCH_EVENTS) + 1;
  const added = await sql.query(ADD, [TENANT, subjects, END, batch]);
  await sql.query(INSERT_SOURCE, [TENANT, batch]);
  return added.length;
}

const INDEXES = `
  select c.relname as name, pg_get_indexdef(c.oid) as made
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 'event'::regclass and not i.indisprimary`;

const COLUMNS = `tenant, source, event_id, type, occurred_at, observed_at,
  subject_id, campaign_id, channel_id, value_micros, currency, properties, batch`;

const INSERT = `
  insert into event (${COLUMNS})
  select $1, 'site', 'e-' || lpad(n::text, 9, '0'), type, at,
    at + interval '1 second', 'u-' || subject, 'c-' || campaign, 'email',
    case when type = 'Order Completed' then amount * 10000 end,
    case when type = 'Order Completed' then 'EUR' end,
    jsonb_build_object('path', '/p/' || campaign, 'position', amount % 20),
    n / $6::int8 + 1
  from (
    select n,
      ($7::text[])[1 + floor(random() * ${EVENT_TYPES.length})::int4] as type,
      $4::timestamptz - ($2::int8 - n) * $5::float8 * interval '1 millisecond' as at,
      floor(power(random(), 2) * $3::int8)::int8 as subject,
      floor(random() * 200)::int8 as campaign,
      floor(random() * 20000)::int8 as amount
    from generate_series(0, $2::int8 - 1) n
    offset 0
  ) made`;

const ADD = `
  insert into event (${COLUMNS})
  select $1, 'site', 'late-' || n, 'Page Viewed', $3::timestamptz,
    $3::timestamptz, 'u-' || n, 'c-1', 'email', null, null,
    '{"path": "/p/1", "position": 1}', $4::int8
  from generate_series(0, $2::int8 - 1, 100) n
  returning 1`;

const INSERT_SOURCE = `
  insert into source (tenant, name, connector, last_observed_at, batches)
  values ($1, 'site', 'bench', now(), $2::int8)
  on conflict (tenant, name) do update set batches = excluded.batches`;
