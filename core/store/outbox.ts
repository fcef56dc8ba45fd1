/**
 * The outbox: batches in the order in which they were committed, told as messages.
 *
 * A batch is written in the transaction of its signals, without a position:
 * transactions end in another order than they begin, and a consumer that passed a
 * gap would never see what filled it up. Positions are given to what is committed,
 * by one at a time.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { ConsumerLag, Following, SignalStream } from "../ports/stream.ts";
import type { Param } from "./codec.ts";
import { type Entry, readMessages } from "./outbox_messages.ts";
import type { Row, Session, Sql } from "./sql.ts";

/** Any number that no other lock of ours uses. */
const LOCK = 7_301_947;
const NUMBERED_AT_ONCE = 10_000;
/** Batches that one statement forgets. */
const FORGOTTEN_AT_ONCE = 10_000;

/** Follows the outbox of a database. */
export function createSignalStream(sql: Sql): SignalStream {
  return {
    next: async (following) => {
      const found = await look(sql, following);
      if (found === null) return null;
      const entry = found.entry ??
        (found.waits ? await numberedAfter(sql, found.from) : null);
      if (entry === null) return null;
      const messages = await readMessages(sql, entry);
      return { position: Number(entry.position), messages };
    },
    advance: ({ consumer, holder, leaseMs }, position) =>
      changes(sql, ADVANCE, [consumer, holder, position, leaseMs]),
    renew: ({ consumer, holder, leaseMs }) =>
      changes(sql, RENEW, [consumer, holder, leaseMs]),
    skip: async (following, to) => {
      if (await look(sql, following) === null) return false;
      if (to === null) await giveNumbers(sql);
      const { consumer, holder } = following;
      return await changes(sql, SKIP, [consumer, holder, to]);
    },
    release: async ({ consumer, holder }) => {
      await sql.query(RELEASE, [consumer, holder]);
    },
    lag: async () =>
      (await sql.query<Record<keyof ConsumerLag, string | bigint>>(LAG))
        .map(({ consumer, position, waiting }) => ({
          consumer: String(consumer),
          position: Number(position),
          waiting: Number(waiting),
        })),
    forget: (consumer) => changes(sql, FORGET, [consumer]),
    forgetIdle: async (prefix, before) =>
      (await sql.query(FORGET_IDLE, [prefix, before])).length,
    prune: (before) => prune(sql, before),
  };
}

async function changes(
  sql: Session,
  text: string,
  params: readonly Param[],
): Promise<boolean> {
  return (await sql.query(text, params)).length > 0;
}

async function prune(sql: Session, before: Instant): Promise<number> {
  let forgotten = 0;
  while (true) {
    const [row] = await sql.query<{ batches: number }>(PRUNE, [
      before,
      FORGOTTEN_AT_ONCE,
    ]);
    const batches = row?.batches ?? 0;
    forgotten += batches;
    if (batches < FORGOTTEN_AT_ONCE) return forgotten;
  }
}

/** What a consumer that holds its lease finds. */
interface Found {
  /** The consumer's position. */
  readonly from: bigint;
  /** The first batch behind it; null if none has a position. */
  readonly entry: Entry | null;
  /** Whether batches wait for their positions. */
  readonly waits: boolean;
}

/** Null if another holder is at work. */
async function look(
  sql: Session,
  { consumer, holder, leaseMs }: Following,
): Promise<Found | null> {
  const [row] = await sql.query<
    & { from: bigint; waits: boolean }
    & (Entry & Row | { position: null })
  >(LOOK, [consumer, holder, leaseMs]);
  if (row === undefined) return null;
  const { from, waits } = row;
  return { from, waits, entry: row.position === null ? null : row };
}

/** Numbers what is committed; another consumer may have just done so. */
async function numberedAfter(
  sql: Sql,
  position: bigint,
): Promise<Entry | null> {
  await giveNumbers(sql);
  const [entry] = await sql.query<Entry & Row>(entryAfter("$1::int8"), [
    position,
  ]);
  return entry ?? null;
}

async function giveNumbers(sql: Sql): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1::int8)", [LOCK]);
    await tx.query(GIVE_NUMBERS, [NUMBERED_AT_ONCE]);
  });
}

/** The first batch behind a position, which is SQL. */
function entryAfter(position: string): string {
  return `
    select position, tenant, source, batch, connector, events, performance,
      observed_at as "observedAt"
    from outbox where position > ${position}
    order by position limit 1`;
}

/**
 * The lease and what waits, in one statement: every node asks several times a second, and
 * mostly nothing waits. A lease that has most of its time left is not written again.
 */
const LOOK = `
  with mine as materialized (
    select position from outbox_consumer
    where name = $1 and holder = $2
      and held_until > now() + $3::int8 * interval '1 millisecond' * 2 / 3
  ), taken as (
    insert into outbox_consumer as c (name, position, holder, held_until)
    select $1, 0, $2, now() + $3::int8 * interval '1 millisecond'
    where not exists (select from mine)
    on conflict (name) do update set
      holder = excluded.holder, held_until = excluded.held_until
    where c.holder is null or c.holder = excluded.holder
      or c.held_until < now()
    returning position
  ), held as (
    select position as "from" from mine union all select position from taken
  )
  select held."from", entry.*,
    exists (select from outbox where position is null) as waits
  from held left join lateral (${entryAfter('held."from"')}) as entry on true`;

const ADVANCE = `
  update outbox_consumer set position = $3::int8,
    held_until = now() + $4::int8 * interval '1 millisecond'
  where name = $1 and holder = $2 and position <= $3::int8
  returning 1`;

const RENEW = `
  update outbox_consumer set
    held_until = now() + $3::int8 * interval '1 millisecond'
  where name = $1 and holder = $2
  returning 1`;

/** Until when it was held stays, as the time since which nobody works. */
const RELEASE = `
  update outbox_consumer set holder = null, held_until = now()
  where name = $1 and holder = $2`;

const SKIP = `
  update outbox_consumer set position = greatest(
    position, coalesce($3::int8, (select max(position) from outbox))
  )
  where name = $1 and holder = $2
  returning 1`;

const FORGET_IDLE = `
  delete from outbox_consumer
  where starts_with(name, $1) and held_until < $2::timestamptz
  returning 1`;

const FORGET = "delete from outbox_consumer where name = $1 returning 1";

/**
 * In the order of the batches within each source, of their moments across sources: a
 * batch counts as no older than those before it, whatever its node's clock said.
 */
const GIVE_NUMBERS = `
  with waiting as (
    select tenant, source, batch,
      max(observed_at) over (partition by tenant, source order by batch) as at
    from outbox where position is null
    order by at, tenant, source, batch limit $1::int4
  ), numbered as (
    select *, nextval('outbox_next_position') as position from waiting
  )
  update outbox o set position = n.position from numbered n
  where o.tenant = n.tenant and o.source = n.source and o.batch = n.batch
  returning 1`;

const LAG = `
  select c.name as consumer, c.position,
    (select count(*) from outbox o
      where o.position is null or o.position > c.position) as waiting
  from outbox_consumer c order by c.name`;

/** Without consumers, also what nobody ever asked to be numbered. */
const PRUNE = `
  with gone as (
    delete from outbox where ctid = any(array(
      select ctid from outbox
      where observed_at < $1::timestamptz and (
        not exists (select from outbox_consumer)
        or position <= (select min(position) from outbox_consumer)
      )
      order by observed_at limit $2::int4
    ))
    returning 1
  )
  select count(*)::int4 as batches from gone`;
