/**
 * What is used of allowances, one row for each window. What is left is taken in one
 * statement, which locks its row; it waits for the disk, as what a node spends must be
 * counted whatever happens.
 *
 * @module
 */
import type { Allotment, AllowanceBook } from "../ports/allowances.ts";
import type { Sql } from "./sql.ts";

/** Allotments from one removal of old windows to the next, and how many it removes. */
const SWEEP_EVERY = 500;
const SWEPT = 1000;

interface Taken {
  readonly used: bigint;
  readonly granted: bigint;
  readonly window: bigint;
  readonly ends: number;
}

/** Keeps what is used in a database. */
export function createAllowanceBook(sql: Sql): AllowanceBook {
  let taken = 0;
  return {
    take: async ({ tenant, allowance, most, seconds }, wanted) => {
      if (++taken % SWEEP_EVERY === 0) await sql.query(SWEEP);
      const asked = [tenant, allowance, seconds, most, wanted];
      const [row] = await sql.query<Taken>(TAKE, asked);
      if (row === undefined) throw new TypeError("A row was not returned");
      return allotmentOf(row);
    },
    giveBack: async ({ tenant, allowance }, { window, count }) => {
      await sql.query(GIVE_BACK, [tenant, allowance, window, count]);
    },
  };
}

function allotmentOf({ used, granted, window, ends }: Taken): Allotment {
  return {
    count: Number(granted),
    used: Number(used),
    window: Number(window),
    endsInMs: ends,
  };
}

const TAKE = `
  with present as (
    select at, (floor(at / $3::int8) * $3::int8)::int8 as starts
    from (select extract(epoch from clock_timestamp())::float8 as at) as clock
  ),
  taken as (
    insert into allowance_use as u
      (tenant, allowance, starts_at, used, granted, ends_at)
    select $1::text, $2::text, starts, least($5::int8, $4::int8),
      least($5::int8, $4::int8), to_timestamp(starts + $3::int8)
    from present
    on conflict (tenant, allowance, starts_at) do update set
      used = u.used + greatest(least($5::int8, $4::int8 - u.used), 0),
      granted = greatest(least($5::int8, $4::int8 - u.used), 0)
    returning used, granted, starts_at
  )
  select taken.used, taken.granted, taken.starts_at as window,
    (starts_at + $3::int8 - at) * 1000 as ends
  from taken, present`;

const GIVE_BACK = `
  update allowance_use set used = greatest(used - $4::int8, 0)
  where tenant = $1 and allowance = $2 and starts_at = $3::int8`;

/** A day later: clocks of servers that take over from each other may differ. */
const SWEEP = `
  delete from allowance_use
  where (tenant, allowance, starts_at) in (
    select tenant, allowance, starts_at from allowance_use
    where ends_at < now() - interval '1 day'
    order by ends_at limit ${SWEPT} for update skip locked
  )`;
