/**
 * What limits of policies have counted, one row for each counter.
 *
 * Claims are one statement: each row is locked, summed, and changed if there is room. It
 * does not wait for the disk where the log's commit, which comes after it, carries it there.
 *
 * A node whose clock is far from the database's counts by that one, so that it neither finds
 * room in another window nor forgets what others count. What it gives back stays counted.
 *
 * @module
 */
import type { CountClaim, CounterKey, LimitCounts } from "../ports/limits.ts";
import type { Param } from "./codec.ts";
import type { Sql } from "./sql.ts";

/** By how much clocks may differ unheeded, milliseconds: slots are kept for as much longer. */
const CLOCKS_DIFFER_MS = 60_000;
/** Claims from one removal of idle counters to the next, and how many it removes. */
const SWEEP_EVERY = 500;
const SWEPT = 1000;

/** How counters are looked after. */
export interface LimitCountsOptions {
  /** Claims from one removal of idle counters to the next. */
  readonly sweepEvery?: number;
  /** Whether claims wait for the disk: where no commit of the log comes after them. */
  readonly waits?: boolean;
  /** Whether the database's clock counts where a node's is far from it. */
  readonly clocked?: boolean;
}

/** Keeps counts in a database. */
export function createLimitCounts(
  sql: Sql,
  { sweepEvery = SWEEP_EVERY, waits = false, clocked = false }:
    LimitCountsOptions = {},
): LimitCounts {
  let claimed = 0;
  return {
    read: async (reads) => {
      const rows = await sql.query<{ count: bigint }>(READ, [
        ...keysOf(reads),
        reads.map(({ since }) => since),
      ]);
      return rows.map(({ count }) => Number(count));
    },
    claim: async (claims, now) => {
      if (++claimed % sweepEvery === 0) await sql.query(SWEEP, [now]);
      return await claim(sql, claims, {
        commit: waits ? null : "off",
        now: clocked ? now : null,
      });
    },
    release: async (claims) => {
      for (const one of claims) {
        const { tenant, counter, key, slotEnds, count } = one;
        await sql.query(RELEASE, [tenant, counter, key, slotEnds, count]);
      }
    },
  };
}

async function claim(
  sql: Sql,
  claims: readonly CountClaim[],
  { commit, now }: {
    readonly commit: string | null;
    readonly now: number | null;
  },
): Promise<readonly (number | null)[]> {
  const rows = await sql.query<CounterKey & { count: bigint }>(CLAIM, [
    ...keysOf(claims),
    claims.map(({ since }) => since),
    claims.map(({ subject }) => subject),
    claims.map(({ slotEnds }) => slotEnds),
    claims.map(({ count }) => count),
    claims.map(({ most }) => most),
    claims.map(({ idleAt }) => idleAt),
    ...[commit, now],
  ]);
  const counts = new Map(rows.map((row) => [nameOf(row), Number(row.count)]));
  return claims.map((one) => counts.get(nameOf(one)) ?? null);
}

function keysOf(keys: readonly CounterKey[]): Param[] {
  return [
    keys.map(({ tenant }) => tenant),
    keys.map(({ counter }) => counter),
    keys.map(({ key }) => key),
  ];
}

function nameOf({ tenant, counter, key }: CounterKey): string {
  return JSON.stringify([tenant, counter, key]);
}

const READ = `
  select coalesce((
    select sum(slot.count) from limit_count l,
      unnest(l.ends, l.counts) as slot (ends, count)
    where l.tenant = g.tenant and l.counter = g.counter and l.key = g.key
      and slot.ends > g.since
  ), 0)::int8 as count
  from unnest($1::text[], $2::text[], $3::text[], $4::int8[])
    with ordinality as g (tenant, counter, key, since, place)
  order by place`;

/** In order of the keys, so that two claims never wait for each other in a circle. */
const CLAIM = `
  with late as materialized (
    select set_config('synchronous_commit',
      coalesce($10::text, current_setting('synchronous_commit')), true) as setting
  ),
  apart as materialized (
    select case when abs(ms) > ${CLOCKS_DIFFER_MS} then ms else 0 end as ms
    from (
      select (extract(epoch from clock_timestamp()) * 1000)::int8 - $11::int8 as ms
    ) as clocks
  )
  insert into limit_count as l
    (tenant, counter, key, subject_id, ends, counts, since, most, idle_at)
  select g.tenant, g.counter, g.key, g.subject, array[g.ends + apart.ms],
    array[g.count], g.since + apart.ms, g.most,
    to_timestamp((g.idle_ms + apart.ms) / 1000.0)
  from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[],
    $6::int8[], $7::int8[], $8::int8[], $9::int8[])
    as g (tenant, counter, key, since, subject, ends, count, most, idle_ms), late, apart
  where g.count <= g.most
  order by g.tenant, g.counter, g.key
  on conflict (tenant, counter, key) do update set
    (ends, counts) = (
      select array_agg(ends order by ends), array_agg(count order by ends)
      from (
        select slot.ends, sum(slot.count)::int8 as count
        from unnest(l.ends || excluded.ends, l.counts || excluded.counts)
          as slot (ends, count)
        where slot.ends > excluded.since - ${CLOCKS_DIFFER_MS}
        group by slot.ends
      ) as slots
    ),
    subject_id = excluded.subject_id,
    since = excluded.since,
    most = excluded.most,
    idle_at = greatest(l.idle_at, excluded.idle_at)
  where excluded.counts[1] + coalesce((
    select sum(slot.count) from unnest(l.ends, l.counts) as slot (ends, count)
    where slot.ends > excluded.since
  ), 0) <= excluded.most
  returning l.tenant, l.counter, l.key, (
    select sum(slot.count) from unnest(l.ends, l.counts) as slot (ends, count)
    where slot.ends > l.since
  )::int8 as count`;

const RELEASE = `
  update limit_count l set counts = (
    select array_agg(
      case when slot.ends = $4::int8 then greatest(slot.count - $5::int8, 0)
        else slot.count end
      order by slot.place)
    from unnest(l.ends, l.counts) with ordinality as slot (ends, count, place)
  )
  where l.tenant = $1 and l.counter = $2 and l.key = $3
    and $4::int8 = any(l.ends)`;

/** By the earlier clock: who is ahead forgets nothing that others count. */
const SWEEP = `
  delete from limit_count
  where (tenant, counter, key) in (
    select tenant, counter, key from limit_count
    where idle_at < least(now(), to_timestamp($1::float8 / 1000))
    order by idle_at limit ${SWEPT} for update skip locked
  )`;
